// Examples of lines: what ends one, and where a place is in each of the three encodings.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Lines, type PositionEncoding } from "../../../sidecar/text/lines";
import { utf16, type Utf16Offset } from "../../../sidecar/text/frames";
import { utf16AfterBytes, utf8Length } from "../../../sidecar/text/utf8";
import { parseMarked } from "../../support/marked";

/** `lines` are the contents of the lines of `text`, without what ends them. */
function checkLines(text: string, lines: readonly string[]): void {
  test(`lines of ${JSON.stringify(text)}`, () => {
    const index = Lines.of(text);
    assert.equal(index.lineCount, lines.length);
    assert.deepEqual(lines.map((_, line) => text.slice(index.startOf(line), index.endOf(line))), lines);
    assert.equal(index.startOf(lines.length), undefined);
    assert.equal(index.endOf(-1), undefined);
  });
}

checkLines("", [""]);
checkLines("a", ["a"]);
checkLines("a\n", ["a", ""]);
checkLines("a\r\nb\rc\nd", ["a", "b", "c", "d"]);
checkLines("\r\r\n\n", ["", "", "", ""]);
checkLines("\n\r", ["", "", ""]);
checkLines("a\u2028b\u0085c\fd", ["a\u2028b\u0085c\fd"]);

/** `$0` stands at `line:character`, in every one of the encodings given. */
function checkPlace(marked: string, line: number, characters: Readonly<Record<PositionEncoding, number>>): void {
  const { after: text, cursor } = parseMarked(marked);
  for (const [encoding, character] of Object.entries(characters) as [PositionEncoding, number][]) {
    test(`${JSON.stringify(marked)} in ${encoding} is ${line}:${character}`, () => {
      assert.ok(cursor !== undefined);
      assert.deepEqual(Lines.of(text).placeAt(cursor, encoding), { line, character });
      assert.equal(Lines.of(text).offsetAt({ line, character }, encoding), cursor);
    });
  }
}

checkPlace("$0", 0, { "utf-16": 0, "utf-8": 0, "utf-32": 0 });
checkPlace("a\r\nbc$0\r\n", 1, { "utf-16": 2, "utf-8": 2, "utf-32": 2 });
checkPlace("a😀é$0→", 0, { "utf-16": 4, "utf-8": 7, "utf-32": 3 });
checkPlace("\ufeffa$0", 0, { "utf-16": 2, "utf-8": 4, "utf-32": 2 });
checkPlace("\te\u0301$0x", 0, { "utf-16": 3, "utf-8": 4, "utf-32": 3 });
checkPlace("\u007f\u0080\u07ff\u0800\uffff$0", 0, { "utf-16": 5, "utf-8": 1 + 2 + 2 + 3 + 3, "utf-32": 5 });
checkPlace("\ud83d$0x", 0, { "utf-16": 1, "utf-8": 3, "utf-32": 1 });

/** A place that counts too far or into a character is where the rule for it says. */
function checkOffset(
  name: string, text: string, line: number, character: number, encoding: PositionEncoding, offset: number | undefined,
): void {
  test(`${name}: ${line}:${character} of ${JSON.stringify(text)} in ${encoding} is ${offset}`, () => {
    assert.equal(Lines.of(text).offsetAt({ line, character }, encoding), offset);
  });
}

checkOffset("past the end of a line", "ab\r\nc", 0, 9, "utf-16", 2);
checkOffset("past the end of a line", "é\nc", 0, 9, "utf-8", 1);
checkOffset("past the end of a line", "é\nc", 0, 9, "utf-32", 1);
checkOffset("past the end of the text", "ab", 0, 2 ** 40, "utf-16", 2);
checkOffset("no such line", "ab\n", 2, 0, "utf-16", undefined);
checkOffset("no such line", "ab\n", -1, 0, "utf-8", undefined);
checkOffset("half a line", "ab\n", 0.5, 0, "utf-8", undefined);
checkOffset("no count", "ab\n", 0, -1, "utf-16", undefined);
checkOffset("no count", "ab\n", 0, 0.5, "utf-32", undefined);
checkOffset("no count", "ab\n", 0, NaN, "utf-16", undefined);
checkOffset("inside a pair", "a😀", 0, 2, "utf-16", 1);
checkOffset("inside a character's bytes", "a😀b", 0, 4, "utf-8", 1);
checkOffset("inside a character's bytes", "é", 0, 1, "utf-8", 0);

test("an offset between \\r and \\n counts as the end of its line", () => {
  assert.deepEqual(Lines.of("ab\r\nc").placeAt(utf16(3), "utf-16"), { line: 0, character: 2 });
});

test("an edit may stay inside a pair, so that it does what its client did", () => {
  assert.equal(Lines.of("a😀").cutAt({ line: 0, character: 2 }, "utf-16"), 2);
});

/** The lines after an edit are those of the new text read afresh. */
function checkPatched(marked: string): void {
  test(`patched lines of ${JSON.stringify(marked)}`, () => {
    const { before, after, delta } = parseMarked(marked);
    assert.deepEqual(Lines.of(before).patched(delta, after), Lines.of(after));
  });
}

checkPatched("a\r{+x+}\nb");
checkPatched("a\r[-x-]\nb");
checkPatched("a[-\r-]\nb\r[-\n-]c");
checkPatched("[-\n-]{+\r+}\n");
checkPatched("{+\n+}a\n{+\r\n+}b{+\r+}");
checkPatched("[-a\nb\nc-]");

test("UTF-8 lengths", () => {
  assert.equal(utf8Length("a\u00e9\u8a9e\u{1f600}\ud800"), 1 + 2 + 3 + 4 + 3);
  const after = (bytes: number): Utf16Offset => utf16AfterBytes("xaé😀b", utf16(1), bytes);
  assert.deepEqual([0, 1, 2, 3, 4, 6, 7, 8, 99].map(after), [1, 2, 2, 3, 3, 3, 5, 6, 6]);
});

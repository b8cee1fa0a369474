// Examples of documents: what one accepts, what it refuses and with which reason, and what it holds afterwards.
import assert from "node:assert/strict";
import { test } from "node:test";
import { limits } from "../../../sidecar/base/limits";
import { TextDocument, type ChangeResult, type ContentChange } from "../../../sidecar/text/document";
import type { PositionEncoding } from "../../../sidecar/text/lines";

/** `start` and `end` are written `line:character`. */
function edit(start: string, end: string, text: string): ContentChange {
  const place = (notation: string): { line: number; character: number } => {
    const [line, character] = notation.split(":").map(Number);
    return { line: line ?? NaN, character: character ?? NaN };
  };
  return { range: { start: place(start), end: place(end) }, text };
}

/** The changes lead to `after`, and the delta, printed as `notation`, says the same. */
function checkChange(
  before: string, changes: readonly ContentChange[], after: string, notation: string, encoding: PositionEncoding = "utf-16",
): void {
  test(`${JSON.stringify(before)} becomes ${JSON.stringify(after)} by ${notation}`, () => {
    const document = new TextDocument("a.ts", "typescript", 3, before, encoding);
    const result = document.change(4, changes);
    assert.ok(result.kind === "changed", JSON.stringify(result));
    assert.equal(document.text, after);
    assert.equal(document.version, 4);
    assert.equal(result.delta.print(), notation);
    assert.equal(result.delta.apply(before), after);
    assert.equal(result.delta.invert(before).apply(after), before);
  });
}

checkChange("f(a, b);", [edit("0:3", "0:6", ".y.z")], "f(a.y.z);", "3 3:4 2");
checkChange("abc", [], "abc", "3");
checkChange("abc", [{ text: "axc" }], "axc", "1 1:1 1");
checkChange("abc", [{ text: "abc" }], "abc", "3");
checkChange("", [{ text: "abc" }, edit("0:3", "0:3", "\n"), edit("1:0", "1:0", "d")], "abc\nd", "0:5");
checkChange("ab\r\ncd", [edit("1:1", "1:2", "x"), edit("0:2", "1:0", "")], "abcx", "2 2:0 1 1:1");
checkChange("a", [edit("0:99", "0:99", "b")], "ab", "1 0:1");
checkChange("é😀x", [edit("0:6", "0:7", "y")], "é😀y", "3 1:1", "utf-8");
checkChange("é😀x", [edit("0:2", "0:3", "y")], "é😀y", "3 1:1", "utf-32");
// Widened to whole pairs: what is kept has the same bytes before and after.
checkChange("a😀b", [edit("0:2", "0:3", "")], "a\ud83db", "1 2:1 1");
checkChange("a😀b", [edit("0:1", "0:2", "")], "a\ude00b", "1 2:1 1");
checkChange("a😀b", [edit("0:2", "0:2", "x")], "a\ud83dx\ude00b", "1 2:3 1");
checkChange("a\ud83db", [edit("0:2", "0:2", "\ude00")], "a😀b", "1 1:2 1");
checkChange("a\ude00b", [edit("0:1", "0:1", "\ud83d")], "a😀b", "1 1:2 1");
checkChange("\ud83dx\ude00", [edit("0:1", "0:2", "")], "😀", "3:2");
checkChange("a😀b", [edit("0:2", "0:2", "")], "a😀b", "4");
checkChange("a😀b", [{ text: "a😁b" }], "a😁b", "1 2:2 1");

function checkRefused(name: string, version: number, changes: readonly ContentChange[], expected: ChangeResult): void {
  test(`refused: ${name}`, () => {
    const document = new TextDocument("a.ts", "typescript", 3, "ab\ncd");
    assert.deepEqual(document.change(version, changes), expected);
    assert.equal(document.text, "ab\ncd");
    assert.equal(document.version, 3);
    assert.equal(document.change(4, [edit("0:0", "0:0", "x")]).kind, "changed");
  });
}

const outOfStep = (version: number): ChangeResult => ({ kind: "outOfStep", reason: `version ${version} came after version 3 of a.ts` });
const outOfRange = (range: string, lineCount: number): ChangeResult =>
  ({ kind: "outOfRange", reason: `${range} is not in the ${lineCount} lines of version 3` });
checkRefused("the same version", 3, [{ text: "" }], outOfStep(3));
checkRefused("an older version", 2, [{ text: "" }], outOfStep(2));
checkRefused("no version", NaN, [{ text: "" }], outOfStep(NaN));
checkRefused("no such line", 4, [edit("2:0", "2:0", "x")], outOfRange("2:0-2:0", 2));
checkRefused("a negative character", 4, [edit("0:-1", "0:0", "x")], outOfRange("0:-1-0:0", 2));
checkRefused("backwards", 4, [edit("0:1", "0:0", "x")], outOfRange("0:1-0:0", 2));
checkRefused("all, where the last has no place", 4, [edit("0:0", "1:0", ""), edit("1:0", "1:0", "x")], outOfRange("1:0-1:0", 1));

test("versions may be left out", () => {
  const document = new TextDocument("a.ts", "typescript", 3, "");
  assert.equal(document.change(17, [{ text: "x" }]).kind, "changed");
  assert.equal(document.version, 17);
});

test("a text is binary as long as it holds NUL", () => {
  const document = new TextDocument("a.ts", "typescript", 0, "a");
  assert.equal(document.condition, "held");
  document.change(1, [edit("0:1", "0:1", "\0\0")]);
  assert.equal(document.condition, "binary");
  document.change(2, [edit("0:1", "0:2", "")]);
  assert.equal(document.condition, "binary");
  document.change(3, [edit("0:1", "0:2", "")]);
  assert.equal(document.condition, "held");
});

test("a text over the limit is let go, its edits are passed over, and its whole text brings it back", () => {
  const large = "x".repeat(limits.documentUtf16Max);
  const document = new TextDocument("a.ts", "typescript", 0, large);
  assert.equal(document.condition, "held");
  const grown = document.change(1, [edit("0:0", "0:0", "yz")]);
  assert.equal(document.condition, "tooLarge");
  assert.ok(grown.kind === "changed");
  assert.equal(grown.delta.print(), `${limits.documentUtf16Max}:0`);
  assert.equal(document.text, "");
  const passedOver = document.change(2, [edit("7:0", "9:9", "")]);
  assert.ok(passedOver.kind === "changed" && passedOver.delta.isEmpty());
  assert.equal(document.version, 2);
  const back = document.change(3, [{ text: "short" }, edit("0:0", "0:0", "very ")]);
  assert.ok(back.kind === "changed");
  assert.equal(back.delta.print(), "0:10");
  assert.equal(document.condition, "held");
  assert.equal(new TextDocument("b.ts", "typescript", 0, `${large}x`).condition, "tooLarge");
});

// Examples of deltas, each one line of marked text; every law that needs no second delta is checked for each of them.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Delta, type Bias } from "../../../sidecar/text/delta";
import { utf16 } from "../../../sidecar/text/frames";
import { parseMarked, printMarked } from "../../support/marked";

/** `marked` is an edit whose lengths print as `notation`. */
function checkDelta(marked: string, notation: string): void {
  test(`${JSON.stringify(marked)} is ${notation}`, () => {
    const { before, after, delta, cursor } = parseMarked(marked);
    assert.equal(delta.print(), notation);
    assert.equal(delta.oldLength, before.length);
    assert.equal(delta.newLength, after.length);
    assert.equal(delta.apply(before), after);
    assert.equal(delta.invert(before).apply(after), before);
    assert.deepEqual(delta.invert(before).invert(after), delta);
    assert.deepEqual(Delta.fromJson(JSON.parse(JSON.stringify(delta.toJson()))), delta);
    assert.deepEqual(Delta.parse(delta.print(), delta.inserted()), delta);
    assert.deepEqual(Delta.fromReplacements(before.length, delta.touched().map((run) => ({ ...run.old, text: run.text }))), delta);
    assert.deepEqual(parseMarked(printMarked(before, delta, cursor)), { before, after, delta, cursor });
    assert.equal(delta.isEmpty(), before === after && !/\[-|\{\+/.test(marked));
    assert.deepEqual(delta.compose(Delta.identity(after.length)), delta);
    assert.deepEqual(Delta.identity(before.length).compose(delta), delta);
    assert.deepEqual(delta.map(Delta.identity(before.length), "before"), delta);
  });
}

checkDelta("f(a[-, b-]{+.y.z+})$0;", "3 3:4 2");
checkDelta("", "");
checkDelta("$0abc", "3");
checkDelta("{+abc$0+}", "0:3");
checkDelta("[-abc-]", "3:0");
checkDelta("[-abc-]{+xy+}", "3:2");
checkDelta("a{+\r\n$0+}b", "1 0:2 1");
checkDelta("{+😀+}a[-😀-]b[-\t-]", "0:2 1 2:0 1 1:0");
checkDelta("e{+\u0301+}", "1 0:1");
checkDelta("\ufeff{+a$0+}", "1 0:1");
checkDelta("[-a-]{+b+}[-c-]{+d+}e", "2:2 1");

test("adjacent replaced runs are one", () => {
  assert.deepEqual(Delta.parse("1 1:0 0:2 0 3", "xy"), Delta.parse("1 1:2 3", "xy"));
  assert.equal(Delta.parse("2 0:0 3", "").print(), "5");
});

/** After `marked`, each offset of the old text stands at the given offset of the new one. */
function checkOffsets(marked: string, bias: Bias, expected: readonly number[]): void {
  test(`${marked}: offsets, ${bias}`, () => {
    const { before, delta } = parseMarked(marked);
    assert.deepEqual(Array.from({ length: before.length + 1 }, (_, offset) => delta.mapOffset(utf16(offset), bias)), expected);
  });
}

checkOffsets("ab{+XY+}cd", "before", [0, 1, 2, 5, 6]);
checkOffsets("ab{+XY+}cd", "after", [0, 1, 4, 5, 6]);
checkOffsets("a[-bcd-]{+X+}e", "before", [0, 1, 1, 1, 2, 3]);
checkOffsets("a[-bcd-]{+X+}e", "after", [0, 1, 2, 2, 2, 3]);
checkOffsets("[-ab-]", "after", [0, 0, 0]);
checkOffsets("{+X+}ab{+Y+}", "before", [0, 2, 3]);
checkOffsets("{+X+}ab{+Y+}", "after", [1, 2, 4]);

/** Both edits are of one text; `own` made after `other` is `expected`, in lengths. */
function checkMap(own: string, other: string, side: Bias, expected: string): void {
  test(`${own} over ${other}, ${side}`, () => {
    assert.equal(parseMarked(own).delta.map(parseMarked(other).delta, side).print(), expected);
  });
}

checkMap("ab{+X+}cd", "a{+YY+}bcd", "before", "4 0:1 2");
checkMap("ab{+X+}cd", "ab{+YY+}cd", "before", "2 0:1 4");
checkMap("ab{+X+}cd", "ab{+YY+}cd", "after", "4 0:1 2");
checkMap("ab{+X+}cd", "a[-bc-]d", "before", "1 0:1 1");
checkMap("a[-bc-]{+X+}d", "ab{+YY+}cd", "before", "1 1:1 2 1:0 1");
checkMap("a[-bc-]{+X+}d", "ab[-cd-]{+YY+}", "before", "1 1:1 2");
checkMap("[-abcd-]", "[-abcd-]", "after", "");

/** Each call breaks the frame invariant, or is not the notation, and says so. */
function checkRefused(name: string, make: () => unknown, message: RegExp): void {
  test(`refused: ${name}`, () => assert.throws(make, message));
}

const place = (start: number, end: number): { start: ReturnType<typeof utf16>; end: ReturnType<typeof utf16>; text: string } =>
  ({ start: utf16(start), end: utf16(end), text: "x" });
const overlapping = [place(0, 4), place(3, 5)];
checkRefused("overlap", () => Delta.fromReplacements(9, overlapping), /frame: replacement starts at 3, the one before ends at 4/);
checkRefused("backwards", () => Delta.fromReplacements(9, [place(4, 2)]), /frame: replacement runs from 4 to 2/);
checkRefused("past the end", () => Delta.fromReplacements(3, [place(2, 4)]), /frame: replacement ends at 4 in a text of 3/);
checkRefused("another length", () => Delta.identity(3).apply("abcd"), /frame: delta fits 3 units, the text has 4/);
checkRefused("negative", () => Delta.fromJson([-1]), /frame: a section takes -1 units/);
checkRefused("a fraction", () => Delta.fromJson([1.5]), /frame: a section takes 1.5 units/);
checkRefused("a cut pair", () => Delta.parse("1 1:0", "").apply("😀"), /frame: delta cuts a surrogate pair at 1/);
checkRefused("no list", () => Delta.fromJson("3"), /a delta in JSON is a list/);
checkRefused("a foreign section", () => Delta.fromJson([[1, 2]]), /a replaced section is a length and a text/);
checkRefused("a foreign word", () => Delta.parse("3 x", ""), /"x" is no section/);
checkRefused("too little text", () => Delta.parse("0:3", "ab"), /0:3 needs 3 inserted units, 2 are left/);
checkRefused("too much text", () => Delta.parse("0:1", "ab"), /2 units are inserted, the notation uses 1/);
const fitsThree = Delta.identity(3);
const fitsFour = Delta.identity(4);
checkRefused("composing what doesn't fit", () => fitsThree.compose(fitsFour), /frame: a delta to 3 units before one from 4/);
checkRefused("mapping what doesn't fit", () => fitsThree.map(fitsFour, "before"), /frame: a delta from 3 units over one from 4/);
checkRefused("an offset outside", () => Delta.identity(3).mapOffset(utf16(4), "before"), /frame: offset 4 in a text of 3/);

// The lines of a text around the cursor, ring by ring, against all of them at once.
import { deepEqual, equal, ok } from "node:assert/strict";
import { test } from "node:test";
import { nearestLines } from "../../../sidecar/session/nearestLines";
import { utf16 } from "../../../sidecar/text/frames";
import { checkLaw } from "../../support/law";

interface Scene {
  readonly lengths: readonly number[];
  readonly cursor: number;
  readonly parts: readonly (readonly [start: number, end: number])[];
}

/** Lines within a range, each that begins there. */
const linesIn = (text: string) => (start: number, end: number): { start: number; end: number }[] => {
  const lines: { start: number; end: number }[] = [];
  for (let from = start; from < end; ) {
    const newline = text.indexOf("\n", from);
    const to = newline === -1 || end <= newline ? end : newline + 1;
    lines.push({ start: from, end: to });
    from = to;
  }
  return lines;
};

checkLaw<Scene>({
  name: "each line of the parts is found once, in rings that begin at the cursor",
  cases: 300,
  make: (random) => {
    const lengths = Array.from({ length: random.below(400) }, () => random.below(random.chance(0.02) ? 9_000 : 60));
    const total = lengths.reduce((sum, length) => sum + length + 1, 0);
    const cuts = Array.from({ length: 4 }, () => random.below(total + 1)).toSorted((a, b) => a - b);
    const [a = 0, b = 0, c = 0, d = 0] = cuts;
    return { lengths, cursor: random.below(total + 1), parts: [[a, b], [c, d]] };
  },
  print: (scene) => JSON.stringify(scene),
  check: ({ lengths, cursor, parts }) => {
    const text = lengths.map((length) => `${"x".repeat(length)}\n`).join("");
    const ranges = parts.map(([start, end]) => ({ start: utf16(start), end: utf16(end) }));
    const found = [...nearestLines(text, cursor, ranges, linesIn(text))].toSorted((a, b) => a.start - b.start);
    deepEqual(found, ranges.flatMap(({ start, end }) => linesIn(text)(start, end)));
  },
});

test("what is near is found without a look at what is far", () => {
  const text = "line of text\n".repeat(10_000);
  let seenUtf16 = 0;
  const looked = (start: number, end: number): { start: number; end: number }[] => {
    seenUtf16 += end - start;
    return linesIn(text)(start, end);
  };
  const lines = nearestLines(text, 65_000, [{ start: utf16(0), end: utf16(text.length) }], looked);
  const first = lines.next();
  ok(first.done !== true);
  equal(Math.abs(first.value.start - 65_000) <= 13, true);
  ok(seenUtf16 < 5_000, `${seenUtf16} units`);
});

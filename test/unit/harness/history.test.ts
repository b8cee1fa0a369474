// The laws of the trace maker: a session ends in the text after, and a probe ends where one line is missing from it.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Random } from "../../../sidecar/base/random";
import { actions } from "../../harness/action";
import { ActionWatch } from "../../harness/action";
import type { FileChange } from "../../harness/history";
import { canTrace, traceOfHistory } from "../../harness/history";
import { lineDiff, splitLines } from "../../harness/lineDiff";
import { probeActions, probesOf } from "../../harness/probes";
import { parseTrace, printTrace } from "../../harness/trace";
import { finalText, followTrace } from "../../harness/traceDocument";

function changeOf(before: string, after: string): FileChange {
  return { uri: "a.ts", languageId: "typescript", before, after, source: {} };
}

function checkDiff(before: string, after: string): void {
  const shown = `checkDiff(${JSON.stringify(before)}, ${JSON.stringify(after)})`;
  const lines = [...splitLines(before)];
  const hunks = lineDiff(before, after);
  for (const hunk of hunks) {
    assert.deepEqual(lines.slice(hunk.newStart, hunk.newStart + hunk.oldLines.length), hunk.oldLines, shown);
    lines.splice(hunk.newStart, hunk.oldLines.length, ...hunk.newLines);
  }
  assert.equal(lines.join(""), after, shown);
  const changed = hunks.reduce((sum, hunk) => sum + hunk.oldLines.length + hunk.newLines.length, 0);
  assert.equal(changed, splitLines(before).length + splitLines(after).length - 2 * commonLines(splitLines(before), splitLines(after)), shown);
  hunks.reduce((end, hunk) => {
    assert.ok(end < hunk.oldStart, `${shown}: a kept line lies between hunks`);
    return hunk.oldStart + hunk.oldLines.length;
  }, -1);
}

/** The length of a longest common subsequence, by the textbook's table. */
function commonLines(left: readonly string[], right: readonly string[]): number {
  let row = right.map(() => 0);
  for (const line of left) {
    const next: number[] = [];
    right.forEach((other, index) => {
      next.push(line === other ? 1 + (row[index - 1] ?? 0) : Math.max(row[index] ?? 0, next[index - 1] ?? 0));
    });
    row = next;
  }
  return row.at(-1) ?? 0;
}

function checkTrace(before: string, after: string): void {
  const shown = `checkTrace(${JSON.stringify(before)}, ${JSON.stringify(after)})`;
  const trace = traceOfHistory(changeOf(before, after));
  const read = parseTrace("a.jsonl", printTrace(trace));
  assert.equal(finalText(read), after, shown);
  for (const { event, document } of followTrace(read)) {
    if (event.kind !== "complete") continue;
    const { line } = event.place;
    assert.equal(event.place.character, document.line(line).length, shown);
    assert.equal(document.line(line) + (event.expect ?? ""), splitLines(after)[line]?.replace(/\r?\n$/, ""), shown);
  }
}

function checkProbes(before: string, after: string, seed: number): readonly string[] {
  const shown = `checkProbes(${JSON.stringify(before)}, ${JSON.stringify(after)}, ${seed})`;
  return probesOf(changeOf(before, after), new Random(seed)).map((probe) => {
    const read = parseTrace("a.jsonl", printTrace(probe));
    const watch = new ActionWatch();
    let seen = "";
    let ended = "";
    for (const { event, document, applied } of followTrace(read)) {
      applied.forEach((change) => watch.change(change));
      if (event.kind !== "complete") continue;
      const offset = document.offsetAt(event.place) ?? NaN;
      seen = watch.completed(document.text, offset);
      ended = document.text.slice(0, offset) + (event.expect ?? "") + document.text.slice(offset);
    }
    assert.equal(ended, after, shown);
    const action = read.header.action ?? "";
    // Hunks that touch the missing line's own line look like typing; otherwise the harness sees what the probe is for.
    assert.ok(seen === action || seen === "typing" || action === "several places", `${shown}: made for ${action}, seen as ${seen}`);
    return action;
  });
}

const wordLines = [
  "if (ready) {\n", "  return total;\n", "}\n", "\n", "  const sum = left + right;\n", "x\n", "  // 𝒳 and 😀 are two units each\n",
  "\tcall(first, second)\r\n", "\r\n",
];

function randomText(random: Random): string {
  const lines = Array.from({ length: random.below(12) }, () => random.pick(wordLines));
  return lines.join("") + (random.chance(0.3) ? "last line without an end" : "");
}

function mutated(random: Random, text: string): string {
  const lines = [...splitLines(text)];
  for (let count = 1 + random.below(4); count > 0; count -= 1) {
    const removed = random.below(3);
    const added = Array.from({ length: random.below(4) }, () => random.pick(wordLines));
    const at = random.below(lines.length + 1);
    const atEnd = at === lines.length && at > 0 && lines.at(-1)?.endsWith("\n") === false;
    lines.splice(atEnd ? at - 1 : at, removed, ...added);
  }
  return lines.join("");
}

test("hunks turn one text into the other, and no shorter way is there", () => {
  const random = new Random(21);
  for (let round = 0; round < 400; round += 1) {
    const before = randomText(random);
    checkDiff(before, random.chance(0.5) ? randomText(random) : mutated(random, before));
  }
});

test("past its bound a diff is one hunk, and still true", () => {
  const before = Array.from({ length: 30 }, (_, index) => `old ${index}\n`).join("");
  const after = Array.from({ length: 30 }, (_, index) => `new ${index}\nold ${index}\n`).join("");
  const [hunk, ...others] = lineDiff(before, after, 10);
  assert.deepEqual(others, []);
  assert.equal((hunk?.newLines ?? []).join(""), after.slice(0, -"old 29\n".length));
});

test("a session ends in the text after, to the letter", () => {
  const random = new Random(22);
  for (let round = 0; round < 400; round += 1) {
    const before = randomText(random);
    const after = random.chance(0.3) ? randomText(random) : mutated(random, before);
    if (canTrace(changeOf(before, after))) checkTrace(before, after);
  }
  checkTrace("a\n", "");
  checkTrace("", "a first line");
  checkTrace("a\nlast", "a\nlast\n");
});

test("a probe ends with one line missing, and nothing else", () => {
  const random = new Random(23);
  const made = new Set<string>();
  const long = (): string => Array.from({ length: 5 }, () => randomText(random).replace(/without an end$/, "of a part\n")).join("");
  for (let round = 0; round < 200; round += 1) {
    const before = long();
    let after = before;
    for (let count = random.below(5); count >= 0; count -= 1) after = mutated(random, after);
    checkProbes(before, after, round).forEach((action) => made.add(action));
  }
  assert.deepEqual([...made].toSorted(), [...probeActions].toSorted());
  assert.deepEqual([...probeActions, "again", "open"].toSorted(), [...actions].toSorted());
});

test("a lone carriage return is no line end to git, so such files are left alone", () => {
  assert.ok(!canTrace(changeOf("a\rb\n", "a\n")));
  assert.ok(canTrace(changeOf("a\r\nb\n", "a\n")));
});

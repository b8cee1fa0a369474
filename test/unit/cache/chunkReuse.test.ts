// What llama-server's `--cache-reuse` keeps, against its loop as it is written there. Letters are tokens: `abc > abxc` keeps of
// the cache `abc` for the prompt `abxc`; a kept run prints as `2@+1`, its length and how far it moves.
import { equal } from "node:assert/strict";
import { test } from "node:test";
import type { Run } from "../../../sidecar/cache/align";
import { chunkRuns } from "../../../sidecar/cache/chunkReuse";
import { checkPartition, plan, printPlan } from "../../../sidecar/cache/plan";
import { freeRules } from "../../support/checkPatch";
import { checkLaw } from "../../support/law";

const tokens = (letters: string): Int32Array => Int32Array.from(letters, (letter) => letter.charCodeAt(0));

function printRuns(runs: readonly Run[]): string {
  return runs.map(({ heldStart, targetStart, length }) => `${length}@${targetStart - heldStart}`).join(" ");
}

function checkChunks(name: string, change: string, chunkTokensMin: number, expected: string): void {
  test(name, () => {
    const [held = "", target = ""] = change.split(" > ");
    equal(printRuns(chunkRuns(tokens(held), tokens(target), chunkTokensMin)), expected);
  });
}

checkChunks("the common prefix is kept, however short", "ab > ax", 3, "1@0");
checkChunks("behind a deletion the rest moves up", "abXcdef > abcdef", 3, "2@0 4@-1");
checkChunks("behind two deletions", "abXcdeYfgh > abcdefgh", 3, "2@0 3@-1 3@-2");
checkChunks("a run shorter than asked for is not kept, nor is what follows it", "abXcdYefgh > abcdefgh", 3, "2@0");
checkChunks("an insertion ends all reuse", "abcdef > abXcdef", 3, "2@0");
checkChunks("so does a replacement", "abcdef > abXdef", 2, "2@0");
checkChunks("a deletion before an insertion is still met", "aXbcdef > abcdYef", 3, "1@0 3@-1");
checkChunks("nothing in common", "abc > xyz", 1, "");
checkChunks("an empty cache", " > abc", 1, "");
checkChunks("the first match wins, though a longer one follows", "aXbcYbcd > abcd", 2, "1@0 2@-1");

test("as a rule of a plan, chunks are of 64 tokens, and the last token is read", () => {
  const run = Array.from({ length: 80 }, (_, index) => 100 + index);
  const held = { tokens: Int32Array.of(1, 2, 3, ...run), shifts: new Uint16Array(83) };
  equal(printPlan(plan(held, Int32Array.of(1, 2, ...run), { ...freeRules, keep: "chunks" })), "=2 -1 =79@-1 -1 +1");
  equal(printPlan(plan(held, Int32Array.of(1, 2, ...run.slice(0, 60)), { ...freeRules, keep: "chunks" })), "=2 -81 +60");
});

/** server-context.cpp's loop, with its own names, on a copy of the cache that it edits as it goes. */
function serverLoop(cache: readonly number[], prompt: readonly number[], reuseMin: number): readonly (number | undefined)[] {
  const kept: (number | undefined)[] = prompt.map(() => undefined);
  let past = 0;
  while (past < cache.length && past < prompt.length && cache[past] === prompt[past]) {
    kept[past] = past;
    past += 1;
  }
  let headCache = past;
  let headPrompt = past;
  while (headCache < cache.length && headPrompt < prompt.length) {
    let matched = 0;
    const goesOn = (): boolean => headCache + matched < cache.length && headPrompt + matched < prompt.length;
    while (goesOn() && cache[headCache + matched] === prompt[headPrompt + matched]) matched += 1;
    if (reuseMin <= matched) {
      for (let index = 0; index < matched; index += 1) kept[headPrompt + index] = headCache + index;
      headCache += matched;
      headPrompt += matched;
    } else {
      headCache += 1;
    }
  }
  return kept;
}

checkLaw<{ readonly held: readonly number[]; readonly target: readonly number[]; readonly chunkTokensMin: number }>({
  name: "chunks are what the server's loop keeps, and make a plan that is a partition",
  cases: 1_000,
  make: (random) => {
    const held = Array.from({ length: random.below(60) }, () => random.below(4));
    const target = [...held];
    for (let edits = random.below(4); 0 < edits; edits -= 1) {
      target.splice(random.below(target.length + 1), random.below(6), ...Array.from({ length: random.below(2) }, () => random.below(4)));
    }
    return { held, target, chunkTokensMin: 1 + random.below(8) };
  },
  print: (sample) => JSON.stringify(sample),
  check: ({ held, target, chunkTokensMin }) => {
    const kept: (number | undefined)[] = target.map(() => undefined);
    for (const { heldStart, targetStart, length } of chunkRuns(Int32Array.from(held), Int32Array.from(target), chunkTokensMin)) {
      for (let index = 0; index < length; index += 1) kept[targetStart + index] = heldStart + index;
    }
    equal(JSON.stringify(kept), JSON.stringify(serverLoop(held, target, chunkTokensMin)));
    const cells = { tokens: Int32Array.from(held), shifts: new Uint16Array(held.length) };
    const made = plan(cells, Int32Array.from(target), { ...freeRules, keep: "chunks" });
    checkPartition(made, held.length, target.length, { held: cells.tokens, target: Int32Array.from(target) });
  },
});

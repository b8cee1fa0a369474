// What comes back from the shelf: an undo and a paste read nothing again that was there, whatever else is edited, and the cells
// are afterwards what the ledger says.
import { deepEqual, equal, ok, throws } from "node:assert/strict";
import { test } from "node:test";
import { limits } from "../../../sidecar/base/limits";
import type { Random } from "../../../sidecar/base/random";
import { applyPatch, type Applied } from "../../../sidecar/cache/applyPlan";
import { emptyLedger, printLedger, type Ledger } from "../../../sidecar/cache/ledger";
import { patchTotals, planPatch, rowsFor } from "../../../sidecar/cache/patch";
import { checkPartition, type PlanRules } from "../../../sidecar/cache/plan";
import { lostRuns } from "../../../sidecar/cache/lostRuns";
import { Shelf } from "../../../sidecar/cache/shelf";
import { sequenceId } from "../../../sidecar/engine/engine";
import { checkRotations, parseBlocks } from "../../support/blocks";
import { freeRules, park, sequence } from "../../support/checkPatch";
import { FakeEngine, type FakeEngineOptions } from "../../support/fakeEngine";
import { checkLaw } from "../../support/law";
import { checkHonesty } from "../../support/scratch";

const shelfSequences = [3, 4, 5, 6].map(sequenceId);

/** A document with a shelf, patched from text to text. */
class Shelved {
  readonly engine: FakeEngine;
  readonly shelf: Shelf;
  ledger: Ledger = emptyLedger;

  constructor(capabilities: FakeEngineOptions["capabilities"] = {}) {
    this.engine = new FakeEngine({ capabilities: { contextLength: 4_000, ...capabilities } });
    this.shelf = new Shelf(this.engine, shelfSequences);
  }

  update(target: Int32Array, rules: Partial<PlanRules> = {}, interrupted = (): boolean => false): Applied {
    const { engine, shelf, ledger } = this;
    const all: PlanRules = { ...freeRules, keep: "moves", ...rules };
    const patch = planPatch(ledger, target, all, shelf.runsOf(sequence));
    checkPartition(patch.plan, ledger.tokens.length + (patch.taken?.count ?? 0), target.length, { held: rowsFor(patch, ledger).tokens, target });
    const { cellsKept, cellsShifted, tokensEncoded } = patchTotals(patch);
    equal(cellsKept + cellsShifted + tokensEncoded, target.length);
    const applied = applyPatch({ engine, sequence, park, shelf }, ledger, patch, target, interrupted);
    this.ledger = applied.ledger;
    this.check();
    return applied;
  }

  check(): void {
    const { engine, shelf, ledger } = this;
    checkHonesty(engine, sequence, ledger, "many");
    checkRotations(engine, ledger);
    equal(engine.cellsUsed(), ledger.tokens.length + shelf.cellCount, "no cell is left behind");
    ok(shelf.cellCount <= limits.shelfTokensMax);
    for (const { sequence: own, rows, position } of shelf.runsOf(sequence)) {
      deepEqual(engine.cellsOf(own).map((cell) => [cell.position, cell.token]), [...rows.tokens].map((token, index) => [position + index, token]));
    }
  }
}

interface Expected {
  /** Tokens read for the last text. */
  readonly read: number;
  readonly ledger?: string;
}

function checkShelf(name: string, texts: readonly string[], expected: Expected, rules: Partial<PlanRules> = {}): void {
  test(name, () => {
    const document = new Shelved();
    let read = 0;
    for (const text of texts) read = document.update(parseBlocks(text), rules).tokensEncoded;
    equal(read, expected.read);
    deepEqual([...document.ledger.tokens], [...parseBlocks(texts.at(-1) ?? "")]);
    if (expected.ledger !== undefined) equal(printLedger(document.ledger), expected.ledger);
  });
}

checkShelf("a deletion that is undone reads nothing but the last token, and leaves nothing stale",
  ["a10 b40 c30", "a10 c30", "a10 b40 c30"], { read: 1, ledger: "0..80 exact" });
checkShelf("typed in between, the block comes back all the same",
  ["a10 b40 c30", "a10 c30", "a10 d3 c30", "a10 d3 b40 c30"], { read: 1 });
checkShelf("a block that is cut and pasted further down",
  ["a10 b40 c30 d5", "a10 c30 d5", "a10 c30 b40 d5"], { read: 1, ledger: "0..10 exact, 10..80 stale 1, 80..84 stale 2, 84..85 stale 0" });
checkShelf("and further up", ["a10 c30 b40 d5", "a10 c30 d5", "a10 b40 c30 d5"], { read: 1 });
checkShelf("a part of it comes back", ["a10 b40 c30", "a10 c30", "a10 b25 c30"], { read: 1, ledger: "0..35 exact, 35..64 stale 2, 64..65 stale 0" });
checkShelf("two texts that take turns in one place", ["a10 b40 c30", "a10 d50 c30", "a10 b40 c30"], { read: 1, ledger: "0..80 exact" });
checkShelf("what comes back is exact, what was never read behind it isn't",
  ["a10 b40 c30", "a10 d50 c30", "a10 b40 c30", "a10 d50 c30"], { read: 1, ledger: "0..60 exact, 60..89 stale 1, 89..90 stale 0" });
checkShelf("of two deletions the latest is there, and the one before", ["a10 b40 c30 d20 e5", "a10 c30 d20 e5", "a10 c30 e5", "a10 c30 d20 e5", "a10 b40 c30 d20 e5"], { read: 1 });
checkShelf("a short one isn't kept", ["a10 b15 c30", "a10 c30", "a10 b15 c30"], { read: 16 });
checkShelf("of a very long one the beginning is", [`a10 b99 c99 d99 e99 f99 g99 h30`, "a10 h30", `a10 b99 c99 d99 e99 f99 g99 h30`], { read: 6 * 99 - 512 + 1 });
checkShelf("a long one and all that is shorter don't drive each other out",
  ["a10 b99 c99 d99 e99 f20 g30 h90 i30", "a10 g30 i30", "a10 b99 c99 d99 e99 f20 g30 i30"], { read: 1 });
checkShelf("two long ones that take turns: what comes back is about to make room for the other",
  ["a10 b90 c90 d90 z30", "a10 e90 f90 g90 z30", "a10 b90 c90 d90 z30", "a10 e90 f90 g90 z30"], { read: 1 });
checkShelf("of two that are the same the latest comes back first", ["a10 b40 c30 b40 d20", "a10 c30 b40 d20", "a10 c30 d20", "a10 c30 b40 d20"],
  { read: 1, ledger: "0..10 exact, 10..40 stale 1, 40..80 stale 2, 80..99 stale 3, 99..100 stale 0" });
checkShelf("into the middle of a prompt comes what is exact there",
  ["a30 m1 b40 c5", "a30 m1 c5", "a30 m1 b40 c5"], { read: 1, ledger: "0..76 exact" }, { middle: { from: 30, turnedTokensMax: 0 } });
checkShelf("and nothing that was read behind other tokens",
  ["a30 b40 m1 c5", "a30 m1 c5", "a30 m1 b40 c5"], { read: 45, ledger: "0..30 exact, 30..31 stale 1, 31..76 stale 0" }, { middle: { from: 30, turnedTokensMax: 0 } });
checkShelf("where order is all that may be kept nothing comes back", ["a10 b40 c30", "a10 c30", "a10 b40 c30"], { read: 41 }, { keep: "runs" });
checkShelf("cells that may not be rotated come back where they stood",
  ["a10 b40", "a10 c2", "a10 b40"], { read: 1, ledger: "0..50 exact" }, { shiftsMax: 0 });
checkShelf("and nowhere else", ["a10 b40 c30 d5", "a10 c30 d5", "a10 c30 b40 d5"], { read: 45 }, { shiftsMax: 0 });

function checkLost(name: string, before: string, after: string, expected: string, rules: Partial<PlanRules> = {}): void {
  test(name, () => {
    const held = { tokens: parseBlocks(before), shifts: new Uint16Array(parseBlocks(before).length) };
    const target = parseBlocks(after);
    const patch = planPatch(held, target, { ...freeRules, keep: "moves", ...rules });
    equal(lostRuns(patch, held.tokens, target).map(({ start, end }) => `${start}..${end}`).join(" "), expected);
  });
}

checkLost("a text loses what is deleted", "a10 b40 c30", "a10 c30", "10..50");
checkLost("not what changes places", "a10 b40 c30 d5", "a10 c30 b40 d5", "");
checkLost("nor what comes into the middle of the prompt and is read anew there", "a30 b40 c90 m1 d20", "a30 c90 m1 b40 e20", "161..181",
  { middle: { from: 120, turnedTokensMax: 0 } });
checkLost("what is deleted on both sides of it is lost", "a30 x20 b40 y30 c90 m1", "a30 c90 m1 b40 e1", "90..120 30..50", { middle: { from: 120, turnedTokensMax: 0 } });
checkLost("a short run isn't worth it", "a10 b15 c30", "a10 c30", "");
checkLost("where all is read anew nothing is", "a40 b40", "b40 a40", "", { keep: "none" });

/** A document that has lost a block of forty tokens. */
function shelvedBlock(capabilities?: FakeEngineOptions["capabilities"]): Shelved {
  const document = new Shelved(capabilities);
  for (const text of ["a10 b40 c30", "a10 c30"]) document.update(parseBlocks(text));
  return document;
}

test("what nobody asks for is given up after a while", () => {
  const document = shelvedBlock();
  for (let patches = 0; patches < limits.shelfPatchesMax; patches += 1) document.update(parseBlocks(`a10 c30 d${1 + (patches % 9)}`));
  equal(document.shelf.cellCount, 40);
  document.update(parseBlocks("a10 c30"));
  equal(document.shelf.cellCount, 0);
});

test("another document finds none of it, and it goes with its own", () => {
  const document = shelvedBlock();
  equal(document.shelf.runsOf(sequenceId(1)).length, 0);
  document.shelf.release(sequenceId(1));
  equal(document.shelf.cellCount, 40);
  document.shelf.release(sequence);
  equal(document.shelf.cellCount, 0);
  document.check();
});

test("who needs the room has it", () => {
  const document = shelvedBlock({ contextLength: 400 });
  document.shelf.giveWay(320);
  equal(document.shelf.cellCount, 40);
  document.shelf.giveWay(321);
  equal(document.shelf.cellCount, 0);
  document.check();
});

test("without room to spare nothing is put there", () => {
  const document = shelvedBlock({ contextLength: 200 });
  equal(document.shelf.cellCount, 0);
});

test("the oldest goes first where room is wanted, and what is about to come back stays", () => {
  const document = new Shelved({ contextLength: 1_000 });
  for (const text of ["a10 b40 c30 d40 e5", "a10 c30 d40 e5", "a10 c30 e5"]) document.update(parseBlocks(text));
  const [latest, oldest] = document.shelf.runsOf(sequence);
  document.shelf.giveWay(900, oldest);
  deepEqual(document.shelf.runsOf(sequence), [oldest]);
  ok(latest !== undefined);
  document.shelf.giveWay(900);
  equal(document.shelf.cellCount, 40);
  document.shelf.giveWay(1_000);
  equal(document.shelf.cellCount, 0);
});

test("what isn't there can't be taken", () => {
  const document = new Shelved();
  throws(() => document.shelf.take({ run: { sequence: sequenceId(3), rows: emptyLedger, position: 4 }, start: 0, count: 1 }, park, 4), /contiguity/);
});

interface Course {
  readonly texts: readonly (readonly number[])[];
  readonly polls: number;
  readonly contextLength: number;
  readonly shiftsMax: number;
  readonly costs: number;
}

/** Texts of few words, so that windows repeat; blocks are deleted, put back where they stood or elsewhere, and changed on the way. */
function randomCourse(random: Random): Course {
  const words = 2 + random.below(40);
  const tokens = (count: number): number[] => Array.from({ length: count }, () => random.below(words));
  const clipboard: number[][] = [];
  let text = tokens(40 + random.below(100));
  const texts: number[][] = [[...text, 300]];
  for (let step = 0; step < 6; step += 1) {
    const back = clipboard.length === 0 ? undefined : random.pick(clipboard);
    const place = random.below(text.length + 1);
    if (random.chance(0.2)) text = [...random.pick(texts)];
    else if (back !== undefined && random.chance(0.5)) text.splice(place, 0, ...back);
    else if (random.chance(0.6)) clipboard.push(text.splice(place, 10 + random.below(60)));
    text.splice(random.below(text.length + 1), random.below(3), ...tokens(random.below(3)));
    texts.push([...text, 300]);
  }
  return { texts, polls: random.below(12), contextLength: random.pick([500, 700, 4_000]), shiftsMax: random.below(4), costs: random.below(2) * random.below(40) };
}

checkLaw<Course>({
  name: "whatever is deleted and comes back, the cells are those of the text and what the ledger says, also where a patch is broken off or the cache is full",
  cases: 1_500,
  make: randomCourse,
  print: (sample) => JSON.stringify(sample),
  check: ({ texts, polls, contextLength, shiftsMax, costs }) => {
    const rules = { shiftsMax, shiftCostTokens: costs, callCostTokens: costs >> 3 };
    const document = new Shelved({ batchTokensMax: 4, contextLength, shift: { kind: "shiftable", shiftsMax } });
    for (const [index, text] of texts.entries()) {
      if (contextLength < text.length + 4) return;
      let left = index % 3 === 2 ? polls : Infinity;
      const { complete } = document.update(Int32Array.from(text), rules, () => left-- <= 0);
      if (complete) deepEqual([...document.ledger.tokens], text);
    }
  },
});

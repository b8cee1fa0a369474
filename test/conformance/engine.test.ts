// Owns the rules that every engine obeys: one suite, run on the hash chain and on llama.cpp with a random-weight model of one layer.
// There K and V depend on the token alone, so that a patched cache must give a cold one's logits.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { at } from "../../sidecar/base/assert";
import { setVerify } from "../../sidecar/base/invariants";
import { Random } from "../../sidecar/base/random";
import { cellPosition, cells, sequenceId, toEnd } from "../../sidecar/engine/engine";
import type { Engine } from "../../sidecar/engine/engine";
import { checkAlike, checkHeld, checkRefused, decodeCount, describeEngines, randomTokens } from "../support/engineSubjects";
import { differenceOverRange } from "../support/logits";
import { editWalk } from "../support/editWalk";
import { Patched } from "../support/patched";
import { openRandomLlama, removeRandomModels } from "../support/randomLlama";

const contextLength = 1_024;
const s0 = sequenceId(0);
const s1 = sequenceId(1);
const s2 = sequenceId(2);
setVerify(true);
after(removeRandomModels);

describeEngines(({ name, open, tolerance }, freshOf) => {
  const fresh = (): Engine => freshOf({ contextLength });

  test("positions tell the first and the last cell of each sequence", () => {
    const engine = fresh();
    assert.equal(engine.positions(s0), undefined);
    decodeCount(engine, 0, 0, 5);
    decodeCount(engine, 1, 0, 3);
    checkHeld(engine, { 0: [0, 4], 1: [0, 2], 2: undefined }, 8);
    decodeCount(engine, 0, 5, 2);
    checkHeld(engine, { 0: [0, 6], 1: [0, 2] }, 10);
  });

  test("remove takes cells out of one sequence, and frees those that are in no other", () => {
    const engine = fresh();
    decodeCount(engine, 0, 0, 10);
    engine.remove(s0, cells(3, 5));
    checkHeld(engine, { 0: [0, 9] }, 8);
    engine.remove(s0, toEnd(7));
    checkHeld(engine, { 0: [0, 6] }, 5);
    engine.remove(s0, cells(0, 2));
    checkHeld(engine, { 0: [2, 6] }, 3);
    engine.remove(s0, cells(50, 60));
    engine.remove(s0, toEnd(0));
    checkHeld(engine, { 0: undefined }, 0);
  });

  test("shift moves cells, never onto others, below 0 or where they are shared", () => {
    const engine = fresh();
    decodeCount(engine, 0, 0, 10);
    engine.remove(s0, cells(4, 6));
    engine.shift(s0, toEnd(6), 3);
    checkHeld(engine, { 0: [0, 12] }, 8);
    engine.shift(s0, toEnd(6), -5);
    checkHeld(engine, { 0: [0, 7] }, 8);
    checkRefused(() => engine.shift(s0, cells(4, 8), -1), "onto another cell");
    checkRefused(() => engine.shift(s0, cells(0, 4), -1), "below 0");
    engine.copy(s0, s1, toEnd(4));
    checkRefused(() => engine.shift(s1, toEnd(4), 2), "a shared cell");
    checkHeld(engine, { 0: [0, 7], 1: [4, 7] }, 8);
  });

  test("copy shares cells: they are counted once, and stay until no sequence has them", () => {
    const engine = fresh();
    decodeCount(engine, 0, 0, 6);
    engine.copy(s0, s1, cells(2, 5));
    checkHeld(engine, { 0: [0, 5], 1: [2, 4] }, 6);
    engine.remove(s0, toEnd(0));
    checkHeld(engine, { 0: undefined, 1: [2, 4] }, 3);
    checkRefused(() => engine.copy(s1, s1, toEnd(0)), "to itself");
    engine.copy(s1, s2, toEnd(0));
    checkRefused(() => engine.copy(s1, s2, toEnd(0)), "twice");
    engine.remove(s1, toEnd(0));
    engine.remove(s2, toEnd(0));
    checkHeld(engine, { 1: undefined, 2: undefined }, 0);
  });

  test("decode goes on where the sequence ends, within its bounds", () => {
    const engine = fresh();
    const { batchTokensMax, vocabularySize } = engine.capabilities;
    decodeCount(engine, 0, 0, 10);
    checkRefused(() => decodeCount(engine, 0, 5, 2), "in the middle");
    checkRefused(() => decodeCount(engine, 0, 12, 2), "behind a gap");
    checkRefused(() => decodeCount(engine, 1, 3, 2), "an empty sequence not from 0");
    checkRefused(() => decodeCount(engine, 0, 10, 0), "no tokens");
    checkRefused(() => decodeCount(engine, 0, 10, batchTokensMax + 1), "more than a batch");
    checkRefused(() => engine.decode(s0, cellPosition(10), Int32Array.of(vocabularySize), "none"), "no such token");
    checkRefused(() => engine.decode(s0, cellPosition(10), Int32Array.of(-1), "none"), "no such token");
    checkRefused(() => engine.decode(sequenceId(99), cellPosition(0), Int32Array.of(9), "none"), "no such sequence");
    checkHeld(engine, { 0: [0, 9], 1: undefined }, 10);
    for (let start = 10; start < contextLength; start += batchTokensMax) decodeCount(engine, 0, start, Math.min(batchTokensMax, contextLength - start));
    checkHeld(engine, { 0: [0, contextLength - 1] }, contextLength);
    checkRefused(() => decodeCount(engine, 1, 0, 1), "a full cache");
    engine.remove(s0, toEnd(contextLength - 1));
    decodeCount(engine, 1, 0, 1);
    checkHeld(engine, { 0: [0, contextLength - 2], 1: [0, 0] }, contextLength);
  });

  test("each row of logits is what a decode that ends there leaves", () => {
    const engine = fresh();
    checkRefused(() => engine.logits(), "nothing decoded");
    decodeCount(engine, 0, 0, 6, "all");
    const rows = Array.from({ length: 6 }, (_, row) => engine.logits(row).slice());
    assert.deepEqual(engine.logits(), at(rows, 5));
    assert.equal(engine.logits().length, engine.capabilities.vocabularySize);
    checkRefused(() => engine.logits(6), "no such row");
    for (let row = 0; row < rows.length; row += 1) {
      decodeCount(engine, 1, row, 1, "last");
      checkAlike(engine.logits(), at(rows, row), tolerance, `row ${row}`);
    }
    decodeCount(engine, 0, 6, 2, "none");
    checkRefused(() => engine.logits(), "no logits were wanted");
  });

  test("tokens spell the text, and sentinels are never read out of it", () => {
    const engine = fresh();
    const texts = ["", "a", "  a\tb", "const x = f(a, 'é日本😀');\r\n\n\treturn;", "a\u0301\u0000b", "<|fim_prefix|>x<|endoftext|>", "x".repeat(5_000), "\n".repeat(300), "\ufeffint a;"];
    for (const text of texts) {
      const tokens = engine.tokenise(text);
      assert.equal(Buffer.concat(Array.from(tokens, (token) => engine.pieceOf(token))).toString("utf8"), text);
      for (const token of tokens) assert.ok(!engine.capabilities.endTokens.has(token), `token ${token} of ${text}`);
    }
    for (const token of engine.capabilities.endTokens) assert.equal(engine.pieceOf(token).length, 0);
  });

  const patches: readonly (readonly [name: string, edits: readonly (readonly [start: number, deleted: number, inserted: number])[]])[] = [
    ["insert", [[50, 0, 17]]],
    ["insert at the start", [[0, 0, 5]]],
    ["insert at the end", [[200, 0, 5]]],
    ["insert more than a batch", [[50, 0, 300]]],
    ["delete", [[50, 10, 0]]],
    ["delete the start", [[0, 30, 0]]],
    ["delete all but the end", [[0, 199, 0]]],
    ["replace by as many", [[50, 10, 10]]],
    ["replace by fewer", [[50, 10, 3]]],
    ["replace by more", [[50, 3, 10]]],
    ["four places", [[150, 9, 5], [120, 0, 4], [70, 10, 0], [20, 0, 17]]],
    ["four places that move both ways", [[150, 70 - 20, 0], [120, 0, 40], [60, 40, 0], [20, 0, 60]]],
    ["three deletions", [[150, 5, 0], [100, 20, 0], [20, 30, 0]]],
  ];
  for (const [patchName, edits] of patches) {
    test(`patched equals cold: ${patchName}, and back again`, () => {
      const engine = fresh();
      const patched = new Patched(engine, { park: s1, document: s0, cold: s2 });
      const before = randomTokens(engine, new Random(7), 200);
      patched.update(before);
      const edited = [...before];
      const random = new Random(11);
      for (const [start, deleted, inserted] of edits) edited.splice(start, deleted, ...randomTokens(engine, random, inserted));
      for (const [step, tokens] of [["patch", edited], ["undo", before]] as const) {
        const { logits, tokensEncoded } = patched.update(tokens);
        const encodedMost = 1 + edits.reduce((sum, [, deleted, inserted]) => sum + (step === "patch" ? inserted : deleted), 0);
        assert.ok(tokensEncoded <= encodedMost, `${step}: ${tokensEncoded} tokens encoded, ${encodedMost} at most`);
        checkAlike(logits, patched.coldLogits(), tolerance, step);
      }
    });
  }

  for (const [direction, to] of [["up", 20], ["down", 120]] as const) {
    test(`patched equals cold: a block that is moved ${direction} and edited on the way, and back again`, () => {
      const engine = fresh();
      const patched = new Patched(engine, { park: s1, document: s0, cold: s2 });
      const before = randomTokens(engine, new Random(7), 200);
      patched.update(before);
      const moved = [...before];
      const block = moved.splice(70, 40);
      block.splice(10, 2, ...randomTokens(engine, new Random(11), 5));
      moved.splice(to, 0, ...block);
      for (const [step, tokens] of [["patch", moved], ["undo", before]] as const) {
        const { logits, tokensEncoded } = patched.update(tokens);
        // What stood before the block's change is the shorter run, and isn't moved.
        assert.ok(tokensEncoded <= 1 + 10 + 5, `${step}: ${tokensEncoded} tokens encoded`);
        checkAlike(logits, patched.coldLogits(), tolerance, step);
      }
    });
  }

  test("patched equals cold: a block is cut, pasted elsewhere, and put back, and none of it is read again", () => {
    const engine = fresh();
    const patched = new Patched(engine, { park: s1, document: s0, cold: s2, shelves: [sequenceId(3)] });
    const before = randomTokens(engine, new Random(7), 200);
    const cut = [...before];
    const block = cut.splice(70, 40);
    const pasted = [...cut.slice(0, 20), ...block, ...cut.slice(20)];
    patched.update(before);
    for (const [step, tokens] of [["cut", cut], ["paste", pasted], ["undo", cut], ["undo once more", before]] as const) {
      const { logits, tokensEncoded } = patched.update(tokens);
      assert.equal(tokensEncoded, 1, step);
      checkAlike(logits, patched.coldLogits(), tolerance, step);
    }
    assert.equal(patched.cellsExact, before.length);
  });

  test("two neighbours that change places show in the logits: the comparison is sharp", () => {
    const patched = new Patched(fresh(), { park: s1, document: s0, cold: s2 });
    const tokens = Array.from({ length: 200 }, (_, index) => 10 + index);
    const { logits } = patched.update(tokens);
    tokens.splice(50, 2, at(tokens, 51), at(tokens, 50));
    const difference = differenceOverRange(patched.update(tokens).logits, logits);
    assert.ok(difference > 20 * tolerance, `${difference}`);
  });

  test("patched equals cold over a random walk of 500 edits", () => {
    const { largest, edits } = editWalk(fresh(), 500, 2024);
    console.log(`    ${name}: after ${edits} edits patched and cold logits differ by at most ${largest.toExponential(1)} of their range`);
    assert.ok(largest <= tolerance, `${largest} of ${tolerance}`);
  });

  test("what happens in one sequence leaves the others alone", () => {
    const engine = fresh();
    const other = randomTokens(engine, new Random(3), 60);
    engine.decode(sequenceId(3), cellPosition(0), Int32Array.from(other.slice(0, 59)), "none");
    const patched = new Patched(engine, { park: s1, document: s0, cold: s2 });
    const tokens = randomTokens(engine, new Random(5), 100);
    patched.update(tokens);
    tokens.splice(30, 5, ...randomTokens(engine, new Random(6), 9));
    patched.update(tokens);
    engine.decode(sequenceId(3), cellPosition(59), Int32Array.of(at(other, 59)), "last");
    const kept = engine.logits().slice();
    engine.decode(sequenceId(4), cellPosition(0), Int32Array.from(other), "last");
    checkAlike(kept, engine.logits(), tolerance, "the other sequence");
  });

  test("decoding in a sequence that shares the document's cells leaves no trace", () => {
    const engine = fresh();
    const patched = new Patched(engine, { park: s1, document: s0, cold: s2 });
    const tokens = randomTokens(engine, new Random(8), 50);
    patched.update(tokens);
    const scratch = sequenceId(5);
    engine.copy(s0, scratch, toEnd(0));
    for (const [index, token] of randomTokens(engine, new Random(9), 12).entries()) engine.decode(scratch, cellPosition(50 + index), Int32Array.of(token), "last");
    engine.remove(scratch, toEnd(0));
    checkHeld(engine, { 0: [0, 49], 5: undefined }, 50);
    const { logits } = patched.update([...tokens, 20]);
    checkAlike(logits, patched.coldLogits(), tolerance, "after the scratch sequence");
  });

  test("a closed engine refuses every call, and closes again in peace", () => {
    const engine = open({ contextLength });
    decodeCount(engine, 0, 0, 3, "last");
    engine.close();
    engine.close();
    checkRefused(() => engine.positions(s0), "positions");
    checkRefused(() => engine.remove(s0, toEnd(0)), "remove");
    checkRefused(() => engine.shift(s0, toEnd(0), 1), "shift");
    checkRefused(() => engine.copy(s0, s1, toEnd(0)), "copy");
    checkRefused(() => decodeCount(engine, 0, 3, 1), "decode");
    checkRefused(() => engine.logits(), "logits");
  });
});

test("the shipped F16 cache stays close over as many shifts as it stands", () => {
  const engine = openRandomLlama({ contextLength });
  try {
    const { largest, edits } = editWalk(engine, 100, 99);
    console.log(`    llama.cpp, one layer, F16 cache: after ${edits} edits patched and cold logits differ by at most ${largest.toExponential(1)} of their range`);
    assert.ok(largest <= 2e-2, `${largest}`);
  } finally {
    engine.close();
  }
});

// Owns the examples of what the fake engine tells apart and of what the faulty engine does.
import assert from "node:assert/strict";
import { test } from "node:test";
import { EngineError, cellPosition, cells, sequenceId, toEnd } from "../../../sidecar/engine/engine";
import { FakeEngine } from "../../support/fakeEngine";
import { FaultyEngine } from "../../support/faultyEngine";
import type { FaultEffect } from "../../support/faultyEngine";
import { FakeTokenizer } from "../../support/fakeTokenizer";

const s0 = sequenceId(0);
const s1 = sequenceId(1);
const at0 = cellPosition(0);

test("a cell's value is exact when the same tokens precede it, and stale when they don't", () => {
  const engine = new FakeEngine();
  engine.decode(s0, at0, Int32Array.of(20, 21, 22, 23), "none");
  engine.remove(s0, cells(1, 2));
  engine.shift(s0, toEnd(2), -1);
  engine.decode(s1, at0, Int32Array.of(20, 22, 23), "none");
  const patched = engine.cellValues(s0);
  const cold = engine.cellValues(s1);
  assert.equal(patched[0], cold[0]);
  assert.notEqual(patched[1], cold[1]);
  assert.notEqual(patched[2], cold[2]);
  assert.deepEqual(engine.cellsOf(s0).map(({ position, shifts }) => [position, shifts]), [[0, 0], [1, 1], [2, 1]]);
});

test("with one layer a cell's value depends on its token alone", () => {
  const engine = new FakeEngine({ layers: 1 });
  engine.decode(s0, at0, Int32Array.of(20, 21, 22), "none");
  engine.decode(s1, at0, Int32Array.of(22, 21), "none");
  assert.equal(engine.cellValues(s0)[2], engine.cellValues(s1)[0]);
});

test("several shifts before one decode cost one rotation", () => {
  const engine = new FakeEngine();
  engine.decode(s0, at0, Int32Array.of(20, 21, 22, 23, 24), "none");
  engine.remove(s0, cells(1, 2));
  engine.remove(s0, cells(3, 4));
  engine.shift(s0, cells(2, 3), -1);
  engine.shift(s0, toEnd(4), -2);
  engine.decode(s0, cellPosition(3), Int32Array.of(30), "last");
  assert.deepEqual([engine.counts.shift, engine.counts.rotations, engine.counts.tokensEncoded], [2, 1, 6]);
});

test("a fake without shifting says why", () => {
  const engine = new FakeEngine({ capabilities: { shift: { kind: "fixed", reason: "the model is recurrent" } } });
  engine.decode(s0, at0, Int32Array.of(20), "none");
  assert.throws(() => engine.shift(s0, toEnd(0), 1), /recurrent/);
});

test("a full table of the fake tokeniser spells new words byte by byte, and old ones as before", () => {
  const tokenizer = new FakeTokenizer(320);
  const text = Array.from({ length: 50 }, (_, index) => `word${index}`).join(" ");
  const once = tokenizer.tokenise(text);
  assert.deepEqual(tokenizer.tokenise(text), once);
  assert.equal(tokenizer.spell(once), text);
  assert.ok(once.length > 99 && Math.max(...once) < 320);
});

const effects: readonly (readonly [effect: FaultEffect, cellsAfter: number])[] = [["nothing", 0], ["part", 2], ["all", 4]];
for (const [effect, cellsAfter] of effects) {
  test(`the Nth call fails after having done ${effect}, and only that one`, () => {
    const engine = new FaultyEngine(new FakeEngine(), 2, effect);
    engine.remove(s0, toEnd(0));
    assert.throws(() => engine.decode(s0, at0, Int32Array.of(20, 21, 22, 23), "none"), EngineError);
    assert.equal(engine.cellsUsed(), cellsAfter);
    engine.remove(s0, toEnd(0));
    engine.decode(s0, at0, Int32Array.of(20, 21, 22, 23), "none");
    assert.deepEqual([engine.calls, engine.failed, engine.cellsUsed()], [4, true, 4]);
  });
}

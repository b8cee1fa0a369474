// Owns the rules of a cache that grows: sequences, positions and keys pass over whole, and a lack of memory is no failure.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { setVerify } from "../../sidecar/base/invariants";
import { Random } from "../../sidecar/base/random";
import { cells, sequenceId, toEnd } from "../../sidecar/engine/engine";
import { checkAlike, checkHeld, checkRefused, decodeCount, describeEngines, randomTokens } from "../support/engineSubjects";
import { Patched } from "../support/patched";
import { removeRandomModels } from "../support/randomLlama";

const s0 = sequenceId(0);
const s1 = sequenceId(1);
const s2 = sequenceId(2);
const lengths = { contextLength: 1_024, contextLengthStart: 256 } as const;
setVerify(true);
after(removeRandomModels);

describeEngines(({ tolerance }, freshOf) => {
  test("it begins small, grows by what it is asked for and some more, and never beyond its length", () => {
    const engine = freshOf(lengths);
    assert.equal(engine.capabilities.contextLength, 1_024);
    assert.deepEqual([0, 256, 257, 100, 768, 769, 5_000].map((count) => engine.reserve(count)), [256, 256, 768, 768, 768, 1_024, 1_024]);
  });

  test("sequences, positions and keys pass over, a waiting rotation included", () => {
    const grown = freshOf(lengths);
    const cases = [
      ["nothing waits", () => undefined],
      ["a rotation waits", () => {
        grown.remove(s0, cells(10, 20));
        grown.shift(s0, toEnd(20), -10);
      }],
    ] as const;
    for (const [name, before] of cases) {
      for (const sequence of [s0, sequenceId(3), s2]) grown.remove(sequence, toEnd(0));
      decodeCount(grown, 0, 0, 100);
      decodeCount(grown, 3, 0, 60);
      before();
      const length = (grown.positions(s0)?.max ?? 0) + 1;
      grown.reserve(grown.reserve(0) + 1);
      checkHeld(grown, { 0: [0, length - 1], 1: undefined, 3: [0, 59] }, length + 60);
      checkRefused(() => grown.logits(), "the logits went with the old cache");
      decodeCount(grown, 3, 60, 10, "last");
      const other = grown.logits().slice();
      decodeCount(grown, 2, 0, 70, "last");
      checkAlike(other, grown.logits(), tolerance, `${name}, another sequence`);
      decodeCount(grown, 0, length, 10, "last");
      const logits = grown.logits().slice();
      grown.remove(s2, toEnd(0));
      const held = Array.from({ length: 100 }, (_, index) => 10 + index);
      if (length < 100) held.splice(10, 10);
      const tokens = [...held, ...Array.from({ length: 10 }, (_, index) => 10 + ((length + index) % 200))];
      const cold = new Patched(grown, { park: s1, document: s2, cold: sequenceId(4) }).update(tokens);
      checkAlike(logits, cold.logits, tolerance, name);
    }
  });

  test("cells that wait on the shelf pass over, at whatever position they begin", () => {
    const engine = freshOf(lengths);
    const patched = new Patched(engine, { park: s1, document: s0, cold: s2, shelves: [sequenceId(3)] });
    const before = randomTokens(engine, new Random(7), 60);
    patched.update(before);
    patched.update([...before.slice(0, 20), ...before.slice(40)]);
    checkHeld(engine, { 0: [0, 39], 3: [20, 39] }, 60);
    engine.reserve(engine.reserve(0) + 1);
    const { logits, tokensEncoded } = patched.update(before);
    assert.equal(tokensEncoded, 1);
    checkAlike(logits, patched.coldLogits(), tolerance, "undone in a longer cache");
  });

  test("patched equals cold while the document outgrows the cache", () => {
    const engine = freshOf(lengths);
    const random = new Random(3);
    const patched = new Patched(engine, { park: s1, document: s0, cold: s2 });
    const tokens = randomTokens(engine, random, 60);
    for (let edit = 0; edit < 14; edit += 1) {
      tokens.splice(random.below(tokens.length), random.below(10), ...randomTokens(engine, random, 30));
      engine.reserve(2 * tokens.length);
      checkAlike(patched.update(tokens).logits, patched.coldLogits(), tolerance, `edit ${edit}`);
    }
    assert.equal(engine.reserve(0), 1_024);
  });

  test("where memory runs short it stays as long as it is, knows it, and works on", () => {
    const engine = freshOf({ ...lengths, memoryCells: 700 });
    decodeCount(engine, 0, 0, 100);
    assert.equal(engine.reserve(1_000), 512);
    assert.equal(engine.capabilities.contextLength, 512);
    assert.equal(engine.reserve(1_000), 512);
    checkHeld(engine, { 0: [0, 99] }, 100);
    assert.equal(decodeCount(engine, 0, 100, 20, "last"), "decoded");
  });

  test("where there is memory for what is needed and for no more, that is what it gets", () => {
    const engine = freshOf({ contextLength: 2_048, contextLengthStart: 256, memoryCells: 1_000 });
    decodeCount(engine, 0, 0, 100);
    assert.deepEqual([engine.reserve(600), engine.capabilities.contextLength], [768, 768]);
    checkHeld(engine, { 0: [0, 99] }, 100);
  });

  test("a shared cell would be parted: refused, and allowed again when it is no longer shared", () => {
    const engine = freshOf(lengths);
    decodeCount(engine, 0, 0, 20);
    engine.copy(s0, s1, cells(5, 10));
    checkRefused(() => engine.reserve(500), "a shared cell");
    assert.equal(engine.reserve(0), 256);
    engine.remove(s1, toEnd(0));
    assert.equal(engine.reserve(500), 768);
  });
});

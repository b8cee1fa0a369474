// Owns the rules of a decode that is stopped in its middle: whatever the moment, the cells are those from before the call.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { setVerify } from "../../sidecar/base/invariants";
import { Random } from "../../sidecar/base/random";
import { cells, sequenceId, toEnd } from "../../sidecar/engine/engine";
import type { Engine } from "../../sidecar/engine/engine";
import { trueAfter } from "../support/editingSession";
import { checkAlike, checkHeld, checkRefused, decodeCount, describeEngines, randomTokens } from "../support/engineSubjects";
import { Patched } from "../support/patched";
import { removeRandomModels } from "../support/randomLlama";

const s0 = sequenceId(0);
const s1 = sequenceId(1);
const s2 = sequenceId(2);
setVerify(true);
after(removeRandomModels);

describeEngines(({ tolerance }, freshOf) => {
  const fresh = (): Engine => freshOf({ contextLength: 1_024 });

  test("a decode that nobody interrupts says so", () => {
    const engine = fresh();
    assert.equal(decodeCount(engine, 0, 0, 5), "decoded");
    assert.equal(decodeCount(engine, 0, 5, 5, "last", () => false), "decoded");
    checkHeld(engine, { 0: [0, 9] }, 10);
  });

  test("interrupted at whatever moment, it leaves the cells as they were, and no logits", () => {
    const engine = fresh();
    decodeCount(engine, 0, 0, 40, "last");
    for (let moment = 0; ; moment += 1) {
      if (decodeCount(engine, 0, 40, 30, "last", trueAfter(moment)) === "decoded") {
        assert.ok(moment >= 20, `it was asked ${moment} times`);
        break;
      }
      checkHeld(engine, { 0: [0, 39] }, 40);
      checkRefused(() => engine.logits(), "logits of an interrupted decode");
    }
    const logits = engine.logits().slice();
    decodeCount(engine, 1, 0, 70, "last");
    checkAlike(logits, engine.logits(), tolerance, "after many interruptions");
  });

  test("a batch that is computed in two parts is taken back as a whole", () => {
    const engine = fresh();
    decodeCount(engine, 0, 0, 40, "last");
    const batch = engine.capabilities.batchTokensMax;
    for (let moment = 0; ; moment += 5) {
      if (decodeCount(engine, 0, 40, batch, "last", trueAfter(moment)) === "decoded") break;
      checkHeld(engine, { 0: [0, 39] }, 40);
    }
    checkHeld(engine, { 0: [0, 39 + batch] }, 40 + batch);
  });

  test("keys that wait for a rotation are rotated once, however often the decode is interrupted", () => {
    const engine = fresh();
    decodeCount(engine, 0, 0, 60);
    for (let moment = 0; ; moment += 1) {
      // One cell less, the rest one to the left: each attempt has a rotation of its own.
      engine.remove(s0, cells(0, 1));
      engine.shift(s0, toEnd(1), -1);
      const start = 59 - moment;
      const attempt = (): string => decodeCount(engine, 0, start, 20, "last", trueAfter(moment));
      if (attempt() === "decoded") break;
      assert.equal(attempt(), "interrupted");
      checkHeld(engine, { 0: [0, start - 1] }, start);
    }
    const end = engine.positions(s0)?.max ?? 0;
    const logits = engine.logits().slice();
    const start = end - 19;
    // What stands there: the tokens of positions 60 - start to 60, then those of the last decode.
    const tokens = [
      ...Array.from({ length: start }, (_, index) => 10 + 60 - start + index),
      ...Array.from({ length: 20 }, (_, index) => 10 + ((start + index) % 200)),
    ];
    const patched = new Patched(engine, { park: s1, document: s2, cold: sequenceId(3) });
    checkAlike(logits, patched.update(tokens).logits, tolerance, "after many rotations");
  });

  test("what goes wrong in the question is thrown behind the call, and the cells are as they were", () => {
    const engine = fresh();
    decodeCount(engine, 0, 0, 40);
    const failing = (): boolean => {
      throw new TypeError("the question failed");
    };
    assert.throws(() => decodeCount(engine, 0, 40, 30, "last", failing), /the question failed/);
    checkHeld(engine, { 0: [0, 39] }, 40);
    assert.equal(decodeCount(engine, 0, 40, 30, "last"), "decoded");
  });

  test("patches that are broken off again and again end like a cold cache", () => {
    const engine = fresh();
    const random = new Random(5);
    const patched = new Patched(engine, { park: s1, document: s0, cold: s2 });
    let tokens = randomTokens(engine, random, 150);
    patched.update(tokens);
    let brokenOff = 0;
    for (let edit = 0; edit < 40; edit += 1) {
      tokens = [...tokens];
      for (let places = 0; places < 3; places += 1) {
        tokens.splice(random.below(tokens.length), random.below(20), ...randomTokens(engine, random, random.below(30)));
      }
      if (tokens.length < 20) tokens.push(...randomTokens(engine, random, 100));
      if (tokens.length > 350) tokens.splice(0, 150);
      for (let tries = 0; tries < 3; tries += 1) {
        if (patched.tryUpdate(tokens, trueAfter(random.below(80))) !== undefined) break;
        brokenOff += 1;
      }
      checkAlike(patched.update(tokens).logits, patched.coldLogits(), tolerance, `edit ${edit}`);
    }
    assert.ok(brokenOff > 10, `${brokenOff} times broken off`);
  });
});

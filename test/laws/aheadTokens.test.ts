// Laws of what is decoded while a processor waits: the completion is the same, token for token, and ends alike; broken off
// anywhere, the cells are as they were.
import { deepEqual, ok } from "node:assert/strict";
import { test } from "node:test";
import { ManualClock } from "../../sidecar/base/clock";
import type { Random } from "../../sidecar/base/random";
import { limits } from "../../sidecar/base/limits";
import { decode, type Decoded } from "../../sidecar/decode/loop";
import { cellPosition, cells, toEnd } from "../../sidecar/engine/engine";
import { document, type EchoCase, healingOf, isFinishedAfter, randomEchoCase, scratch, tokenizer } from "../support/echoCase";
import { EchoingEngine } from "../support/echoingEngine";
import { trueAfter } from "../support/editingSession";
import { checkLaw } from "../support/law";
import { WaitingMask } from "../support/stateMask";

interface Case extends EchoCase {
  /** Of the tokens one in so many is forbidden at each choice. */
  readonly masked: number;
  readonly waitsMax: number;
  /** What a token may take, one of these at a time. */
  readonly decodeMs: readonly number[];
}

function randomCase(random: Random): Case {
  return {
    ...randomEchoCase(random),
    masked: random.pick([3, 5, 40]),
    waitsMax: random.pick([1, 4, limits.aheadTokensMax + 3]),
    decodeMs: random.pick([[0], [5], [5, 5, 2 * limits.aheadTokenMsMax]]),
  };
}

interface Ran {
  readonly decoded: Decoded;
  readonly worked: number;
  readonly decodes: number;
}

function run(sample: Case, waits: boolean, interrupted: () => boolean): Ran {
  const { prompt, alphabet, masked, tokensMax, waitsMax, decodeMs } = sample;
  const engine = new EchoingEngine({ tokenizer, alphabet, roundingNats: 0, roundedFrom: prompt.length, capabilities: { vocabularySize: 420 } });
  engine.decode(document, cellPosition(0), Int32Array.from(prompt), "none");
  const before = engine.cellValues(document);
  engine.copy(document, scratch, cells(0, prompt.length - 1));
  engine.decode(scratch, cellPosition(prompt.length - 1), Int32Array.of(prompt.at(-1) ?? 0), "last");
  const mask = new WaitingMask(masked, alphabet, waits ? waitsMax : 0);
  const clock = new ManualClock();
  let decodes = 0;
  const decodeOne = engine.decode.bind(engine);
  engine.decode = (...given: Parameters<typeof decodeOne>) => {
    clock.advance(decodeMs[decodes % decodeMs.length] ?? 0);
    decodes += 1;
    return decodeOne(...given);
  };
  const decoded = decode({
    engine, sequence: scratch, start: prompt.length, tokensMax, clock, untilMs: Infinity,
    processors: [...healingOf(sample), mask],
    interrupted, onFirstToken: () => undefined, isFinished: isFinishedAfter(sample),
  });
  const held = engine.positions(scratch)?.max ?? -1;
  ok(held < prompt.length + decoded.tokens.length, "nothing is left of what was decoded ahead");
  engine.remove(scratch, toEnd(0));
  deepEqual(engine.cellValues(document), before, "cells are as before");
  deepEqual(engine.cellsUsed(), prompt.length, "no cell leaks");
  return { decoded, worked: mask.worked, decodes };
}

const totals = { worked: 0, inVain: 0 };

checkLaw<Case>({
  name: "a wait that is worked through writes what one without work writes",
  cases: 1_500,
  make: randomCase,
  print: (sample) => JSON.stringify(sample),
  check: (sample) => {
    const still = run(sample, false, () => false);
    if (sample.interruptAfter !== undefined) {
      const { tokens } = run(sample, true, trueAfter(sample.interruptAfter)).decoded;
      deepEqual(tokens, still.decoded.tokens.slice(0, tokens.length));
    }
    const working = run(sample, true, () => false);
    deepEqual([working.decoded.end, working.decoded.tokens], [still.decoded.end, still.decoded.tokens]);
    totals.worked += working.worked;
    totals.inVain += working.decodes - still.decodes;
  },
});

test("most of that work is of use, and some is not", () => {
  ok(0 < totals.inVain && totals.inVain < totals.worked, JSON.stringify(totals));
});

// Laws of what is decoded while a processor waits: the completion is the same, token for token, and ends alike; broken off
// anywhere, the cells are as they were.
import { deepEqual, ok } from "node:assert/strict";
import { test } from "node:test";
import { ManualClock } from "../../sidecar/base/clock";
import { Random } from "../../sidecar/base/random";
import { limits } from "../../sidecar/base/limits";
import { decode, type Decoded } from "../../sidecar/decode/loop";
import { TokenHealing } from "../../sidecar/decode/tokenHealing";
import { cellPosition, cells, sequenceId, toEnd } from "../../sidecar/engine/engine";
import { PieceIndex } from "../../sidecar/tokens/pieceIndex";
import { EchoingEngine } from "../support/echoingEngine";
import { trueAfter } from "../support/editingSession";
import { fakeSentinels, FakeTokenizer } from "../support/fakeTokenizer";
import { checkLaw } from "../support/law";
import { WaitingMask } from "../support/stateMask";

const tokenizer = new FakeTokenizer(420);
const pieces = new PieceIndex(tokenizer, tokenizer.vocabularySize);
const document = sequenceId(2);
const scratch = sequenceId(1);

interface Case {
  readonly prompt: readonly number[];
  readonly alphabet: readonly number[];
  readonly healed: string;
  /** Of the tokens one in so many is forbidden at each choice. */
  readonly masked: number;
  readonly waitsMax: number;
  readonly tokensMax: number;
  readonly lines: number;
  /** What a token may take, one of these at a time. */
  readonly decodeMs: readonly number[];
  /** After so many questions the completion is broken off. */
  readonly interruptAfter: number | undefined;
}

function randomCase(random: Random): Case {
  const words = [...tokenizer.tokenise("a b c ( ) ; \n name value")].filter((_, index) => index % 2 === 0 || random.chance(0.5));
  return {
    prompt: Array.from({ length: 4 + random.below(60) }, () => random.pick(words)),
    alphabet: [...new Set([...words, ...(random.chance(0.3) ? [fakeSentinels.end] : [])])],
    healed: random.pick(["", "", "na", "v"]),
    masked: random.pick([3, 5, 40]),
    waitsMax: random.pick([1, 4, limits.aheadTokensMax + 3]),
    tokensMax: 1 + random.below(40),
    lines: random.pick([1, 3, 100]),
    decodeMs: random.pick([[0], [5], [5, 5, 2 * limits.aheadTokenMsMax]]),
    interruptAfter: random.chance(0.5) ? random.below(60) : undefined,
  };
}

interface Ran {
  readonly decoded: Decoded;
  readonly worked: number;
  readonly decodes: number;
}

function run({ prompt, alphabet, masked, healed, tokensMax, lines, waitsMax, decodeMs }: Case, waits: boolean, interrupted: () => boolean): Ran {
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
    processors: [...(healed === "" ? [] : [new TokenHealing(Buffer.from(healed), pieces, tokenizer)]), mask],
    interrupted, onFirstToken: () => undefined, isFinished: (text) => lines <= text.split("\n").length - 1,
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

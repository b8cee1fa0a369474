// Laws of drafts: with them a completion is the same, token for token, and ends alike, whatever masks and penalties act, whatever
// a batch rounds; and a completion that is broken off anywhere leaves the cells as they were.
import { deepEqual, ok } from "node:assert/strict";
import { test } from "node:test";
import { ManualClock } from "../../sidecar/base/clock";
import { Random } from "../../sidecar/base/random";
import { Drafts } from "../../sidecar/decode/draft/drafts";
import { draftSourceNames } from "../../sidecar/decode/draft/draftSource";
import { decode, type Decoded } from "../../sidecar/decode/loop";
import { marksOf } from "../../sidecar/decode/languageMarks";
import { RepetitionGuard } from "../../sidecar/decode/rpg/repetitionGuard";
import { shippedStrengths } from "../../sidecar/decode/rpg/strength";
import { cellPosition, cells, toEnd } from "../../sidecar/engine/engine";
import { document, type EchoCase, healingOf, isFinishedAfter, pieces, randomEchoCase, scratch, tokenizer } from "../support/echoCase";
import { EchoingEngine } from "../support/echoingEngine";
import { checkCells, play, printScript, randomScript, sessionsOn, trueAfter, uninterrupted, type Script } from "../support/editingSession";
import { FakeEngine } from "../support/fakeEngine";
import { tryLaw, type Law } from "../support/law";
import { StateMask } from "../support/stateMask";

interface Case extends EchoCase {
  readonly roundingNats: number;
  /** Of the tokens one in so many is forbidden at each choice; 0: none. */
  readonly masked: number;
  readonly penalised: boolean;
  readonly batchTokensMax: number;
}

function randomCase(random: Random): Case {
  return {
    ...randomEchoCase(random),
    roundingNats: random.pick([0, 0.05, 0.2]),
    masked: random.pick([0, 0, 3, 5]),
    penalised: random.chance(0.4),
    batchTokensMax: random.pick([1, 3, 16, 128]),
  };
}

interface Ran {
  readonly decoded: Decoded;
  readonly accepted: number;
  readonly settled: number;
}

/** Decodes `rounds` times behind the same prompt, so that what is remembered serves; the last round counts. */
function run(sample: Case, drafts: Drafts | undefined, interrupted: (() => boolean) | undefined): Ran {
  const { prompt, alphabet, roundingNats, batchTokensMax, masked, penalised, healed, tokensMax } = sample;
  const engine = new EchoingEngine({ tokenizer, alphabet, roundingNats, roundedFrom: prompt.length, capabilities: { batchTokensMax, vocabularySize: 420 } });
  for (let start = 0; start < prompt.length; start += batchTokensMax) {
    engine.decode(document, cellPosition(start), Int32Array.from(prompt.slice(start, start + batchTokensMax)), "none");
  }
  const before = engine.cellValues(document);
  const round = (stop: () => boolean): Decoded => {
    engine.copy(document, scratch, cells(0, prompt.length - 1));
    engine.decode(scratch, cellPosition(prompt.length - 1), Int32Array.of(prompt.at(-1) ?? 0), "last");
    const penalty = new RepetitionGuard({
      grammar: undefined, before: "", pieces, tokenizer, strengths: shippedStrengths, onAct: () => undefined,
      marks: marksOf("typescript"), endTokens: engine.capabilities.endTokens, after: "", healedBytes: Buffer.byteLength(healed),
    });
    const tokens = Int32Array.from(prompt);
    const decoded = decode({
      engine, sequence: scratch, start: prompt.length, tokensMax, clock: new ManualClock(), untilMs: Infinity,
      processors: [
        ...healingOf(sample),
        ...(penalised ? [penalty] : []),
        ...(masked === 0 ? [] : [new StateMask(masked, alphabet)]),
      ],
      interrupted: stop, onFirstToken: () => undefined, isFinished: isFinishedAfter(sample),
      draftedBy: drafts === undefined ? undefined : { drafts, sources: drafts.begin(document, tokens, tokensMax) },
    });
    drafts?.end(document, tokens, decoded.tokens);
    penalty.close();
    engine.remove(scratch, toEnd(0));
    deepEqual(engine.cellValues(document), before, "cells are as before");
    deepEqual(engine.cellsUsed(), prompt.length, "no cell leaks");
    return decoded;
  };
  if (interrupted !== undefined) round(interrupted);
  const decoded = round(() => false);
  return { decoded, accepted: drafts?.tally().accepted ?? 0, settled: drafts?.tally().settled ?? 0 };
}

const totals = { accepted: 0, settled: 0, cancelled: 0 };

const lossless: Law<Case> = {
  name: "drafts change nothing",
  cases: 2_200,
  make: randomCase,
  print: (sample) => JSON.stringify(sample),
  check: (sample) => {
    const without = run(sample, undefined, undefined).decoded;
    const drafts = new Drafts({ vocabularySize: 420, sources: draftSourceNames, always: true });
    const interrupted = sample.interruptAfter === undefined ? undefined : trueAfter(sample.interruptAfter);
    const { decoded, accepted, settled } = run(sample, drafts, interrupted);
    deepEqual([decoded.end, decoded.tokens], [without.end, without.tokens]);
    totals.accepted += accepted;
    totals.settled += settled;
    if (interrupted !== undefined) totals.cancelled += 1;
  },
};

test("drafts on and off give the same tokens and the same end, under all processors, with rounding, behind 1,000 cancels", () => {
  const cases = Number(process.env["LAW_CASES"] ?? lossless.cases);
  for (let seed = 1; seed <= cases; seed += 1) tryLaw(lossless, seed);
  ok(cases < totals.accepted && 100 < totals.settled && cases / 3 < totals.cancelled, JSON.stringify(totals));
});

const small = { contextLength: 400, batchTokensMax: 16, sequenceCount: 8, shiftCostTokens: 0, callCostTokens: 0 } as const;
let draftSteps = 0;

const editing: Law<Script> = {
  name: "a user who cancels anywhere",
  cases: 150,
  make: (random) => randomScript(random, 12),
  print: printScript,
  check: (script) => {
    const answersOf = (drafted: boolean, checked: Script): unknown => {
      const engine = new FakeEngine({ layers: "many", capabilities: small });
      const drafts = drafted ? new Drafts({ vocabularySize: engine.capabilities.vocabularySize, sources: draftSourceNames, always: true }) : undefined;
      const sessions = sessionsOn(engine, "patch", { drafts });
      const { answers } = play(checked, sessions, () => checkCells(engine, sessions, ["a.ts", "b.ts"], "many"));
      deepEqual(sessions.statistics().totals.rebuilds, 0);
      draftSteps += drafts?.tally().steps ?? 0;
      return answers;
    };
    answersOf(true, script);
    deepEqual(answersOf(true, uninterrupted(script)), answersOf(false, uninterrupted(script)));
  },
};

test("whatever a user does and cancels, cells stay honest with drafts on, and answers are those without", () => {
  const cases = Number(process.env["LAW_CASES"] ?? editing.cases);
  for (let seed = 1; seed <= cases; seed += 1) tryLaw(editing, seed);
  ok(cases < draftSteps, `${draftSteps} drafts were decoded`);
});


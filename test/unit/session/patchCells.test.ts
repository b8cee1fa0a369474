// What the measured pace learns from patching a document's cells, on an engine that takes a millisecond a token.
import { deepEqual, equal, ok } from "node:assert/strict";
import { test } from "node:test";
import { ManualClock } from "../../../sidecar/base/clock";
import { emptyLedger } from "../../../sidecar/cache/ledger";
import { sequenceId } from "../../../sidecar/engine/engine";
import type { Prompt } from "../../../sidecar/prompt/layout";
import type { Bench } from "../../../sidecar/session/bench";
import { ChangedNames } from "../../../sidecar/session/changedNames";
import { Pace } from "../../../sidecar/session/pace";
import { patchCells } from "../../../sidecar/session/patchCells";
import { policyNamed } from "../../../sidecar/session/policy";
import { PrefixReuse } from "../../../sidecar/session/prefixReuse";
import type { HeldCells } from "../../../sidecar/session/session";
import { tokenIndex, utf16 } from "../../../sidecar/text/frames";
import { PieceIndex } from "../../../sidecar/tokens/pieceIndex";
import { TokenRope } from "../../../sidecar/tokens/rope";
import { trueAfter } from "../../support/editingSession";
import { FakeEngine } from "../../support/fakeEngine";
import { tuningDefault } from "../../../sidecar/session/tuning";

class TimedDesk {
  readonly bench: Bench;
  readonly held: HeldCells = { sequence: sequenceId(2), ledger: emptyLedger, prefixReuse: new PrefixReuse(), repairIsDue: false, jumpIsDue: false };

  constructor() {
    const engine = new FakeEngine({ capabilities: { batchTokensMax: 16 } });
    const clock = new ManualClock();
    const decode = engine.decode.bind(engine);
    // A batch that is broken off takes its time too.
    engine.decode = (sequence, start, tokens, ...rest) => {
      clock.advance(tokens.length);
      return decode(sequence, start, tokens, ...rest);
    };
    const policy = policyNamed("patch");
    ok(policy !== undefined);
    this.bench = {
      engine, clock, policy, park: sequenceId(0), scratch: sequenceId(1), pace: new Pace(),
      pieces: new PieceIndex(engine, engine.capabilities.vocabularySize), completionTokensMax: 8, completionMsMax: 1_000,
      tuning: tuningDefault,
    };
  }

  /** Brings the cells to a prompt of `count` tokens; the number of tokens read. */
  patch(count: number, interrupted: () => boolean): number {
    const tokens = Int32Array.from({ length: count }, (_, index) => 20 + index);
    const prompt: Prompt = { tokens, freshFrom: tokenIndex(0), middleFrom: undefined, healed: new Uint8Array(0), segments: [] };
    const rope = TokenRope.of("", this.bench.engine, "anyLine");
    const scene = { rope, text: "", cursor: utf16(0), around: [], changed: new ChangedNames(), jumped: false };
    return patchCells(this.bench, this.held, prompt, scene, interrupted).tokensEncoded;
  }
}

test("what was read to its end is measured, what was broken off isn't", () => {
  const desk = new TimedDesk();
  const never = (): boolean => false;
  equal(desk.patch(40, never), 40);
  equal(desk.bench.pace.tokensIn(300), 300);
  // Two batches are read, the third is thrown away.
  equal(desk.patch(90, trueAfter(40)), 32);
  equal(desk.bench.pace.tokensIn(300), 300);
  deepEqual([desk.patch(90, never), desk.bench.pace.tokensIn(300)], [18, 300]);
});

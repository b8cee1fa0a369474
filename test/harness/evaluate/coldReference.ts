// Owns what a cold cache answers: a second engine that knows nothing but the prompt it is handed, behind a cache of answers.
// Knows no policy and no trace.
import { realClock } from "../../../sidecar/base/clock";
import { limits } from "../../../sidecar/base/limits";
import { applyPlan } from "../../../sidecar/cache/applyPlan";
import { emptyLedger } from "../../../sidecar/cache/ledger";
import { plan } from "../../../sidecar/cache/plan";
import type { KeepRule } from "../../../sidecar/cache/plan";
import { cellPosition, sequenceId, toEnd } from "../../../sidecar/engine/engine";
import type { Engine } from "../../../sidecar/engine/engine";
import { expectedLoss, write } from "../../../sidecar/session/complete";
import type { Bench } from "../../../sidecar/session/bench";
import { PrefixReuse } from "../../../sidecar/session/prefixReuse";
import type { PenaltySource } from "../../../sidecar/session/repetition";
import type { HeldCells } from "../../../sidecar/session/session";
import { Pace } from "../../../sidecar/session/pace";
import { policyNamed } from "../../../sidecar/session/policy";
import { PieceIndex } from "../../../sidecar/tokens/pieceIndex";
import { assert } from "../../../sidecar/base/assert";
import { contentKey } from "./coldCache";
import type { ColdAnswer, ColdCache } from "./coldCache";
import type { MeasuredPrompt } from "./measuredPrompt";
import { tuningDefault } from "../../../sidecar/session/tuning";

export interface ColdReferenceParts {
  readonly engine: Engine;
  /** Names the model and all settings that its answers depend on. */
  readonly identity: string;
  readonly cache: ColdCache;
  /**
   * `prefix` where a token's cell doesn't depend on how many tokens were computed beside it: then the exact common prefix of
   * the prompt before is what a cold cache would hold, to the last bit. True of llama.cpp on the CPU without flash attention,
   * not of graphics processors: `none` there.
   */
  readonly keep: Extract<KeepRule, "prefix" | "none">;
  /**
   * Cells of something else that stand before all others. llama.cpp sums over cells in the order of their places: where they
   * stand changes nothing but rounding, and so tells how far rounding alone goes.
   */
  readonly cellsBefore?: number;
}

export class ColdReference {
  private readonly bench: Bench;
  private readonly held: HeldCells;

  constructor(private readonly parts: ColdReferenceParts) {
    const { engine } = parts;
    const policy = policyNamed("cold");
    assert(policy !== undefined, "there is a policy named cold");
    for (let sequence = 0; sequence < engine.capabilities.sequenceCount; sequence += 1) engine.remove(sequenceId(sequence), toEnd(0));
    this.bench = {
      engine,
      policy,
      park: sequenceId(0),
      scratch: sequenceId(1),
      pieces: new PieceIndex(engine, engine.capabilities.vocabularySize),
      clock: realClock,
      pace: new Pace(),
      tuning: tuningDefault,
      completionTokensMax: limits.completionTokensMax,
      // What is written must not depend on how busy the machine is.
      completionMsMax: Infinity,
    };
    const { cellsBefore = 0 } = parts;
    const [filler = 0] = engine.tokenise("a");
    if (cellsBefore > 0) engine.decode(sequenceId(3), cellPosition(0), new Int32Array(cellsBefore).fill(filler), "none");
    this.held = { sequence: sequenceId(2), ledger: emptyLedger, prefixReuse: new PrefixReuse(), repairIsDue: false, jumpIsDue: false };
  }

  /** What is suggested behind the prompt under the penalty that `penalties` give, and how well `expected` was expected there. */
  answer(asked: MeasuredPrompt, expected: string | undefined, penalties: PenaltySource): ColdAnswer {
    const { prompt, context, languageId } = asked;
    const tokens = new Uint8Array(prompt.tokens.slice().buffer);
    const { identity, cellsBefore = 0 } = this.parts;
    const key = contentKey([identity, String(cellsBefore), languageId, tokens, prompt.healed, JSON.stringify(context), JSON.stringify(expected ?? null)]);
    return this.parts.cache.answer(key, () => this.compute(asked, expected, penalties));
  }

  private compute({ prompt, context, languageId }: MeasuredPrompt, expected: string | undefined, penalties: PenaltySource): ColdAnswer {
    const { bench, held } = this;
    bench.engine.reserve((this.parts.cellsBefore ?? 0) + prompt.tokens.length + 2 * limits.completionTokensMax);
    const rules = { keep: this.parts.keep, shiftsMax: 0, shiftCostTokens: 0, callCostTokens: 0 };
    const chosen = plan(held.ledger, prompt.tokens, rules);
    const target = { engine: bench.engine, sequence: held.sequence, park: bench.park };
    const applied = applyPlan(target, held.ledger, chosen, prompt.tokens, () => false);
    held.ledger = applied.ledger;
    assert(held.ledger.exactEnd === prompt.tokens.length, `a cold cache is exact, not ${held.ledger.exactEnd} of ${prompt.tokens.length} cells`);
    const penalty = penalties.penaltyBehind(languageId, context, prompt.healed);
    try {
      const written = write(bench, held, prompt, context, () => undefined, penalty);
      const loss = expected === undefined ? undefined : expectedLoss(bench, held, prompt, expected);
      return { suggested: written.text, promptTokens: prompt.tokens.length, loss };
    } finally {
      penalty.close();
    }
  }

  close(): void {
    this.parts.engine.close();
  }
}

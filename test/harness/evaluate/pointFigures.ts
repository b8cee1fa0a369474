// Owns the figures of a single point: what is compared with what, point by point, before anything is summed. Pure.
import type { PolicyName } from "../../../sidecar/session/policy";
import type { Action } from "../action";
import type { Loss } from "../score";
import { editSimilarity, exactMatch, firstLine } from "../score";
import type { EvaluatedPoint } from "./evaluatedPoint";
import { servedName } from "./peers";
import type { Fraction } from "./resampling";

/** Undefined is what the point can't say. Shares are 0 or 1, losses nats with what they are divided by. */
export interface PointFigures {
  readonly trace: string;
  readonly ordinal: number;
  readonly policy: PolicyName;
  readonly action: Action;
  readonly languageId: string;
  readonly tokensEncoded: number;
  readonly promptTokens: number;
  readonly firstTokenMs: number | undefined;
  readonly lineEqualsCold: number | undefined;
  readonly excessLoss: Fraction | undefined;
  readonly lossPerToken: Fraction | undefined;
  readonly lossPerByte: Fraction | undefined;
  readonly lossOverPsm: Fraction | undefined;
  readonly exactMatch: number | undefined;
  readonly editSimilarity: number | undefined;
  readonly coldTokens: number | undefined;
  readonly coldLossOverPsm: Fraction | undefined;
  readonly coldExactMatch: number | undefined;
  /** The same prompt on two cold caches whose cells stand at different places. */
  readonly roundingLoss: Fraction | undefined;
  readonly roundingLineEquals: number | undefined;
  readonly repairTokens: number;
  readonly healTokens: number;
  readonly exactShare: number | undefined;
}

/** One for the policy, and one more for a real server that was asked with its prompt. */
export function figuresOf(point: EvaluatedPoint): readonly PointFigures[] {
  const own = ownFigures(point);
  const { served, cold, result: { expected } } = point;
  if (served === undefined) return [own];
  const real: PointFigures = {
    ...own,
    policy: servedName(own.policy),
    tokensEncoded: served.tokensEncoded,
    firstTokenMs: served.promptMs,
    lineEqualsCold: equality(served.suggested, cold?.suggested),
    // A server tells no loss of a text that it didn't write.
    excessLoss: undefined, lossPerToken: undefined, lossPerByte: undefined, lossOverPsm: undefined,
    exactMatch: matchOf(served.suggested, expected),
    editSimilarity: similarityOf(served.suggested, expected),
    roundingLoss: undefined, roundingLineEquals: undefined,
    repairTokens: 0, healTokens: 0, exactShare: undefined,
  };
  return [own, real];
}

function ownFigures({ result, languageId, promptTokens, cold, psm, displaced, written }: EvaluatedPoint): PointFigures {
  const { trace, ordinal, policy, action, suggested, expected, loss, charge } = result;
  return {
    trace, ordinal, policy, action, languageId, promptTokens,
    tokensEncoded: charge.tokensEncoded,
    firstTokenMs: result.editToFirstTokenMs,
    // What was withheld is no difference between caches: the cold one's answer has not been looked at by that either.
    lineEqualsCold: equality(written?.text ?? suggested, cold?.suggested),
    excessLoss: difference(loss, cold?.loss),
    lossPerToken: loss === undefined ? undefined : { over: loss.nats, under: loss.tokens },
    lossPerByte: loss === undefined || expected === undefined ? undefined : { over: loss.nats, under: Buffer.byteLength(expected) },
    lossOverPsm: difference(loss, psm?.loss),
    exactMatch: matchOf(suggested, expected),
    editSimilarity: similarityOf(suggested, expected),
    coldTokens: cold?.promptTokens,
    coldLossOverPsm: difference(cold?.loss, psm?.loss),
    coldExactMatch: matchOf(cold?.suggested, expected),
    roundingLoss: difference(displaced?.loss, cold?.loss),
    roundingLineEquals: displaced === undefined ? undefined : equality(displaced.suggested, cold?.suggested),
    repairTokens: charge.repairTokens,
    healTokens: charge.healTokens,
    exactShare: result.exactShare,
  };
}

/** Of two losses of one text, a token of the second. */
function difference(loss: Loss | undefined, reference: Loss | undefined): Fraction | undefined {
  return loss === undefined || reference === undefined ? undefined : { over: loss.nats - reference.nats, under: reference.tokens };
}

function equality(suggested: string, cold: string | undefined): number | undefined {
  return cold === undefined ? undefined : Number(firstLine(suggested) === firstLine(cold));
}

function matchOf(suggested: string | undefined, expected: string | undefined): number | undefined {
  return suggested === undefined || expected === undefined ? undefined : Number(exactMatch(suggested, expected));
}

function similarityOf(suggested: string, expected: string | undefined): number | undefined {
  return expected === undefined ? undefined : editSimilarity(suggested, expected);
}

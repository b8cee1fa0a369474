// Owns what is shipped against repetition, as one processor: the penalty on another copy, and behind it the end that closes
// what the completion opened. Knows no strength of its own.
import { ProcessorChain } from "../processorChain";
import { OwnEnd, type OwnEndBasis } from "./ownEnd";
import { RepetitionPenalty, type RepetitionPenaltyBasis } from "./repetitionPenalty";

export type RepetitionGuardBasis = RepetitionPenaltyBasis & Omit<OwnEndBasis, "hasRepeated" | "onAct">;

export class RepetitionGuard extends ProcessorChain {
  private readonly penalty: RepetitionPenalty;

  /** Pairs with `close()`. */
  constructor(basis: RepetitionGuardBasis) {
    const penalty = new RepetitionPenalty(basis);
    super([penalty, new OwnEnd({ ...basis, hasRepeated: () => penalty.hasRepeated() })]);
    this.penalty = penalty;
  }

  /** Gives back what the parser holds outside the JavaScript heap. Nothing may be asked afterwards. */
  close(): void {
    this.penalty.close();
  }
}

// Owns for how long one completion may stand still for answers: a budget for each question, which is given back when an answer
// comes in time and is gone for good once a question has used it up; and a ceiling on all waiting of the completion together.
// Pure arithmetic: knows no clock, no question and nobody who answers.

/** A completion stands still for no longer than so many budgets, however many answers come just in time. */
export const budgetsACompletion = 3;
/** What a sum of times may be off by: less than that is nothing. */
const roundingMs = 0.001;

export class WaitAllowance {
  private leftMs: number;
  private ceilingMs: number;

  constructor(private readonly budgetMs: number) {
    this.leftMs = budgetMs;
    this.ceilingMs = budgetsACompletion * budgetMs;
  }

  /** For how long decoding may stand still now. Once it is 0 it stays so. */
  get ms(): number {
    return Math.min(this.leftMs, this.ceilingMs);
  }

  /** Whether nothing is waited for any more because an answer stayed away, rather than because many came. */
  get isUsedUp(): boolean {
    return this.leftMs === 0 && this.budgetMs > 0;
  }

  /** What was done instead of waiting was of no use: so much of the completion's time is gone with it. */
  lost(ms: number): void {
    this.ceilingMs = Math.max(0, this.ceilingMs - ms);
  }

  /** Decoding has stood still for `waitMs`, and the answer was there at the end, or was not. */
  waited(waitMs: number, isAnswered: boolean): void {
    this.ceilingMs = Math.max(0, this.ceilingMs - waitMs);
    if (!isAnswered) this.leftMs = this.leftMs - waitMs < roundingMs ? 0 : this.leftMs - waitMs;
    else if (this.leftMs > 0) this.leftMs = this.budgetMs;
  }
}

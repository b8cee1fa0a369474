// Owns what a completion may wait for legal names, as every living engine thread hears it: beside the thread that serves, a candidate
// may be loading that will be refused. Knows neither settings nor monitor.
import type { Interrupts } from "./interrupts";

export class MemberBudget {
  private readonly threads = new Set<Pick<Interrupts, "setMemberBudget">>();

  /** As `Interrupts.setMemberBudget` has it. */
  constructor(private ms: number) {}

  set(ms: number): void {
    this.ms = ms;
    for (const thread of this.threads) thread.setMemberBudget(ms);
  }

  /** @returns to be called once the thread has ended */
  tell(thread: Pick<Interrupts, "setMemberBudget">): () => void {
    this.threads.add(thread);
    thread.setMemberBudget(this.ms);
    return () => void this.threads.delete(thread);
  }
}

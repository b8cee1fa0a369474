// Owns one run of the engine for all requests that ask the same of the same text: each has its own answer, and the run is
// broken off when the last one no longer wants it. A moment later, since an editor takes its request back first and tells of
// the edit that it was for next. Knows no document.
import { limits } from "../base/limits";
import type { CompletionAnswer, CompletionRequest, Interruption, SessionReply } from "../session/events";
import type { Cancellation } from "./dispatch";
import type { RunningCompletion } from "./engineThread";

type Reply = SessionReply<CompletionAnswer>;

export class SharedCompletion {
  private waiting = 0;
  private isOver = false;
  private breakingOff: NodeJS.Timeout | undefined;

  /** @param invoked whether the user asked, by key */
  constructor(private readonly running: RunningCompletion, private readonly key: string, private readonly invoked: boolean) {
    const over = (): void => void (this.isOver = true);
    running.reply.then(over, over);
  }

  /** What two requests must have in common to be one run. */
  static keyOf({ place, word }: CompletionRequest, version: number): string {
    return JSON.stringify([version, place, word]);
  }

  /**
   * Whether a request of this key may still join. One that the editor makes by itself, for a key that came before, must not take
   * from the user what was asked for by key at the same place meanwhile.
   */
  canJoin(key: string, invoked: boolean): boolean {
    return !this.isOver && this.key === key && (this.invoked || !invoked);
  }

  /** Settles with the run, or at once when it is cancelled. */
  join(cancellation: Cancellation, version: number): Promise<Reply> {
    this.waiting += 1;
    clearTimeout(this.breakingOff);
    const cancelled = new Promise<Reply>((resolve) => {
      cancellation.onCancel(() => {
        this.waiting -= 1;
        if (this.waiting === 0) this.breakingOff = setTimeout(() => this.interrupt("cancelled"), limits.cancelledMsMax).unref();
        resolve({ kind: "answer", answer: { outcome: { kind: "cancelled" }, version, item: undefined } });
      });
    });
    return Promise.race([this.running.reply, cancelled]);
  }

  /** outOfStep: nobody has asked for anything else, and the text that it was asked of must come again first. */
  interrupt(why: Interruption | "outOfStep"): void {
    this.isOver = true;
    clearTimeout(this.breakingOff);
    this.running.interrupt(why);
  }

  /** The text has changed, and the engine has been told how. */
  edited(): void {
    this.isOver = true;
    clearTimeout(this.breakingOff);
    this.running.edited();
  }
}

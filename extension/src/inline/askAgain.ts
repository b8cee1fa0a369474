// Owns the one case in which ghost text is asked for without a key: what the user wrote last was heard by no model, because
// it was loading, or no sidecar ran, or the sidecar ended before it answered; and now a model is ready. The editor wouldn't
// ask again before the next key.
import type { ModelStatus, Outcome } from "../../../sidecar/protocol/data";

export class AskAgain {
  private isWaiting = false;
  /** Requests up to the latest without an outcome. */
  private openCount = 0;

  constructor(private readonly ask: () => void) {}

  asked(): void {
    this.openCount += 1;
  }

  outcome({ kind }: Outcome): void {
    // These two are perhaps of a request before the latest.
    this.openCount = kind === "superseded" || kind === "cancelled" ? Math.max(0, this.openCount - 1) : 0;
    this.isWaiting = kind === "modelLoading";
  }

  /** The active document changed where a suggestion would have been asked for, and no sidecar ran. */
  changedUnheard(): void {
    this.isWaiting = true;
  }

  /** The sidecar has ended, and another is to be started. */
  sidecarEnded(): void {
    this.isWaiting ||= 0 < this.openCount;
    this.openCount = 0;
  }

  /** The user has gone elsewhere, or nothing will be started by itself. */
  forget(): void {
    this.isWaiting = false;
    this.openCount = 0;
  }

  modelStatus({ state }: ModelStatus): void {
    if (state.kind === "failed") this.forget();
    if (state.kind !== "ready" || !this.isWaiting) return;
    this.isWaiting = false;
    this.ask();
  }
}

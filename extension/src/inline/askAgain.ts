// Owns the one case in which ghost text is asked for without a key: what the user typed last was heard by no model, because
// it was loading, or no sidecar ran, or the sidecar ended before it answered; and now a model is ready. The editor wouldn't
// ask again before the next key.
import type { ModelStatus, Outcome } from "../../../sidecar/protocol/data";

export class AskAgain {
  private isWaiting = false;
  /** Requests whose outcome the sidecar has not told yet. */
  private openCount = 0;

  constructor(private readonly ask: () => void) {}

  asked(): void {
    this.openCount += 1;
  }

  outcome({ kind }: Outcome): void {
    this.openCount = Math.max(0, this.openCount - 1);
    this.isWaiting = kind === "modelLoading";
  }

  /** The user typed where a suggestion would have been asked for, and no sidecar ran. */
  typedUnheard(): void {
    this.isWaiting = true;
  }

  /** No sidecar runs any more. */
  sidecarEnded(): void {
    this.isWaiting ||= this.openCount > 0;
    this.openCount = 0;
  }

  modelStatus({ state }: ModelStatus): void {
    if (state.kind !== "ready" || !this.isWaiting) return;
    this.isWaiting = false;
    this.ask();
  }
}

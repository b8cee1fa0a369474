// Owns the one case in which ghost text is asked for without a key: what the user wrote last was heard by no model, because
// it was loading, or no sidecar ran, or the sidecar ended before it answered; and now a model is ready. The editor wouldn't
// ask again before the next key.
import type { ModelStatus, Outcome } from "../../../sidecar/protocol/data";

export class AskAgain {
  private isWaiting = false;
  /** Whether the latest request is without its outcome. */
  private isOpen = false;

  constructor(private readonly ask: () => void) {}

  asked(): void {
    this.isOpen = true;
  }

  outcome({ kind }: Outcome): void {
    // These may be of a request before the latest.
    if (kind !== "superseded" && kind !== "cancelled") this.isOpen = false;
    this.isWaiting = kind === "modelLoading";
  }

  /** The active document changed where a suggestion would have been asked for, and no sidecar ran. */
  changedUnheard(): void {
    this.isWaiting = true;
  }

  /** The sidecar has ended, and another is to be started. */
  sidecarEnded(): void {
    this.isWaiting ||= this.isOpen;
    this.isOpen = false;
  }

  /** The user has gone elsewhere, or nothing will be started by itself. */
  forget(): void {
    this.isWaiting = false;
    this.isOpen = false;
  }

  modelStatus({ state }: ModelStatus): void {
    if (state.kind === "failed") this.forget();
    if (state.kind !== "ready" || !this.isWaiting) return;
    this.isWaiting = false;
    this.ask();
  }
}

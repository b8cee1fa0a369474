// Owns the one case in which ghost text is asked for without a key: a request came while the model was loading, and now
// it is ready. The editor wouldn't ask again before the next key.
import type { ModelStatus, Outcome } from "../../../sidecar/protocol/data";

export class AskAgain {
  private isWaiting = false;

  constructor(private readonly ask: () => void) {}

  outcome({ kind }: Outcome): void {
    this.isWaiting = kind === "modelLoading";
  }

  modelStatus({ state }: ModelStatus): void {
    if (state.kind !== "ready" || !this.isWaiting) return;
    this.isWaiting = false;
    this.ask();
  }
}

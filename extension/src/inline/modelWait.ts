// Owns the waiting of a request by key for a model that is loading. An empty answer wouldn't do: the editor keeps what it was
// answered at a place, and gives it to the next key there without asking. Sends nothing.
import type { ModelStatus } from "../../../sidecar/protocol/data";

/** How a request hears that the editor no longer wants it: a cancellation token, as far as it is used. */
export interface TakenBack {
  readonly isCancellationRequested: boolean;
  onCancellationRequested(listener: () => void): { dispose(): unknown };
}

export class ModelWait {
  private isLoading = false;
  private readonly waiting = new Set<() => void>();

  /** True as soon as no model is loading any more, whatever came of it; false where the editor takes the request back before. */
  isOver(token: TakenBack): boolean | Promise<boolean> {
    if (!this.isLoading || token.isCancellationRequested) return !token.isCancellationRequested;
    return new Promise((resolve) => {
      const end = (isOver: boolean): void => {
        this.waiting.delete(release);
        listener.dispose();
        resolve(isOver);
      };
      const release = (): void => end(true);
      const listener = token.onCancellationRequested(() => end(false));
      this.waiting.add(release);
    });
  }

  modelStatus({ state }: Pick<ModelStatus, "state">): void {
    this.isLoading = state.kind === "loading";
    if (!this.isLoading) this.releaseAll();
  }

  /** What follows says so itself, when it is there. */
  sidecarEnded(): void {
    this.isLoading = false;
    this.releaseAll();
  }

  private releaseAll(): void {
    for (const release of [...this.waiting]) release();
  }
}

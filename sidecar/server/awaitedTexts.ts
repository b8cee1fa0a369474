// Owns the requests that wait because the client was asked for a document's full text: they go on when it has come, when the
// client takes them back, or when it hasn't come in time. Knows no text.
import { limits } from "../base/limits";
import type { Cancellation } from "./dispatch";

export class AwaitedTexts {
  private readonly waiting = new Map<string, Set<() => void>>();

  constructor(private readonly awaitedMsMax: number = limits.textAwaitedMsMax) {}

  /** Resolves when the text of `uri` has come, or is no longer to be waited for. */
  arrival(uri: string, cancellation: Cancellation): Promise<void> {
    return new Promise((resolve) => {
      const ends = this.waiting.get(uri) ?? new Set();
      this.waiting.set(uri, ends);
      const timer = setTimeout(() => end(), this.awaitedMsMax);
      const end = (): void => {
        clearTimeout(timer);
        ends.delete(end);
        if (ends.size === 0 && this.waiting.get(uri) === ends) this.waiting.delete(uri);
        resolve();
      };
      ends.add(end);
      cancellation.onCancel(end);
    });
  }

  arrived(uri: string): void {
    for (const end of [...(this.waiting.get(uri) ?? [])]) end();
  }
}

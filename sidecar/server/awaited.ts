// Owns requests that wait because they would be answered with nothing now, and rightly in a moment: until somebody says that it is
// time to look again, the client takes them back, or it has taken too long. Knows not what they wait for.
import { limits } from "../base/limits";
import type { Cancellation } from "./dispatch";

export class Awaited {
  private readonly ends = new Map<() => void, string>();

  constructor(private readonly waitMsMax: number) {}

  /** True when it is time to look again after what `uri` waits for; false where that didn't come in time, or too many wait. */
  turn(uri: string, cancellation: Cancellation): Promise<boolean> {
    if (cancellation.isCancelled || limits.waitingQuestionsMax <= this.ends.size) return Promise.resolve(false);
    return new Promise((resolve) => {
      const settle = (isTime: boolean): void => {
        clearTimeout(timer);
        this.ends.delete(end);
        resolve(isTime);
      };
      const timer = setTimeout(() => settle(false), this.waitMsMax);
      const end = (): void => settle(true);
      this.ends.set(end, uri);
      cancellation.onCancel(() => settle(false));
    });
  }

  /** @param uri the document whose requests go on; all of them where it is absent */
  goOn(uri?: string): void {
    for (const [end, waiting] of [...this.ends]) if (uri === undefined || waiting === uri) end();
  }
}

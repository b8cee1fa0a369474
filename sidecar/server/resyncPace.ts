// Owns how often a client may be asked for the full text of the same document: a text that the engine thread can't take
// would otherwise go round without end. Holds no text and reads no clock.
import { limits } from "../base/limits";

interface Row {
  readonly sinceMs: number;
  times: number;
}

export class ResyncPace {
  private readonly rows = new Map<string, Row>();

  /** Whether the client may be asked now; if so, it is counted. */
  mayAsk(uri: string, nowMs: number): boolean {
    for (const [known, { sinceMs }] of this.rows) if (limits.resyncWindowMs <= nowMs - sinceMs) this.rows.delete(known);
    const row = this.rows.get(uri) ?? { sinceMs: nowMs, times: 0 };
    if (limits.resyncsMax <= row.times) return false;
    row.times += 1;
    this.rows.set(uri, row);
    return true;
  }
}

// Owns how long the extension has held up the typing: for each of the latest changes of a document, the time of all its
// handlers together. Knows no editor and reads no clock but the one it is given.

/** Changes remembered. */
const kept = 1_000;

export class HandlerTimes {
  private readonly changes: { readonly key: string; ms: number }[] = [];

  constructor(private readonly nowMs: () => number) {}

  /** Does `work`, a handler of the change named `key`; what it starts and doesn't wait for isn't counted. */
  measure<Result>(key: string, work: () => Result): Result {
    const startMs = this.nowMs();
    try {
      return work();
    } finally {
      this.note(key, this.nowMs() - startMs);
    }
  }

  /** Of a hundred changes ninety-nine were quicker, in milliseconds; undefined before the first change. */
  p99Ms(): number | undefined {
    const sorted = this.changes.map(({ ms }) => ms).sort((a, b) => a - b);
    return sorted[Math.ceil(0.99 * sorted.length) - 1];
  }

  private note(key: string, ms: number): void {
    const latest = this.changes.at(-1);
    if (latest?.key === key) latest.ms += ms;
    else this.changes.push({ key, ms });
    if (kept < this.changes.length) this.changes.shift();
  }
}

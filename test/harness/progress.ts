// Owns the line that tells a waiting person how far things are. Writes to standard error, so that tables can be piped.

const quietMs = 10_000;

export class Progress {
  private readonly terminal = process.stderr.isTTY === true;
  private lastMs: number;
  private open = false;

  constructor(private readonly nowMs: () => number) {
    this.lastMs = nowMs();
  }

  /** On a terminal the line is written over; elsewhere a line is added now and then. */
  show(line: string): void {
    if (this.terminal) {
      const width = Math.max(20, (process.stderr.columns ?? 80) - 1);
      process.stderr.write(`\r\u001b[2K${line.slice(0, width)}`);
      this.open = true;
    } else if (this.nowMs() - this.lastMs >= quietMs) {
      this.lastMs = this.nowMs();
      process.stderr.write(line + "\n");
    }
  }

  /** Clears the line before other output. */
  end(): void {
    if (this.open) process.stderr.write("\r\u001b[2K");
    this.open = false;
  }
}

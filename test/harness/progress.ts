// Owns the line that tells a waiting person how far things are. Writes to standard error, so that tables can be piped.
import type { MeasurementProgress } from "./measureTraces";
import type { Trace } from "./trace";

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

/** How far a measurement is, and about how long it will go on. */
export function progressLine(done: MeasurementProgress, traces: readonly Trace[], elapsedMs: number): string {
  const name = traces[done.traces]?.name ?? "";
  const { completions, completionsAll } = done;
  const left = duration((elapsedMs / completions) * (completionsAll - completions));
  return `completion ${completions} of ${completionsAll}, ${duration(elapsedMs)}, about ${left} left (${done.policy}, ${name})`;
}

function duration(ms: number): string {
  const seconds = Math.round(ms / 1_000);
  return seconds < 90 ? `${seconds} s` : `${Math.round(seconds / 60)} min`;
}

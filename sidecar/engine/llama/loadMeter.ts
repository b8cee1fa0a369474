// Owns the measure of what other programs take of the machine. Knows no engine; where the numbers come from is a parameter.
import { availableParallelism, cpus } from "node:os";

/** Milliseconds since any start. */
export interface CpuTimes {
  /** All cores together, by all programs. */
  readonly busyMs: number;
  /** All threads of this process. */
  readonly ownMs: number;
}

/** Undefined where the machine's cores are not the ones we may use, so that its load says nothing about ours. */
export function readCpuTimes(): CpuTimes | undefined {
  const cores = cpus();
  if (cores.length !== availableParallelism()) return undefined;
  const busyMs = cores.reduce((sum, { times }) => sum + times.user + times.nice + times.sys + times.irq, 0);
  const own = process.cpuUsage();
  return { busyMs, ownMs: (own.user + own.system) / 1_000 };
}

/** The system counts in ticks of 10 ms: a shorter interval measures nothing. */
const intervalMsMin = 100;

export class LoadMeter {
  private before: { readonly times: CpuTimes; readonly atMs: number } | undefined;

  constructor(private readonly read: () => CpuTimes | undefined = readCpuTimes) {}

  /** Cores that other programs kept busy since the last measurement; undefined where it is too early to tell. */
  othersCores(nowMs: number): number | undefined {
    const { before } = this;
    if (before !== undefined && nowMs - before.atMs < intervalMsMin) return undefined;
    const times = this.read();
    if (times === undefined) return undefined;
    this.before = { times, atMs: nowMs };
    if (before === undefined) return undefined;
    const othersMs = times.busyMs - before.times.busyMs - (times.ownMs - before.times.ownMs);
    return Math.max(0, othersMs) / (nowMs - before.atMs);
  }
}

// Owns the measure of what other programs take of the machine. Knows no engine; where the numbers come from is a parameter.
import { readFileSync } from "node:fs";
import { availableParallelism, cpus } from "node:os";

/** Milliseconds since any start. */
export interface CpuTimes {
  /** All cores together, by all programs. */
  readonly busyMs: number;
  /** All threads of this process. */
  readonly ownMs: number;
}

/** Undefined where it can't be told which of the machine's cores are ours. */
function readCpuTimes(): CpuTimes | undefined {
  const all = cpus();
  const ours = allowedCores(all.length, availableParallelism(), linuxProcessStatus);
  if (ours === undefined) return undefined;
  let busyMs = 0;
  all.forEach(({ times }, core) => {
    if (ours.has(core)) busyMs += times.user + times.nice + times.sys + times.irq;
  });
  const own = process.cpuUsage();
  return { busyMs, ownMs: (own.user + own.system) / 1_000 };
}

/**
 * The numbers of the cores that this process may run on; Linux says which they are where they are not all. Undefined where it
 * can't be told, and where the process may use less of them than all: a container's quota is time on any of them.
 */
export function allowedCores(coreCount: number, usableCount: number, processStatus: () => string | undefined): ReadonlySet<number> | undefined {
  if (usableCount === coreCount) return new Set(Array.from({ length: coreCount }, (_, core) => core));
  const [, list] = /^Cpus_allowed_list:\s*([\d,-]+)$/m.exec(processStatus() ?? "") ?? [];
  const cores = list === undefined ? undefined : coresOf(list);
  return cores?.size === usableCount ? cores : undefined;
}

function linuxProcessStatus(): string | undefined {
  if (process.platform !== "linux") return undefined;
  try {
    return readFileSync("/proc/self/status", "utf8");
  } catch {
    return undefined;
  }
}

/** "0-2,5" is 0, 1, 2 and 5. */
function coresOf(list: string): ReadonlySet<number> {
  const cores = new Set<number>();
  for (const part of list.split(",")) {
    const [first = "", last = first] = part.split("-");
    for (let core = Number(first); core <= Number(last); core += 1) cores.add(core);
  }
  return cores;
}

/** The system counts in ticks of 10 ms: a shorter interval measures nothing. */
const intervalMsMin = 100;

/** `later`: too early to tell. `unknown`: it can't be told on this machine. */
export type Load = { readonly kind: "measured"; readonly othersCores: number } | { readonly kind: "later" } | { readonly kind: "unknown" };

export class LoadMeter {
  private before: { readonly times: CpuTimes; readonly atMs: number } | undefined;

  constructor(private readonly read: () => CpuTimes | undefined = readCpuTimes) {}

  /** Cores that other programs kept busy since the last measurement. */
  measure(nowMs: number): Load {
    const { before } = this;
    if (before !== undefined && nowMs - before.atMs < intervalMsMin) return { kind: "later" };
    const times = this.read();
    if (times === undefined) return { kind: "unknown" };
    this.before = { times, atMs: nowMs };
    if (before === undefined) return { kind: "later" };
    const othersMs = times.busyMs - before.times.busyMs - (times.ownMs - before.times.ownMs);
    return { kind: "measured", othersCores: Math.max(0, othersMs) / (nowMs - before.atMs) };
  }
}

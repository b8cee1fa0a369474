// Owns how low the engine thread ranks with the system while it does idle work, and that it ranks as before afterwards.
// On Linux a thread has a rank of its own (setpriority with 0 is the calling thread, and llama.cpp's threads, made for each
// call, inherit it); to rise again takes a right that few users have, and a thread that can't rise again would answer slowly
// for ever: so without it nothing is lowered. On Windows the whole process steps back and forth freely. On macOS nobody may rise.
import { readFileSync } from "node:fs";
import { constants, setPriority } from "node:os";

const lowNiceness = 10;
/** CAP_SYS_NICE. */
const niceCapability = 23n;

export interface PriorityHost {
  readonly platform: NodeJS.Platform;
  /** A small file's text; empty where there is none. */
  readonly text: (path: string) => string;
  readonly set: (priority: number) => void;
}

const thisHost: PriorityHost = {
  platform: process.platform,
  text: (path) => {
    try {
      return readFileSync(path, "utf8");
    } catch {
      return "";
    }
  },
  set: (priority) => setPriority(0, priority),
};

export class ThreadPriority {
  private readonly canRise: boolean;
  private isLow = false;

  constructor(private readonly host: PriorityHost = thisHost) {
    this.canRise = host.platform === "win32" || (host.platform === "linux" && mayRise(host));
  }

  /** Before a slice of idle work. */
  lower(): void {
    this.become(true);
  }

  /** Before anything that somebody waits for. */
  restore(): void {
    this.become(false);
  }

  private become(low: boolean): void {
    if (!this.canRise || low === this.isLow) return;
    this.isLow = low;
    const { PRIORITY_BELOW_NORMAL, PRIORITY_NORMAL } = constants.priority;
    try {
      this.host.set(low ? (this.host.platform === "win32" ? PRIORITY_BELOW_NORMAL : lowNiceness) : PRIORITY_NORMAL);
    } catch {
      // The system says no after all: the rank is as it was.
      this.isLow = !low;
    }
  }
}

/** Whether a thread that has been made nicer may be made as nice as before: by a capability, or by the limit on niceness. */
function mayRise({ text }: PriorityHost): boolean {
  const capabilities = /^CapEff:\s*([0-9a-f]+)$/m.exec(text("/proc/self/status"))?.[1] ?? "0";
  if (((BigInt(`0x${capabilities}`) >> niceCapability) & 1n) === 1n) return true;
  // The limit is told as 20 less the lowest niceness.
  const limit = /^Max nice priority\s+(\d+)/m.exec(text("/proc/self/limits"))?.[1] ?? "0";
  return 20 <= Number(limit);
}

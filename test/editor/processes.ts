// Owns looking at the machine's processes, so that tests can tell whether one is there. Linux only, as is code-server.
import { readFileSync, readdirSync } from "node:fs";

export interface RunningProcess {
  readonly pid: number;
  readonly commandLine: string;
}

/** Every running process whose command line holds `text`; this one and dead ones that nobody has asked after left out. */
export function processesWith(text: string): readonly RunningProcess[] {
  const found: RunningProcess[] = [];
  for (const name of readdirSync("/proc")) {
    const pid = Number(name);
    if (!Number.isInteger(pid) || pid === process.pid) continue;
    const commandLine = commandLineOf(pid);
    if (commandLine.includes(text)) found.push({ pid, commandLine });
  }
  return found;
}

/** Empty for a process that has ended, a zombie included. */
function commandLineOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ").trim();
  } catch {
    return "";
  }
}

// Owns looking at the machine's processes, so that tests can tell whether one is there. Linux only, as is code-server.
import { readFileSync, readdirSync } from "node:fs";

export interface RunningProcess {
  readonly pid: number;
  readonly commandLine: string;
}

/** The living processes of a process group. */
export function processesOfGroup(group: number): readonly RunningProcess[] {
  return readdirSync("/proc").flatMap((name) => {
    const pid = Number(name);
    return Number.isInteger(pid) && groupOf(pid) === group ? [{ pid, commandLine: commandLineOf(pid) }] : [];
  });
}

/** The living processes of the machine whose command line holds `text`. */
export function processesNaming(text: string): readonly RunningProcess[] {
  const pids = readdirSync("/proc").map(Number).filter((pid) => Number.isInteger(pid) && pid !== process.pid);
  return pids.map((pid) => ({ pid, commandLine: commandLineOf(pid) })).filter(({ commandLine }) => commandLine.includes(text));
}

/** The process ids of a process's own children. */
export function childrenOf(pid: number): readonly number[] {
  return read(`/proc/${pid}/task/${pid}/children`).split(" ").filter((text) => text !== "").map(Number);
}

/** Undefined for a process that has ended, a zombie included. */
function groupOf(pid: number): number | undefined {
  // After the name, which is in parentheses and may hold anything: state, parent, group.
  const [state, , group] = read(`/proc/${pid}/stat`).replace(/^.*\) /s, "").split(" ");
  return state === undefined || state === "Z" || state === "X" ? undefined : Number(group);
}

function commandLineOf(pid: number): string {
  return read(`/proc/${pid}/cmdline`).replaceAll("\0", " ").trim();
}

/** Empty where the process has just gone. */
function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

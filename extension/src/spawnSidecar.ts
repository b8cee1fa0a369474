// Owns how the sidecar's process is made: this same Node, our bundle, pipes, and nothing from the workspace.
import { spawn, type ChildProcess } from "node:child_process";

/**
 * Node's own flags. Most of what the sidecar's threads make dies young; left to itself the LSP thread's space for that grows to
 * 32 MB, for a few messages a second. The flag bounds every thread's. It can only be bounded before the program runs.
 */
export const nodeFlags: readonly string[] = ["--max-semi-space-size=2"];

/** @param script the sidecar's bundle */
export function spawnSidecar(script: string, flags: readonly string[]): ChildProcess {
  return spawn(process.execPath, [...nodeFlags, script, ...flags], {
    // The editor's own program is Electron: the variable makes it plain Node.
    env: { ...process.env, ELECTRON_RUN_AS_NODE: "1" },
    stdio: ["pipe", "pipe", "pipe"],
    windowsHide: true,
  });
}

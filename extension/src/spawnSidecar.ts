// Owns how the sidecar's process is made: this same Node, our bundle, pipes, and nothing from the workspace.
import { spawn, type ChildProcess } from "node:child_process";

/** @param script the sidecar's bundle */
export function spawnSidecar(script: string, flags: readonly string[]): ChildProcess {
  return spawn(process.execPath, [script, ...flags], {
    // The editor's own program is Electron: the variable makes it plain Node.
    env: { ...process.env, ELECTRON_RUN_AS_NODE: "1" },
    stdio: ["pipe", "pipe", "pipe"],
    windowsHide: true,
  });
}

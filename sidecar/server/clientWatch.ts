// Owns the question whether the client is still there: its pipes or its IPC channel end, or its process is gone. A client
// that is killed can leave its pipes open (others may hold them), so the pipes alone don't tell.
import { limits } from "../base/limits";
import type { Transport } from "./flags";

export class ClientWatch {
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly gone: () => void) {}

  /** The channel that the client speaks through. */
  watchChannel(transport: Transport): void {
    if (transport === "node-ipc") {
      process.on("disconnect", this.gone);
      return;
    }
    process.stdin.on("end", this.gone);
    process.stdin.on("close", this.gone);
    process.stdout.on("error", this.gone);
  }

  /** The latest process named is the one that is watched. */
  watchProcess(processId: number): void {
    clearInterval(this.timer);
    this.timer = setInterval(() => {
      if (isAlive(processId)) return;
      clearInterval(this.timer);
      this.gone();
    }, limits.clientCheckMs);
    // Watching keeps nothing alive.
    this.timer.unref();
  }
}

function isAlive(processId: number): boolean {
  try {
    process.kill(processId, 0);
    return true;
  } catch (error) {
    // A process of another user is there, though it can't be signalled.
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

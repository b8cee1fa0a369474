// Owns the question whether the client's process is still there. A client that is killed can leave its pipes open
// (others may hold them), so the pipes alone don't tell.
import { limits } from "../base/limits";

export class ClientPidWatch {
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly gone: () => void) {}

  /** The latest process named is the one that is watched. */
  watch(processId: number): void {
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

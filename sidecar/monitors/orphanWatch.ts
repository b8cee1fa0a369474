// Owns that no language server outlives this process, however it ends: a shell that holds the other end of a pipe ends them
// when the pipe does. Servers are heads of process groups of their own, so that what they started goes with them.
import { spawn, type ChildProcess } from "node:child_process";

/** Reads `+ GROUP` and `- GROUP` until its input ends, and then ends the groups that are left. */
const script = `groups=
while read -r sign group; do
  case $sign in
    +) groups="$groups $group" ;;
    -) rest=; for each in $groups; do [ "$each" = "$group" ] || rest="$rest $each"; done; groups=$rest ;;
  esac
done
for group in $groups; do kill -s KILL -- "-$group" 2>/dev/null; done`;

export class OrphanWatch {
  private shell: ChildProcess | undefined;

  /** From here on the process group headed by `pid` ends with this process. Pairs with `release`. */
  guard(pid: number): void {
    if (process.platform === "win32") return;
    if (this.shell === undefined) {
      // A group of its own: what ends this process's group must not end the watch before it has done its work.
      this.shell = spawn("/bin/sh", ["-c", script], { stdio: ["pipe", "ignore", "ignore"], detached: true, cwd: "/" });
      this.shell.on("error", () => undefined);
      this.shell.stdin?.on("error", () => undefined);
      this.shell.unref();
      // Holding the pipe keeps nothing alive.
      const { stdin } = this.shell;
      if (stdin !== null && "unref" in stdin && typeof stdin.unref === "function") stdin.unref();
    }
    this.shell.stdin?.write(`+ ${pid}\n`);
  }

  release(pid: number): void {
    this.shell?.stdin?.write(`- ${pid}\n`);
  }

  close(): void {
    this.shell?.stdin?.end();
    this.shell = undefined;
  }
}

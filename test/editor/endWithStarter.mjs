// Owns the life of one program that must not outlive its starter, however that one ends (SIGKILL included):
// the starter holds the other end of this process's standard input, and the end of that pipe ends the process group.
// `node endWithStarter.mjs PROGRAM ARGUMENTS…`, started detached, so that the group is this process and all that it starts.
import { spawn } from "node:child_process";

const graceMs = 4_000;
const [program, ...programArguments] = process.argv.slice(2);
const child = spawn(program, programArguments, { stdio: ["ignore", "inherit", "inherit"] });
child.once("error", (error) => {
  console.error(error.message);
  process.exit(1);
});
child.once("exit", (code) => {
  // Whatever the program started and left behind goes with it, this process last.
  process.off("SIGTERM", ignore);
  process.exitCode = code ?? 1;
  process.kill(-process.pid, "SIGKILL");
});

function ignore() {}
process.on("SIGTERM", ignore);
process.stdin.resume();
process.stdin.once("close", () => {
  process.kill(-process.pid, "SIGTERM");
  setTimeout(() => process.kill(-process.pid, "SIGKILL"), graceMs);
});

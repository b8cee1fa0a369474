// Owns the question how dependable the editor suite is on a busy machine: runs it again and again beside busy threads
// and tells how often it passed. `node test/slow/repeatEditor.mjs [--times 20] [--busy N]`, N busy threads beside it,
// as many as there are cores by default. Exits with 0 if every run passed.
import { spawn } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { Worker } from "node:worker_threads";

const root = fileURLToPath(new URL("../..", import.meta.url));
const { values } = parseArgs({
  options: { times: { type: "string", default: "20" }, busy: { type: "string", default: String(availableParallelism()) } },
});
const times = wholeNumber("times", values.times);
const busy = wholeNumber("busy", values.busy);
const logs = join(root, "out/repeatEditor");
mkdirSync(logs, { recursive: true });

// Threads of this process, so that they end with it, however it ends.
const threads = Array.from({ length: busy }, () => new Worker("for (;;) {}", { eval: true }));
let passes = 0;
for (let run = 1; run <= times; run += 1) {
  const startedMs = Date.now();
  const { code, output } = await runSuite();
  const counts = output.match(/^\d+ passed, \d+ failed.*$/gm)?.at(-1) ?? "no counts";
  const isSkipped = output.includes("SKIPPED");
  const passed = code === 0 && !isSkipped;
  if (passed) passes += 1;
  console.log(`run ${run}: ${passed ? "ok" : "FAILED"}, ${counts}, ${((Date.now() - startedMs) / 1000).toFixed(1)} s`);
  if (!passed) {
    const log = join(logs, `run-${run}.log`);
    writeFileSync(log, output);
    console.log(`  see ${log}`);
  }
  if (isSkipped) break;
}
await Promise.all(threads.map((thread) => thread.terminate()));
console.log(`${passes} of ${times} runs passed, ${busy} busy threads beside them`);
process.exitCode = passes === times ? 0 : 1;

function runSuite() {
  const child = spawn(process.execPath, ["test/run.mjs", "--only", "test/editor"], { cwd: root, stdio: ["ignore", "pipe", "pipe"] });
  const end = () => child.kill("SIGTERM");
  process.once("SIGINT", end);
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (text) => (output += text));
  return new Promise((resolve) => {
    child.once("close", (code) => {
      process.off("SIGINT", end);
      resolve({ code, output });
    });
  });
}

function wholeNumber(name, text) {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0) throw new Error(`--${name} must be a whole number, not ${text}`);
  return value;
}

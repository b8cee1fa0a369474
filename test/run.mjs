// Builds everything, runs the type check and every suite, and ends with one line: N passed, N failed.
// `--fast` leaves the editor out; `--slow` adds the long soaks; `--only TEXT` runs the files whose path holds TEXT.
// Each file runs in a process group of its own: one that hangs is ended and fails, one that leaves processes behind fails.
import { spawn } from "node:child_process";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join, relative } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { mark } from "./reporter.mjs";
import { Skips } from "./skips.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const fast = process.argv.includes("--fast");
const slow = process.argv.includes("--slow");
const only = process.argv.includes("--only") ? process.argv[process.argv.indexOf("--only") + 1] : undefined;
const buildMsMax = 120_000;
/** The editor comes last, so that everything quick has been told by then. */
const suites = [
  ...["tidy", "unit", "laws", "conformance", "chain"].map((folder) => ({ folder, fileMsMax: 300_000 })),
  ...(slow ? [{ folder: "slow", fileMsMax: 3_600_000 }] : []),
  ...(fast ? [] : [{ folder: "editor", fileMsMax: 900_000 }]),
];
const total = { passed: 0, failed: 0 };
const skips = new Skips(failed);
/** The process group of the program that runs at the moment, to be ended with this one. */
let runningGroup;

function passed(name, ms) {
  total.passed += 1;
  console.log(`  ok ${name} (${Math.round(ms)} ms)`);
}

function failed(name, detail) {
  total.failed += 1;
  console.log(`  FAILED ${name}\n${String(detail).trimEnd().replace(/^/gm, "    ")}`);
}

/**
 * Runs Node as a process group to its end or to `msMax`, each line of its output given to `onLine`.
 * Resolves with what the exit code says (`exit`) and what no exit code says (`fault`), each undefined if all went well.
 */
async function runGroup(args, msMax, onLine) {
  const detached = process.platform !== "win32";
  const child = spawn(process.execPath, args, { cwd: root, detached, stdio: ["ignore", "pipe", "pipe"] });
  runningGroup = child.pid;
  for (const stream of [child.stdout, child.stderr]) forEachLine(stream, onLine);
  const timer = { hung: false };
  timer.handle = setTimeout(() => {
    timer.hung = true;
    endGroup(child.pid);
  }, msMax);
  const ended = new Promise((resolve) => {
    child.once("error", (error) => resolve(`could not be started: ${error.message}`));
    child.once("exit", (code, signal) => resolve(code === 0 ? undefined : `ended with ${code ?? signal}`));
  });
  // Output that a left-over process still holds open must not be waited for.
  const closed = new Promise((resolve) => child.once("close", resolve));
  const exit = await ended;
  clearTimeout(timer.handle);
  await Promise.race([closed, pause(2_000)]);
  const left = await leftBehind(child.pid);
  endGroup(child.pid);
  runningGroup = undefined;
  if (timer.hung) return { exit, fault: `did not end within ${msMax / 1000} s and was ended` };
  return { exit, fault: left.length > 0 ? `left processes behind: ${left.join("; ")}` : undefined };
}

function forEachLine(stream, onLine) {
  let rest = "";
  stream.setEncoding("utf8");
  stream.on("data", (chunk) => {
    const lines = (rest + chunk).split("\n");
    rest = lines.pop();
    lines.forEach(onLine);
  });
  stream.on("end", () => rest !== "" && onLine(rest));
}

function endGroup(pid) {
  if (pid === undefined) return;
  try {
    process.kill(process.platform === "win32" ? pid : -pid, "SIGKILL");
  } catch {
    // The group has ended.
  }
}

/** The command lines of the group's living processes once its leader has ended and they had a second to follow. */
async function leftBehind(group) {
  if (!existsSync("/proc/self/stat")) return [];
  for (let attempt = 0; ; attempt += 1) {
    const living = readdirSync("/proc").filter((name) => /^\d+$/.test(name)).map((name) => livingInGroup(name, group));
    const left = living.filter((line) => line !== undefined);
    if (left.length === 0 || attempt === 10) return left;
    await pause(100);
  }
}

function livingInGroup(pid, group) {
  try {
    const [state, , processGroup] = readFileSync(`/proc/${pid}/stat`, "utf8").replace(/^.*\) /, "").split(" ");
    if (Number(processGroup) !== group || state === "Z" || state === "X") return undefined;
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ").trim();
  } catch {
    return undefined;
  }
}

/** One chore that counts as a test, its output shown only if it fails. */
async function step(name, args) {
  const startedMs = Date.now();
  const output = [];
  const { exit, fault } = await runGroup(args, buildMsMax, (line) => output.push(line));
  const problem = fault ?? exit;
  if (problem === undefined) passed(name, Date.now() - startedMs);
  else failed(name, [problem, ...output].join("\n"));
  return problem === undefined;
}

async function runFile(file) {
  const counts = { told: 0, failed: 0, ended: false };
  const onLine = (line) => {
    const at = line.indexOf(mark);
    if (at < 0) return line === "" ? undefined : console.log(`    ${line}`);
    const event = JSON.parse(line.slice(at + mark.length));
    if (event.kind === "end") counts.ended = true;
    if (event.kind === "end" || event.kind === "parent") return;
    counts.told += 1;
    if (event.kind === "passed") passed(event.name, event.ms);
    if (event.kind === "skipped") skips.take(event.name, event.reason);
    if (event.kind === "failed") {
      counts.failed += 1;
      failed(event.name, event.detail);
    }
  };
  const reporter = new URL("reporter.mjs", import.meta.url).href;
  const args = ["--enable-source-maps", `--test-reporter=${reporter}`, "--test-reporter-destination=stdout", file];
  const fileMsMax = suites.find(({ folder }) => relative(join(root, "dist/test"), file).startsWith(folder))?.fileMsMax;
  const { exit, fault } = await runGroup(args, fileMsMax, onLine);
  const name = relative(root, file);
  if (fault !== undefined) failed(name, fault);
  else if (!counts.ended) failed(name, `ended before all of its tests were told of${exit === undefined ? "" : ` (${exit})`}`);
  // A failed test makes the exit code 1, which has been counted by then.
  else if (exit !== undefined && counts.failed === 0) failed(name, exit);
  else if (counts.told === 0) failed(name, "holds no test");
}

/** The bundles of a suite: a folder of tests, or a file of that name in test/ itself. */
function bundled(folder) {
  const tests = join(root, "dist/test");
  const single = join(tests, `${folder}.test.js`);
  const below = existsSync(join(tests, folder)) ? readdirSync(join(tests, folder), { recursive: true }) : [];
  return [...(existsSync(single) ? [single] : []), ...below.map((name) => join(tests, folder, String(name)))]
    .filter((file) => file.endsWith(".test.js"))
    .filter((file) => only === undefined || file.includes(only))
    .sort();
}

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
  process.once(signal, () => {
    endGroup(runningGroup);
    process.exit(130);
  });
}

console.log("ground");
const built = await step("build", ["build.mjs", "--tests", "--quiet"]);
if (only === undefined) await step("type check", [join(root, "node_modules/typescript/bin/tsc"), "--noEmit", "-p", "."]);
if (built) {
  let found = 0;
  for (const { folder } of suites) {
    const files = bundled(folder);
    found += files.length;
    const startedMs = Date.now();
    for (const file of files) {
      console.log(`\n${relative(join(root, "dist"), file)}`);
      await runFile(file);
    }
    if (files.length > 0) console.log(`\n${folder}: ${files.length} files in ${((Date.now() - startedMs) / 1000).toFixed(1)} s`);
  }
  if (found === 0) failed(only ?? "tests", "there is no such test file");
}
console.log(`\n${total.passed} passed, ${total.failed} failed${skips.summary}`);
process.exit(total.failed === 0 && total.passed > 0 ? 0 : 1);

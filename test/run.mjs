// Builds everything, runs the type check and every suite, and ends with one line: N passed, N failed.
// `--fast` leaves the editor out; `--slow` adds the long soaks; `--only TEXT` runs the files whose path holds TEXT.
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { run } from "node:test";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const fast = process.argv.includes("--fast");
const slow = process.argv.includes("--slow");
const only = process.argv.includes("--only") ? process.argv[process.argv.indexOf("--only") + 1] : undefined;
let passed = 0;
let failed = 0;
let skipped = 0;

function step(name, command, args) {
  const startedMs = Date.now();
  process.stdout.write(`${name} … `);
  const { status, stdout, stderr } = spawnSync(command, args, { cwd: root, encoding: "utf8" });
  console.log(`${status === 0 ? "ok" : "FAILED"} (${((Date.now() - startedMs) / 1000).toFixed(1)} s)`);
  if (status === 0) passed += 1;
  else {
    failed += 1;
    console.log(stdout + stderr);
  }
  return status === 0;
}

async function suite(name, files, timeoutMs) {
  if (files.length === 0) return;
  console.log(`\n${name}: ${files.length} files`);
  const stream = run({ files, concurrency: 1, timeout: timeoutMs });
  stream.on("test:pass", (event) => {
    if (event.details.type === "suite") return;
    if (event.skip !== undefined) {
      skipped += 1;
      console.log(`  skipped: ${event.name} (${event.skip === true ? "no reason given" : event.skip})`);
    } else if (event.nesting > 0 || !files.includes(event.name)) {
      passed += 1;
      console.log(`  ok ${event.name} (${Math.round(event.details.duration_ms)} ms)`);
    }
  });
  stream.on("test:fail", (event) => {
    // A parent fails because a child did: the child has been told and counted.
    if (event.details.error?.failureType === "subtestsFailed") return;
    failed += 1;
    console.log(`  FAILED ${event.name} (${event.file ?? ""})`);
    const cause = event.details.error?.cause ?? event.details.error;
    console.log(String(cause?.stack ?? cause).replace(/^/gm, "    "));
  });
  stream.on("test:stdout", (event) => process.stdout.write(event.message));
  stream.on("test:stderr", (event) => process.stderr.write(event.message));
  for await (const _event of stream);
}

function bundled(folder) {
  const path = join(root, "dist/test", folder);
  if (!existsSync(path)) return [];
  return readdirSync(path, { recursive: true })
    .map((name) => join(path, String(name)))
    .filter((file) => file.endsWith(".test.js"))
    .filter((file) => only === undefined || file.includes(only))
    .sort();
}

const built = step("build", process.execPath, ["build.mjs", "--tests", "--quiet"]);
if (only === undefined) step("type check", process.execPath, [join(root, "node_modules/typescript/bin/tsc"), "--noEmit", "-p", "."]);
if (built) {
  for (const folder of ["tidy", "unit", "laws", "conformance", "chain"]) await suite(folder, bundled(folder), 300_000);
  if (slow) await suite("slow", bundled("slow"), 3_600_000);
  if (!fast) await suite("editor", bundled("editor"), 900_000);
}
console.log(`\n${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`);
process.exit(failed === 0 ? 0 : 1);

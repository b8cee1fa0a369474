// Owns the examples of libraries that load, refuse, crash and hang in the child process; this file is the child as well.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { LibraryError, locateLibrary } from "../../../sidecar/engine/llama/library";
import { probeFlag, probeLibrary, runProbe } from "../../../sidecar/engine/llama/probe";

const [, , flag, probedFolder] = process.argv;
if (flag === probeFlag && probedFolder !== undefined) process.exit(runProbe(probedFolder));

const folder = mkdtempSync(join(tmpdir(), "palimpsest-probe-"));
after(() => rmSync(folder, { recursive: true, force: true }));
const files = locateLibrary(process.cwd());

function entry(name: string, code: string): string {
  const path = join(folder, name);
  writeFileSync(path, code);
  return path;
}

test("the installed library loads in a child", async () => {
  await probeLibrary(files, __filename);
});

const refused: readonly (readonly [name: string, code: string, says: RegExp])[] = [
  ["refuses.cjs", 'console.error("The folder is wrong: do this."); process.exit(1);', /^The folder is wrong: do this\.$/],
  ["throws.cjs", 'require("./not-there.cjs");', /^Error: Cannot find module '\.\/not-there\.cjs'$/],
  ["throws-coded.cjs", 'require("node:fs").readFileSync(7.5);', /^\w*Error \[ERR_\w+\]: /],
  ["crashes.cjs", "process.abort();", /crashed \(SIG[A-Z]+.*Install the package again/],
  ["leaves.cjs", "process.exit(7);", /crashed \(exit code 7/],
  ["hangs.cjs", "setInterval(() => {}, 1000);", /took more than 0\.4 seconds/],
  ["mumbles.cjs", 'console.log("palimpsest-library-ok v0.0.1");', /unexpected answer.*v0\.0\.1/],
  ["says-nothing.cjs", "", /unexpected answer: ""/],
];
for (const [name, code, says] of refused) {
  test(`a child that ${name.replace(".cjs", "")} is told from one that works`, async () => {
    const msMax = name === "hangs.cjs" ? 400 : 20_000;
    await assert.rejects(probeLibrary(files, entry(name, code), msMax), (error) => error instanceof LibraryError && says.test(error.message));
  });
}

test("a file that is no library is refused by the child with the system's own words", async () => {
  const release = "v0.5.0";
  for (const name of ["libggml-base.so", "libggml.so", "libllama.so"]) writeFileSync(join(folder, name), "not a library");
  writeFileSync(join(folder, "_nlcBuildMetadata.json"), JSON.stringify({ buildOptions: { llamaCpp: { release } } }));
  await assert.rejects(probeLibrary({ folder, release }, __filename), (error) => error instanceof LibraryError && error.message.includes(folder));
});

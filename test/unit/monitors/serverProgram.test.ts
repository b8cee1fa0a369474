// Owns where a language server's program is looked for, and where it is not: the workspace is let in only where it is trusted.
import assert from "node:assert/strict";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join, relative } from "node:path";
import { after, test } from "node:test";
import type { ServerChoice } from "../../../sidecar/monitors/monitorSettings";
import { findProgram, type ProgramPlaces } from "../../../sidecar/monitors/serverProgram";

const root = mkdtempSync(join(tmpdir(), "palimpsest-programs-"));
after(() => rmSync(root, { recursive: true, force: true }));
const workspace = join(root, "workspace");

function program(path: string): string {
  const file = join(root, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, "#!/bin/sh\n");
  chmodSync(file, 0o755);
  return file;
}

const outside = program("bin/server");
const inside = program("workspace/tools/server");
const typescript = join("node_modules", "@typescript", `typescript-${process.platform}-${process.arch}`, "lib", process.platform === "win32" ? "tsc.exe" : "tsc");
mkdirSync(join(root, "links"));
symlinkSync(inside, join(root, "links/server"));

function check(choice: ServerChoice, places: Partial<ProgramPlaces>, expected: string | RegExp): void {
  const found = findProgram(choice, { folders: [workspace], trustWorkspace: true, path: "", ...places });
  const told = found.kind === "found" ? relative(root, found.program.file) : found.reason;
  if (typeof expected === "string") assert.equal(told, expected);
  else assert.match(told, expected);
}
const command = (...words: readonly string[]): ServerChoice => ({ kind: "command", words });
const path = (...folders: readonly string[]): string => folders.map((folder) => (folder.startsWith(".") || folder === "" ? folder : join(root, folder))).join(delimiter);

test("a program on PATH is found outside the workspace only", () => {
  check(command("server"), { path: path("bin") }, "bin/server");
  check(command("server"), { path: path("workspace/tools", "bin") }, "bin/server");
  check(command("server"), { path: path("workspace/tools") }, /not on PATH outside the workspace/);
  check(command("server"), { path: path("links") }, /not on PATH outside the workspace/);
  check(command("server"), { path: path("links", "bin") }, "bin/server");
  check(command("server"), { path: path(".", "", "..", "bin") }, "bin/server");
});

test("a path is an absolute one", () => {
  check(command(outside, "--stdio"), {}, "bin/server");
  check(command("./tools/server"), {}, /is not an absolute path/);
  check(command(join(root, "nothing")), {}, /is not a program that can be run/);
});

test("a ready-made server is found in the workspace", () => {
  const ready: ServerChoice = { kind: "ready", name: "typescript7" };
  check(ready, {}, /typescript7 is neither in node_modules of the workspace nor on PATH/);
  program(join("workspace", typescript));
  check(ready, {}, join("workspace", typescript));
});

test("where the workspace is not trusted no program is found, wherever it lies", () => {
  const untrusted = { trustWorkspace: false, path: path("bin") };
  check(command("server"), untrusted, /the workspace is not trusted/);
  check(command(outside, "--stdio"), untrusted, /the workspace is not trusted/);
  check({ kind: "ready", name: "typescript7" }, untrusted, /the workspace is not trusted/);
});

test("a ready-made server is found beside the package whose program is on PATH", () => {
  const own = program(join("global", typescript));
  symlinkSync(program("global/node_modules/typescript/bin/tsc"), join(program("global/bin/other"), "..", "tsc"));
  check({ kind: "ready", name: "typescript7" }, { folders: [], path: path("global/bin") }, relative(root, own));
});

test("what is peculiar about a server is known by its program, and by the script that Node runs", () => {
  const mannerOf = (choice: ServerChoice) => {
    const found = findProgram(choice, { folders: [], trustWorkspace: true, path: "" });
    return found.kind === "found" ? found.program.manner : undefined;
  };
  const node = program("bin/node");
  const pyright = mannerOf(command(program("bin/pyright-langserver"), "--stdio"));
  assert.equal(pyright?.incompleteIsWhole, true);
  assert.equal(mannerOf(command(node, "--max-old-space-size=4096", "/lib/pyright/langserver.index.js", "--stdio")), pyright);
  assert.equal(mannerOf(command(node, "/lib/other/server.js", "--log=pyright"))?.incompleteIsWhole, false);
  assert.equal(mannerOf(command(outside, "/lib/pyright/langserver.index.js"))?.incompleteIsWhole, false);
});

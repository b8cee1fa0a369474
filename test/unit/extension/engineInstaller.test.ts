// Owns the tests of fetching an engine with npm: a stand-in on a PATH of its own does what npm does, or what befalls it. What
// is asserted is what lies on the disk afterwards, and what the user is told.
import assert from "node:assert/strict";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { EngineInstaller, type InstallOutcome } from "../../../extension/src/models/engine/engineInstaller";
import { enginePackages } from "../../../extension/src/models/engine/enginePackage";
import { errorCode, findNpm, npmInstall, trustedPath } from "../../../extension/src/models/engine/npmClient";
import { locateLibrary } from "../../../sidecar/engine/llama/library";
import { engineFolderName } from "../../../sidecar/protocol/engineFolder";

const digests = Object.fromEntries((["vulkan", "cuda"] as const).flatMap((variant) => enginePackages(variant, "linux")).map(({ name, integrity }) => [name, integrity]));

/** Puts what the arguments name into node_modules and writes the list of it, as npm does for a user with `save=false`. */
const installs = (integrity: string) => `
const { mkdirSync, writeFileSync } = require("node:fs");
const packages = {};
for (const word of process.argv.slice(2).filter((word) => word.startsWith("@"))) {
  const [, name, version] = /^(@[^@]+)@(.*)$/.exec(word);
  const bins = "node_modules/" + name + "/bins/" + name.split("/")[1].replace(/-ext$/, "") + (name.endsWith("-ext") ? "/fallback" : "");
  mkdirSync(bins, { recursive: true });
  const metadata = { buildOptions: { gpu: name.includes("cuda") ? "cuda" : "vulkan", llamaCpp: { release: "v0.5.0" } } };
  if (!name.endsWith("-ext")) writeFileSync(bins + "/_nlcBuildMetadata.json", JSON.stringify(metadata));
  for (const file of ["libggml-base.so", "libggml.v0.5.0.so", "libllama.v0.5.0.so"]) writeFileSync(bins + "/" + file, Buffer.alloc(1e6));
  packages["node_modules/" + name] = { version, integrity: ${integrity} };
}
if (process.argv.includes("--save")) writeFileSync("package-lock.json", JSON.stringify({ packages }));
`;
const works = installs(`${JSON.stringify(digests)}[name]`);
const says = (code: string, more = ""): string => `console.error("npm error code ${code}\\n${more}"); process.exitCode = 1;`;

interface Rig {
  readonly folder: string;
  readonly installer: EngineInstaller;
  readonly logged: string[];
  /** What npm was called with, in the order of the calls. */
  readonly calls: () => readonly { readonly args: readonly string[]; readonly cwd: string; readonly proxy: string | undefined }[];
}

/** @param npm the program; undefined: there is none */
async function withNpm(npm: string | undefined, body: (rig: Rig) => Promise<void>, { bytesFree = 1e12, proxy = "" } = {}): Promise<void> {
  const home = mkdtempSync(join(tmpdir(), "palimpsest-engines-"));
  const programs = join(home, "programs");
  const callsPath = join(home, "calls");
  mkdirSync(programs);
  writeFileSync(callsPath, "");
  const note = `require("node:fs").appendFileSync(${JSON.stringify(callsPath)}, JSON.stringify({ args: process.argv.slice(2), cwd: process.cwd(), proxy: process.env.HTTPS_PROXY }) + "\\n");\n`;
  if (npm !== undefined) writeProgram(join(programs, "npm"), note + npm);
  const logged: string[] = [];
  const folder = join(home, "storage/engines");
  const installer = new EngineInstaller({
    folder, places: () => ({ platform: "linux", path: programs, folders: [] }), proxy: () => proxy,
    bytesFree: () => Promise.resolve(bytesFree), log: (line) => logged.push(line),
  });
  const calls: Rig["calls"] = () => readFileSync(callsPath, "utf8").trim().split("\n").filter((line) => line !== "").map((line) => JSON.parse(line) as ReturnType<Rig["calls"]>[number]);
  try {
    await body({ folder, installer, logged, calls });
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

function writeProgram(path: string, source: string, shebang: string = process.execPath): void {
  writeFileSync(path, `#!${shebang}\n${source}`);
  chmodSync(path, 0o755);
}

const unwatched = { progress: () => undefined, signal: new AbortController().signal };

test("an engine is fetched by name and version, nothing of it is run, and the sidecar finds it there first", async () => {
  await withNpm(works, async ({ folder, installer, calls }) => {
    assert.equal(await installer.has("vulkan"), false);
    const seen: number[] = [];
    assert.deepEqual(await installer.install("vulkan", { ...unwatched, progress: (bytes, bytesAll) => seen.push(bytes / bytesAll) }), { kind: "done" });
    const [{ args = [] } = {}] = calls();
    assert.deepEqual(args.slice(0, 3), ["install", "@node-llama-cpp/linux-x64-vulkan@3.22.1", "--ignore-scripts"]);
    assert.equal(await installer.has("vulkan"), true);
    assert.deepEqual(readdirSync(folder), [engineFolderName("vulkan")]);
    assert.ok(seen.every((share) => 0 <= share && share <= 1));
    const home = join(folder, engineFolderName("vulkan"));
    const located = locateLibrary(process.cwd(), "vulkan", { platform: "linux", arch: "x64" }, home);
    assert.equal(located.folder, join(home, "node_modules/@node-llama-cpp/linux-x64-vulkan/bins/linux-x64-vulkan"));
    // It is for graphics cards alone: the processor's engine is the package's own.
    assert.ok(!locateLibrary(process.cwd(), "cpu", process, home).folder.startsWith(home));
  });
});

test("CUDA comes with the package for drivers that the first is too new for, and that is found too", async () => {
  await withNpm(works, async ({ folder, installer, calls }) => {
    assert.deepEqual(await installer.install("cuda", unwatched), { kind: "done" });
    assert.deepEqual(calls()[0]?.args.slice(1, 3), ["@node-llama-cpp/linux-x64-cuda@3.22.1", "@node-llama-cpp/linux-x64-cuda-ext@3.22.1"]);
    const home = join(folder, engineFolderName("cuda"));
    const { extraFolders } = locateLibrary(process.cwd(), "cuda", { platform: "linux", arch: "x64" }, home);
    assert.ok(extraFolders.includes(join(home, "node_modules/@node-llama-cpp/linux-x64-cuda-ext/bins/linux-x64-cuda/fallback")), extraFolders.join(" "));
  });
});

test("the editor's proxy is handed over in the environment, not among the arguments", async () => {
  await withNpm(works, async ({ installer, calls }) => {
    await installer.install("vulkan", unwatched);
    assert.equal(calls()[0]?.proxy, "http://me:password@proxy:8080");
    assert.ok(!JSON.stringify(calls()[0]?.args).includes("password"));
  }, { proxy: "http://me:password@proxy:8080" });
});

/** Fetching fails with this sentence, and leaves the folder of engines as it was. */
function checkFault(name: string, npm: string | undefined, expected: RegExp, options: { readonly bytesFree?: number; readonly callsMax?: number } = {}): void {
  test(`a fault is told of and leaves nothing behind: ${name}`, async () => {
    await withNpm(npm, async ({ folder, installer, calls }) => {
      const outcome = await installer.install("vulkan", unwatched);
      assert.match(outcome.kind === "failed" ? outcome.message : outcome.kind, expected);
      assert.deepEqual(existsSync(folder) ? readdirSync(folder) : [], []);
      assert.equal(await installer.has("vulkan"), false);
      assert.ok(calls().length <= (options.callsMax ?? 1));
    }, options);
  });
}

checkFault("no npm", undefined, /npm.*is not on PATH\. Install Node\.js.*or unpack @node-llama-cpp\/linux-x64-vulkan@3\.22\.1 into .*vulkan-3\.22\.1/);
checkFault("404", says("E404", "npm error 404 Not Found"), /registry that npm is set to doesn't have @node-llama-cpp\/linux-x64-vulkan@3\.22\.1 \(E404\)/);
checkFault("no such version", says("ETARGET"), /doesn't have .*\(ETARGET\)/);
checkFault("a registry that wants a login", says("E401"), /log in with npm/);
checkFault("broken off", says("ECONNRESET", "npm error network aborted"), /broke off \(ECONNRESET\): check the connection/);
checkFault("no connection", says("ENOTFOUND"), /broke off \(ENOTFOUND\)/);
checkFault("damaged on its way", says("EINTEGRITY"), /arrived damaged/);
checkFault("the disk full in the middle of it", says("ENOSPC"), /disk is full: make room/);
checkFault("no room before it begins", works, /The disk has 100 MB free, the engine needs 37\d MB/, { bytesFree: 1e8, callsMax: 0 });
checkFault("another package under the same name", installs('"sha512-other"'), /checksum differs/);
checkFault("nothing, and content with it", 'require("node:fs").writeFileSync("package-lock.json", "{}");', /has not installed @node-llama-cpp\/linux-x64-vulkan/);
checkFault("killed", "process.kill(process.pid, 'SIGKILL');", /could not install the engine.*ended by itself/);
checkFault("words without a code", 'console.error("npm error something is odd"); process.exitCode = 1;', /nothing is changed: something is odd/);

test("older npms name their codes otherwise", () => {
  assert.deepEqual(["npm ERR! code E404\n", "npm error code E404", "x npm error code", ""].map(errorCode), ["E404", "E404", undefined, undefined]);
});

test("a cancelled one is ended with all that it started, and can be fetched again", async () => {
  const childOf = 'const { spawn } = require("node:child_process"); const child = spawn(process.execPath, ["-e", "setInterval(() => 1, 1000)"], { stdio: "ignore" });\n';
  const hangs = `${childOf}require("node:fs").writeFileSync("started", String(child.pid)); setInterval(() => 1, 1000);`;
  await withNpm(hangs, async ({ folder, installer }) => {
    const ending = new AbortController();
    const outcome: Promise<InstallOutcome> = installer.install("vulkan", { ...unwatched, signal: ending.signal });
    const started = await waitFor(() => readdirSync(folder, { recursive: true }).map(String).find((name) => name.endsWith("started")));
    const child = Number(await waitFor(() => readFileSync(join(folder, started), "utf8") || undefined));
    ending.abort();
    assert.deepEqual(await outcome, { kind: "cancelled" });
    assert.deepEqual(readdirSync(folder), []);
    await waitFor(() => (isAlive(child) ? undefined : true));
  });
});

test("asked for again while it is fetched, it is fetched once, for both", async () => {
  await withNpm(`setTimeout(() => { ${works} }, 300);`, async ({ folder, installer, calls }) => {
    const outcomes = [installer.install("vulkan", unwatched), installer.install("vulkan", unwatched)];
    assert.deepEqual(await Promise.all(outcomes), [{ kind: "done" }, { kind: "done" }]);
    assert.equal(calls().length, 1);
    assert.deepEqual(readdirSync(folder), [engineFolderName("vulkan")]);
    await installer.install("vulkan", unwatched);
    assert.equal(calls().length, 2);
  });
});

test("the window that closes ends what it was fetching", async () => {
  await withNpm("setInterval(() => 1, 1000);", async ({ installer, calls }) => {
    const outcome = installer.install("vulkan", unwatched);
    await waitFor(() => calls()[0]);
    installer.dispose();
    assert.deepEqual(await outcome, { kind: "cancelled" });
  });
});

test("what a window left half done is cleared, another's that is at work is not, and other versions go", async () => {
  await withNpm(works, async ({ folder, installer }) => {
    for (const name of ["cuda-3.22.1.999999999.part", `cuda-3.22.1.${process.ppid}.part`, "vulkan-3.0.0", "cuda-3.0.0"]) mkdirSync(join(folder, name), { recursive: true });
    assert.deepEqual(await installer.install("vulkan", unwatched), { kind: "done" });
    assert.deepEqual(readdirSync(folder).sort(), ["cuda-3.0.0", `cuda-3.22.1.${process.ppid}.part`, engineFolderName("vulkan")]);
  });
});

test("what was there is replaced, and removed without a trace", async () => {
  await withNpm(works, async ({ folder, installer }) => {
    const place = join(folder, engineFolderName("vulkan"));
    mkdirSync(place, { recursive: true });
    writeFileSync(join(place, "old"), "");
    assert.deepEqual(await installer.install("vulkan", unwatched), { kind: "done" });
    assert.deepEqual(readdirSync(folder), [engineFolderName("vulkan")]);
    assert.ok(!readdirSync(place).includes("old"));
    assert.equal(await installer.remove("vulkan"), undefined);
    assert.equal(await installer.remove("vulkan"), undefined);
    assert.deepEqual(readdirSync(folder), []);
  });
});

test("what can't be moved stays whole, and a sentence says so", async () => {
  const home = mkdtempSync(join(tmpdir(), "palimpsest-engines-"));
  try {
    // Its own path is just short enough for the system; none beside it is.
    const longest = 4_095 - join("/", engineFolderName("vulkan")).length;
    let folder = home;
    while (folder.length < longest) folder = join(folder, "x".repeat(Math.max(1, Math.min(200, longest - folder.length - 1))));
    folder = folder.slice(0, longest);
    const place = join(folder, engineFolderName("vulkan"));
    mkdirSync(place, { recursive: true });
    const installer = new EngineInstaller({ folder, places: () => ({ platform: "linux", path: "", folders: [] }), proxy: () => "", log: () => undefined });
    assert.match((await installer.remove("vulkan")) ?? "", /could not be written, and nothing is changed/);
    assert.ok(existsSync(place));
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
});

test("a folder that can't be written is told of", async () => {
  await withNpm(works, async ({ folder, installer }) => {
    mkdirSync(join(folder, ".."), { recursive: true });
    writeFileSync(folder, "a file where the folder belongs");
    const outcome = await installer.install("vulkan", unwatched);
    assert.match(outcome.kind === "failed" ? outcome.message : "", /folder could not be written, and nothing is changed/);
  });
});

test("npm is found on PATH, but not in the workspace, nor where one happens to stand", async () => {
  const home = mkdtempSync(join(tmpdir(), "palimpsest-npm-"));
  try {
    const [inside, outside, link] = ["workspace/bin", "programs", "link"].map((name) => join(home, name)) as [string, string, string];
    for (const folder of [inside, outside]) {
      mkdirSync(folder, { recursive: true });
      writeProgram(join(folder, "npm"), "");
    }
    symlinkSync(inside, link);
    const find = (...path: readonly string[]): Promise<string | undefined> => findNpm({ platform: "linux", path: path.join(delimiter), folders: [join(home, "workspace")] });
    assert.equal(await find("bin", "", inside, link, outside), join(outside, "npm"));
    assert.equal(await find(inside, link), undefined);
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
});

test("the node that runs npm is none of the workspace's either", async () => {
  const home = mkdtempSync(join(tmpdir(), "palimpsest-npm-"));
  try {
    const [inside, outside, linked, links] = ["workspace/bin", "programs", "linked", "links"].map((name) => join(home, name)) as [string, string, string, string];
    for (const folder of [inside, outside, links]) mkdirSync(folder, { recursive: true });
    symlinkSync(inside, linked);
    const run = join(home, "run");
    for (const [folder, word] of [[inside, "inside"], [outside, "outside"]] as const) writeProgram(join(folder, "node"), `echo ${word} > ${run}`, "/bin/sh");
    symlinkSync(join(inside, "node"), join(links, "node"));
    writeProgram(join(outside, "npm"), "", "/usr/bin/env node");
    const path = await trustedPath({ platform: "linux", path: ["bin", "", inside, linked, links, outside].join(delimiter), folders: [join(home, "workspace")] });
    assert.equal(path, outside);
    assert.equal((await npmInstall(join(outside, "npm"), home, [], { path, proxy: "" }).ended).ok, true);
    assert.equal(readFileSync(run, "utf8"), "outside\n");
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
});

async function waitFor<T>(look: () => T | undefined): Promise<T> {
  for (let attempt = 0; attempt < 500; attempt += 1) {
    try {
      const found = look();
      if (found !== undefined) return found;
    } catch {
      // Not there yet.
    }
    await pause(20);
  }
  throw new Error("it did not come");
}

/** A killed child whose parent was killed too is waited for by the system. */
function isAlive(pid: number): boolean {
  try {
    return !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return false;
  }
}

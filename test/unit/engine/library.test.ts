// Owns the examples of where the libraries are, on machines of every kind, and of folders that hold none that we know.
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { after, test } from "node:test";
import { LibraryError, locateLibrary, openFolder, packageName } from "../../../sidecar/engine/llama/library";
import type { GpuVariant, Machine } from "../../../sidecar/engine/llama/library";

const root = mkdtempSync(join(tmpdir(), "palimpsest-library-"));
after(() => rmSync(root, { recursive: true, force: true }));
let folderCount = 0;

function newFolder(): string {
  folderCount += 1;
  return join(root, String(folderCount));
}

function fill(folder: string, names: readonly string[], release: string | undefined = "v0.5.0", gpu: string | false = false): string {
  mkdirSync(folder, { recursive: true });
  for (const name of names) writeFileSync(join(folder, name), "");
  if (release !== "") writeFileSync(join(folder, "_nlcBuildMetadata.json"), JSON.stringify({ buildOptions: { gpu, llamaCpp: { release } } }));
  return folder;
}

const linuxFiles = ["libggml-base.so", "libggml-cpu-haswell.so", "libggml.v0.5.0.so", "libllama-common.so", "libllama.v0.5.0.so", "llama-addon.node"];
const variantFiles = (gpu: GpuVariant): readonly string[] => ["libggml-base.so", `libggml-${gpu}.so`, `libggml.${gpu}.v0.5.0.so`, `libllama.${gpu}.v0.5.0.so`];
const macFiles = ["libggml-base.dylib", "libggml.v0.5.0.dylib", "libllama.v0.5.0.dylib", "libggml-metal.so"];
const windowsFiles = ["ggml-base.dll", "ggml.dll", "llama.v0.5.0.dll", "llama-common.dll", "ggml-cpu-x64.dll"];

const machines: readonly (readonly [platform: NodeJS.Platform, arch: string, variant: GpuVariant, packageName: string])[] = [
  ["linux", "x64", "cpu", "linux-x64"], ["linux", "x64", "cuda", "linux-x64-cuda"], ["linux", "x64", "vulkan", "linux-x64-vulkan"],
  ["linux", "arm64", "cpu", "linux-arm64"], ["linux", "arm", "cpu", "linux-armv7l"], ["linux", "riscv64", "cpu", "linux-riscv64"],
  ["darwin", "arm64", "cpu", "mac-arm64-metal"], ["darwin", "x64", "cpu", "mac-x64"],
  ["win32", "x64", "cpu", "win-x64"], ["win32", "arm64", "cpu", "win-arm64"], ["win32", "x64", "cuda", "win-x64-cuda"], ["win32", "x64", "vulkan", "win-x64-vulkan"],
];
for (const [platform, arch, variant, name] of machines) {
  test(`the package for ${platform}, ${arch}, ${variant} is ${name}, found from a folder below`, () => {
    const machine: Machine = { platform, arch };
    assert.equal(packageName(machine, variant), `@node-llama-cpp/${name}`);
    const files = platform === "darwin" ? macFiles : platform === "win32" ? windowsFiles : linuxFiles;
    const home = newFolder();
    const bins = fill(join(home, "node_modules/@node-llama-cpp", name, "bins", name), files);
    mkdirSync(join(home, "dist/test"), { recursive: true });
    const located = locateLibrary(join(home, "dist/test"), variant, machine);
    assert.equal(located.folder, bins);
    assert.equal(located.release, "v0.5.0");
    for (const path of [located.ggmlBase, located.ggml, located.llama]) assert.ok(files.includes(basename(path)));
    assert.match(basename(located.llama), /llama(\.v0\.5\.0)?\.(so|dylib|dll)$/);
    assert.match(basename(located.ggml), /ggml(\.v0\.5\.0)?\.(so|dylib|dll)$/);
  });
}

test("a GPU variant's further backends are found in the package beside it", () => {
  const home = newFolder();
  fill(join(home, "node_modules/@node-llama-cpp/linux-x64-cuda/bins/linux-x64-cuda"), linuxFiles);
  const extra = join(home, "node_modules/@node-llama-cpp/linux-x64-cuda-ext/bins/linux-x64-cuda");
  mkdirSync(extra, { recursive: true });
  assert.deepEqual(locateLibrary(home, "cuda", { platform: "linux", arch: "x64" }).extraFolders, [extra]);
});

for (const variant of ["vulkan", "cuda"] as const) {
  test(`the ${variant} build names its files after itself, and is known for what it is`, () => {
    const files = openFolder(fill(newFolder(), variantFiles(variant), "v0.5.0", variant), "linux");
    assert.equal(files.variant, variant);
    assert.equal(basename(files.ggml), `libggml.${variant}.v0.5.0.so`);
    assert.equal(basename(files.llama), `libllama.${variant}.v0.5.0.so`);
  });
}

const refused: readonly (readonly [name: string, call: () => unknown, says: RegExp])[] = [
  ["an unknown platform", () => packageName({ platform: "aix", arch: "ppc64" }, "cpu"), /no prebuilt llama\.cpp libraries for aix on ppc64.*--library/],
  ["a variant that isn't built", () => packageName({ platform: "darwin", arch: "x64" }, "cuda"), /no cuda build.*use cpu/],
  ["a package that isn't installed", () => locateLibrary(root, "vulkan", { platform: "linux", arch: "x64" }), /not installed: run npm install @node-llama-cpp\/linux-x64-vulkan/],
  ["a package without libraries", () => {
    const home = newFolder();
    mkdirSync(join(home, "node_modules/@node-llama-cpp/linux-x64/bins"), { recursive: true });
    return locateLibrary(home, "cpu", { platform: "linux", arch: "x64" });
  }, /damaged.*install it again/],
  ["no such folder", () => openFolder(join(root, "nowhere")), /does not exist/],
  ["a folder without llama", () => openFolder(fill(newFolder(), ["libggml-base.so", "libggml.so"]), "linux"), /No llama library/],
  ["another release", () => openFolder(fill(newFolder(), linuxFiles, "b9999"), "linux"), /are llama\.cpp b9999; this version of Palimpsest knows v0\.5\.0/],
  ["no metadata", () => openFolder(fill(newFolder(), linuxFiles, ""), "linux"), /is missing.*install the package again/],
  ["metadata that names no release", () => {
    const folder = fill(newFolder(), linuxFiles);
    writeFileSync(join(folder, "_nlcBuildMetadata.json"), "{]");
    return openFolder(folder, "linux");
  }, /names no llama\.cpp release/],
];
for (const [name, call, says] of refused) {
  test(`refused, and the message says what to do: ${name}`, () => {
    assert.throws(call, (error) => error instanceof LibraryError && says.test(error.message));
  });
}

test("this machine's package is installed and known", () => {
  assert.equal(locateLibrary(process.cwd()).release, "v0.5.0");
});

// Models to choose from, as tables: the list itself, what is shown of a model, what a measurement says, which card is there.
import assert from "node:assert/strict";
import { test } from "node:test";
import { catalogue } from "../../../extension/src/models/catalogue";
import { computeRow } from "../../../extension/src/models/computeRow";
import { enginePackages, wantedOf } from "../../../extension/src/models/engine/enginePackage";
import { computeChoices, graphicsVariants, type FileView } from "../../../extension/src/models/graphics";
import { modelRow } from "../../../extension/src/models/modelRow";
import { expectedLineMs, parseMeasured, shownDuration, type Measured } from "../../../extension/src/models/speed";
import { trialArguments } from "../../../extension/src/models/trial";
import { optionalDependencies } from "../../../package.json";
import { packageName, packageVersion, packageVersionOf } from "../../../sidecar/engine/llama/library";
import { engineVersion } from "../../../sidecar/protocol/engineFolder";
import { parseFlags } from "../../../sidecar/server/flags";

const measured: Measured = { modelName: "nano", fileBytes: 50_000_000, tokensReadPerSecond: 900, tokensWrittenPerSecond: 120, fillsInTheMiddle: true };

test("the list: encrypted addresses, whole digests of one revision each, no file name twice", () => {
  for (const { id, url, sha256, bytes, bytesPerCell } of catalogue) {
    assert.match(url, /^https:\/\/huggingface\.co\/[\w-]+\/[\w.-]+\/resolve\/(main|[0-9a-f]{40})\/[\w.-]+\.gguf$/, id);
    assert.ok(bytes > 1e8 && bytesPerCell > 1e3, id);
    // A digest is a promise about one revision; what may change has none.
    assert.equal(/^[0-9a-f]{64}$/.test(sha256 ?? ""), !url.includes("/resolve/main/"), id);
  }
  for (const key of ["id", "url"] as const) assert.equal(new Set(catalogue.map((model) => model[key].split("/").at(-1))).size, catalogue.length);
});

test("what is shown of a model: terms, disk, memory, time, and whether its cache can be patched", () => {
  const model = {
    id: "m", name: "M", licence: "L", restriction: "not for sale", languages: "all", url: "https://h/x.gguf", bytes: 1_000_000_000, sha256: undefined,
    bytesPerCell: 50_000, unpatchable: "it has recurrent layers",
  };
  assert.deepEqual(modelRow(model, false, 8_000, measured), {
    label: "$(cloud-download) M",
    description: "L, not for sale",
    detail: "1.0 GB on disk, 1.4 GB of memory · all · a line within about 4.0 s here · its cache can't be patched (it has recurrent layers): edits are read again",
  });
  const { unpatchable: _, restriction: __, ...plain } = model;
  assert.deepEqual(modelRow({ ...plain, bytes: 531e6 }, true, 8_192, undefined), {
    label: "$(check) M", description: "L", detail: "531 MB on disk, 941 MB of memory · all",
  });
});

test("time goes by the bytes, and is told as coarsely as it is sure", () => {
  assert.equal(Math.round(expectedLineMs(measured, measured.fileBytes)), 200);
  assert.equal(Math.round(expectedLineMs(measured, 10 * measured.fileBytes)), 2_000);
  assert.deepEqual([3, 87, 994, 1_234, 9_960, 61_000].map(shownDuration), ["10 ms", "90 ms", "990 ms", "1.2 s", "10.0 s", "61 s"]);
});

test("a measurement is read, and what is none is said to be none", () => {
  assert.deepEqual(parseMeasured(JSON.stringify(measured)), measured);
  for (const line of ["{}", JSON.stringify({ ...measured, tokensReadPerSecond: 0 })]) assert.throws(() => parseMeasured(line), /no measurement/);
});

test("a choice is tried as it would be set: the model together with where it is computed", () => {
  const read = (modelPath: string, gpu: string): unknown => {
    const command = parseFlags(trialArguments({ seconds: 0, modelPath, gpu }, "/engines"));
    if (command.kind !== "measure") return command;
    return [command.seconds, command.flags.modelPath, command.flags.gpu, command.flags.enginesFolder];
  };
  assert.deepEqual(read("", "vulkan"), [0, undefined, "vulkan", "/engines"]);
  assert.deepEqual(read("/m.gguf", "cpu"), [0, "/m.gguf", "cpu", "/engines"]);
});

test("there is a way back to the processor, even where the card is gone", async () => {
  const view = (files: readonly string[]): FileView => ({
    platform: "linux", arch: "x64", exists: (path) => Promise.resolve(files.includes(path)), list: () => Promise.resolve([]),
  });
  const card = view(["/proc/driver/nvidia/version"]);
  assert.deepEqual(
    await Promise.all([computeChoices(card, "cpu"), computeChoices(card, "cuda"), computeChoices(view([]), "cuda"), computeChoices(view([]), "cpu")]),
    [["cuda"], ["cuda", "cpu"], ["cpu"], []],
  );
});

test("what is shown of a place to compute on: whether its engine is here, or what has to be fetched", () => {
  assert.deepEqual(computeRow("cpu", true, "linux"), { label: "$(circuit-board) Compute on the processor" });
  assert.deepEqual(computeRow("vulkan", true, "linux").detail, "its engine is here");
  assert.deepEqual(computeRow("vulkan", false, "linux").detail, "its engine is fetched with npm first: 74 MB on disk");
  assert.deepEqual(computeRow("cuda", false, "win32").detail, "its engine is fetched with npm first: 565 MB on disk");
});

test("the packages of an engine are those that the sidecar looks for, in the version that it knows", () => {
  assert.equal(packageVersion, engineVersion);
  for (const [name, version] of Object.entries(optionalDependencies)) assert.equal(version, packageVersionOf(name), name);
  for (const platform of ["linux", "win32"] as const) {
    for (const variant of ["cuda", "vulkan"] as const) {
      const [first, ...others] = enginePackages(variant, platform);
      assert.equal(first?.name, packageName({ platform, arch: "x64" }, variant));
      assert.deepEqual(others.map(({ name }) => name), variant === "cuda" ? [`${first?.name}-ext`] : []);
      assert.ok([first, ...others].every((part) => part !== undefined && 1e7 < part.bytes && wantedOf(part).endsWith("@3.22.1")));
    }
  }
});

/** Files that are there, and the variants found. */
function checkGraphics(platform: NodeJS.Platform, arch: string, files: readonly string[], expected: string): void {
  test(`graphics on ${platform} ${arch} with ${files.join(", ") || "nothing"}`, async () => {
    const below = (folder: string): readonly string[] => files.filter((file) => file.startsWith(`${folder}/`)).map((file) => file.slice(folder.length + 1));
    const view: FileView = { platform, arch, exists: (path) => Promise.resolve(files.includes(path)), list: (folder) => Promise.resolve(below(folder)) };
    assert.equal((await graphicsVariants(view)).join(" "), expected);
  });
}

checkGraphics("linux", "x64", [], "");
checkGraphics("linux", "x64", ["/proc/driver/nvidia/version"], "cuda");
checkGraphics("linux", "x64", ["/usr/lib64/libvulkan.so.1", "/dev/dri/renderD128"], "vulkan");
checkGraphics("linux", "x64", ["/usr/lib64/libvulkan.so.1", "/dev/dri/card0"], "");
checkGraphics("linux", "arm64", ["/proc/driver/nvidia/version"], "");
checkGraphics("win32", "x64", ["C:\\Windows\\System32\\nvcuda.dll", "C:\\Windows\\System32\\vulkan-1.dll"], "cuda vulkan");
checkGraphics("darwin", "arm64", [], "");

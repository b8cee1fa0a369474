// Owns what a GPU build asks of a model, and its refusal where there is no card.
import { deepEqual, doesNotThrow, equal, match, throws } from "node:assert/strict";
import { copyFileSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { after, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import koffi from "koffi";
import { checkGpu, modelParameters } from "../../../sidecar/engine/llama/gpu";
import { LibraryError, locateLibrary } from "../../../sidecar/engine/llama/library";
import { readModelFile } from "../../../sidecar/engine/llama/modelFile";
import { type Library, openLibrary } from "../../../sidecar/engine/llama/symbols";
import { modelFile, removeRandomModels } from "../../support/randomLlama";
import { writeRandomModel } from "../../support/randomModel";

after(removeRandomModels);

const library = openLibrary(locateLibrary(process.cwd()));

test("every layer and the output row go onto the card, and nothing is said of a CPU build", () => {
  const path = modelFile("layers.gguf");
  writeRandomModel(path, { layers: 3, width: 64, heads: 2 });
  const shape = readModelFile(path);
  deepEqual(modelParameters("cpu", shape), {});
  deepEqual([modelParameters("vulkan", shape), modelParameters("cuda", shape)], [{ n_gpu_layers: 4 }, { n_gpu_layers: 4 }]);
});

for (const variant of ["vulkan", "cuda"] as const) {
  test(`a ${variant} build without a card is refused with what to do, and taken with one`, () => {
    const built = (found: boolean) => ({
      ...library,
      files: { ...library.files, variant },
      symbols: { ...library.symbols, supportsGpuOffload: () => found },
    });
    throws(() => checkGpu(built(false)), (error) => error instanceof LibraryError && /finds no graphics processor.*Install.*--gpu cpu/.test(error.message));
    doesNotThrow(() => checkGpu(built(true)));
  });
}

test("a CPU build needs no card", () => {
  doesNotThrow(() => checkGpu({ ...library, symbols: { ...library.symbols, supportsGpuOffload: () => false } }));
});

test("a build's functions can be seen by no other in the process: each has cards of its own", { skip: process.platform === "win32" ? "Windows has no names that all see" : false }, () => {
  const everybodys = koffi.load(null);
  // What all see is found so, and was there before: the test would notice.
  doesNotThrow(() => everybodys.func("int getpid()"));
  throws(() => everybodys.func("void ggml_backend_load_all()"), /[Cc]annot find/);
});

test("a build that is loaded behind another hears what its own calls log, whose copy of ggml they may run in", { skip: process.platform === "win32" ? "Windows deletes no library that is loaded" : false }, async () => {
  const { files } = library;
  const failsIn = ({ symbols }: Library): unknown => symbols.modelLoadFromFile(join(folder, "none.gguf"), symbols.modelDefaultParams());
  const folder = mkdtempSync(join(tmpdir(), "palimpsest-build-"));
  try {
    const copied = (path: string): string => {
      copyFileSync(path, join(folder, basename(path)));
      return join(folder, basename(path));
    };
    const second = openLibrary({ ...files, folder, ggmlBase: copied(files.ggmlBase), ggml: copied(files.ggml), llama: copied(files.llama) });
    for (const build of [library, second]) {
      match(build.explain(() => failsIn(build)), /gguf_init_from_file/);
    }
    // The second's own copy of ggml, which nothing calls, goes with the next collection: what was silent stays so, rather than
    // end the process.
    setFlagsFromString("--expose-gc");
    const collect = runInNewContext("gc") as () => void;
    for (let round = 0; round < 3; round += 1) {
      collect();
      await pause(10);
    }
    if (process.platform === "linux") equal(readFileSync("/proc/self/maps", "utf8").includes(join(folder, basename(files.ggmlBase))), false);
    for (const build of [library, second]) equal(failsIn(build), null);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

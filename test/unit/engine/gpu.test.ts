// Owns what a GPU build asks of a model, and its refusal where there is no card.
import { deepEqual, doesNotThrow, throws } from "node:assert/strict";
import { after, test } from "node:test";
import koffi from "koffi";
import { checkGpu, modelParameters } from "../../../sidecar/engine/llama/gpu";
import { LibraryError, locateLibrary } from "../../../sidecar/engine/llama/library";
import { readModelFile } from "../../../sidecar/engine/llama/modelFile";
import { openLibrary } from "../../../sidecar/engine/llama/symbols";
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

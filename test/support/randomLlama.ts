// Owns engines of llama.cpp on random-weight models, and the folder their files lie in until the tests end.
import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { locateLibrary } from "../../sidecar/engine/llama/library";
import { openLlamaEngine } from "../../sidecar/engine/llama/llamaEngine";
import type { LlamaEngine } from "../../sidecar/engine/llama/llamaEngine";
import type { LlamaEngineOptions } from "../../sidecar/engine/llama/llamaEngineOptions";
import { writeRandomModel } from "./randomModel";
import type { RandomModelShape } from "./randomModel";

let folder: string | undefined;

/** A file of its own in a folder that `removeRandomModels` removes. */
export function modelFile(name: string): string {
  folder ??= mkdtempSync(join(tmpdir(), "palimpsest-models-"));
  return join(folder, name);
}

export function openRandomLlama(options: Partial<LlamaEngineOptions> = {}, shape: Partial<RandomModelShape> = {}): LlamaEngine {
  const digest = createHash("sha256").update(JSON.stringify(shape)).digest("hex").slice(0, 16);
  const modelPath = modelFile(`${digest}.gguf`);
  if (!existsSync(modelPath)) writeRandomModel(modelPath, shape);
  return openLlamaEngine({ library: locateLibrary(process.cwd()), modelPath, threadsMax: 1, ...options });
}

/** Pairs with the first use: called when a test file ends. */
export function removeRandomModels(): void {
  if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  folder = undefined;
}

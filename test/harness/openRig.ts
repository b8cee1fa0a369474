// Owns the opening of the real rig: llama.cpp, the grammars, and the sessions that serve the editor, in this process.
// The only file of the harness that knows llama.cpp is behind the engine.
import { join } from "node:path";
import { setVerify } from "../../sidecar/base/invariants";
import type { Engine } from "../../sidecar/engine/engine";
import { LibraryError, locateLibrary } from "../../sidecar/engine/llama/library";
import type { LlamaEngine } from "../../sidecar/engine/llama/llamaEngine";
import { openLlamaEngine } from "../../sidecar/engine/llama/llamaEngine";
import type { LlamaEngineOptions } from "../../sidecar/engine/llama/llamaEngineOptions";
import { ModelFileError } from "../../sidecar/engine/llama/modelFile";
import { probeLibrary } from "../../sidecar/engine/llama/probe";
import { Grammars } from "../../grammars/grammars";
import type { EngineSettings } from "./options";
import { rigOn } from "./rig";
import type { Rig } from "./rig";
import { UsageError } from "./usageError";

/**
 * @param root the folder that holds dist and sidecar
 * @param behind puts another engine before llama.cpp's
 * @throws UsageError where library or model can't be opened
 */
export async function openRig(root: string, settings: EngineSettings, behind = (engine: LlamaEngine): Engine => engine): Promise<Rig> {
  const modelPath = modelPathOf(root, settings);
  const say = (line: string): void => void process.stderr.write(line + "\n");
  say(`loading ${modelPath} …`);
  const grammars = new Grammars(join(root, "dist/grammars"), say);
  const engine = await openEngine(root, modelPath, settings);
  return rigOn({
    engine: behind(engine),
    modelPath,
    threads: () => engine.threads,
    threadsAsked: settings.threads,
    gpu: settings.gpu,
    grammarOf: (languageId) => grammars.load(languageId),
    verify: setVerify,
  });
}

/** The model asked for, or the embedded one. */
export function modelPathOf(root: string, settings: EngineSettings): string {
  return settings.modelPath ?? join(root, "sidecar/models/palimpsest-nano-50m-q8_0.gguf");
}

/** An engine of its own with the same settings, beside the rig's. @throws UsageError where library or model can't be opened */
export function openSecondEngine(root: string, settings: EngineSettings): Promise<Engine> {
  return openEngine(root, modelPathOf(root, settings), settings);
}

/** @throws UsageError where library or model can't be opened */
export async function openEngine(
  root: string, modelPath: string, settings: EngineSettings, more: Partial<LlamaEngineOptions> = {},
): Promise<LlamaEngine> {
  try {
    const library = locateLibrary(root, settings.gpu);
    // Tried in a child process first: a broken library ends the process that loads it.
    await probeLibrary(library, join(root, "dist/sidecar.js"));
    return openLlamaEngine({
      library,
      modelPath,
      ...(settings.contextLength === undefined ? {} : { contextLength: settings.contextLength }),
      ...(settings.threads === undefined ? {} : { threadsMax: settings.threads }),
      ...(settings.flashAttention === undefined ? {} : { flashAttention: settings.flashAttention }),
      ...more,
    });
  } catch (error) {
    if (error instanceof LibraryError || error instanceof ModelFileError) throw new UsageError(error.message);
    throw error;
  }
}

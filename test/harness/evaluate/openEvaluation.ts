// Owns the opening of what an evaluation runs on: the rig, a second engine on the same model, and a real server where asked.
import { realClock } from "../../../sidecar/base/clock";
import { at } from "../../../sidecar/base/assert";
import { modelPathOf, openRig, openSecondEngine } from "../openRig";
import type { EvaluateSettings } from "./evaluateOptions";
import type { EvaluationParts } from "./evaluateCommand";
import { LlamaServer } from "./llamaServer";
import { WarmEngine } from "./warmEngine";
import { buildIdentity, decodingIdentity, modelIdentity } from "./identity";

/** @param root the folder that holds dist and sidecar @param programPath the program that is running @throws UsageError */
export async function openEvaluation(root: string, { engine, serverPath, rounding, cold }: EvaluateSettings, programPath: string): Promise<EvaluationParts> {
  const decoding = decodingIdentity(root);
  const warm: WarmEngine[] = [];
  const rig = await openRig(root, engine, (llama) => {
    const before = new WarmEngine(llama);
    warm.push(before);
    return before;
  });
  const referenceEngine = cold ? await openSecondEngine(root, engine) : undefined;
  const modelPath = modelPathOf(root, engine);
  const server = serverPath === undefined ? undefined : await LlamaServer.start({
    path: serverPath,
    modelPath,
    contextLength: rig.description.contextLength,
    threads: engine.threads,
    tokenizer: rig.engine,
    clock: realClock,
    startMsMax: 120_000,
  });
  return {
    rig,
    warm: at(warm, 0),
    referenceEngine,
    displacedEngine: cold && rounding ? await openSecondEngine(root, engine) : undefined,
    server,
    model: modelIdentity(modelPath),
    decoding,
    build: buildIdentity(programPath),
  };
}

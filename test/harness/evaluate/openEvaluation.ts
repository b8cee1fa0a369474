// Owns the opening of what an evaluation runs on: the rig, a second engine on the same model, and a real server where asked.
import { modelPathOf, openRig, openSecondEngine } from "../openRig";
import type { EvaluateSettings } from "./evaluateOptions";
import type { EvaluationParts } from "./evaluateCommand";
import { buildIdentity, decodingIdentity, modelIdentity } from "./identity";

/** @param root the folder that holds dist and sidecar @param programPath the program that is running @throws UsageError */
export async function openEvaluation(root: string, { engine }: EvaluateSettings, programPath: string): Promise<EvaluationParts> {
  const rig = await openRig(root, engine);
  const referenceEngine = await openSecondEngine(root, engine);
  return {
    rig,
    referenceEngine,
    server: undefined,
    model: modelIdentity(modelPathOf(root, engine)),
    decoding: decodingIdentity(root),
    build: buildIdentity(programPath),
  };
}

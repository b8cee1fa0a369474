// Owns the look into sessions that a measurement needs: the prompt of a cursor, and what a decoder must know around it.
// Computes nothing on the engine.
import type { EngineCapabilities } from "../../../sidecar/engine/engine";
import { limits } from "../../../sidecar/base/limits";
import type { TrimContext } from "../../../sidecar/decode/trimSuggestion";
import type { Prompt } from "../../../sidecar/prompt/layout";
import type { CompletionRequest } from "../../../sidecar/session/events";
import type { Sessions } from "../../../sidecar/session/sessions";
import { surroundingsAt } from "../../../sidecar/session/surroundings";

export interface MeasuredPrompt {
  readonly prompt: Prompt;
  readonly context: TrimContext;
  readonly languageId: string;
}

/**
 * The prompt that `sessions` make at a cursor. Asked again at the place of the latest completion it is that completion's:
 * anchor, window and kept suffix have been chosen then and stay.
 */
export function promptOf(sessions: Sessions, capabilities: EngineCapabilities, { uri, place }: CompletionRequest): MeasuredPrompt | undefined {
  const session = sessions.sessionOf(uri);
  const cursor = session?.document.lines.offsetAt(place, "utf-16");
  if (session === undefined || cursor === undefined) return undefined;
  const special = { fim: capabilities.fim, begin: capabilities.beginToken };
  const prompt = session.promptAt(cursor, special, capabilities.contextLength - limits.completionTokensMax);
  return { prompt, context: surroundingsAt(session.document, cursor, session.spansAround(cursor)[0]), languageId: session.document.languageId };
}

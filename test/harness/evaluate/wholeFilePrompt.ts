// Owns the prompt that everyone's comparison is with: the whole file, prefix first, whatever layout a policy has.
// Computes nothing on the engine.
import type { Engine } from "../../../sidecar/engine/engine";
import type { Prompt } from "../../../sidecar/prompt/layout";
import type { CompletionRequest } from "../../../sidecar/session/events";
import { createSessions } from "../../../sidecar/session/sessions";
import type { Sessions } from "../../../sidecar/session/sessions";
import { promptOf } from "./measuredPrompt";

export class WholeFilePrompts {
  private readonly sessions: Sessions;

  constructor(private readonly engine: Engine) {
    const { modelName, contextLength } = engine.capabilities;
    this.sessions = createSessions(engine, {
      policy: "psm-cold",
      modelStatus: () => ({ state: { kind: "ready" }, name: modelName, path: "", contextLength, shiftRefusal: undefined, threads: 1 }),
    });
  }

  /** The prompt at the request's place of a document that holds `text`. */
  at(request: CompletionRequest, languageId: string, text: string): Prompt | undefined {
    const { uri } = request;
    this.sessions.apply({ kind: "open", uri, languageId, version: 1, text, atMs: 0 });
    const asked = promptOf(this.sessions, this.engine.capabilities, request);
    this.sessions.apply({ kind: "close", uri });
    return asked?.prompt;
  }
}

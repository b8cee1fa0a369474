// Ghost text is asked for again when the model is ready, if it was asked for while it was not.
import { equal } from "node:assert/strict";
import { test } from "node:test";
import { AskAgain } from "../../../extension/src/inline/askAgain";
import type { ModelState, OutcomeKind } from "../../../sidecar/protocol/data";

type Step = OutcomeKind | ModelState["kind"] | "asked" | "changedUnheard" | "sidecarEnded" | "forget";

function checkAsked(name: string, steps: readonly Step[], asked: number): void {
  test(name, () => {
    let count = 0;
    const askAgain = new AskAgain(() => (count += 1));
    for (const step of steps) {
      if (step === "loading" || step === "ready" || step === "failed" || step === "unloaded") askAgain.modelStatus({ ...status, state: stateOf(step) });
      else if (step === "asked" || step === "changedUnheard" || step === "sidecarEnded" || step === "forget") askAgain[step]();
      else askAgain.outcome({ kind: step });
    }
    equal(count, asked);
  });
}

const status = { name: "", path: "", contextLength: 0, shiftRefusal: undefined, threads: 0 };

function stateOf(kind: ModelState["kind"]): ModelState {
  if (kind === "loading") return { kind, fraction: 0.5 };
  return kind === "failed" ? { kind, message: "no model" } : { kind };
}

checkAsked("once, when the model is ready", ["loading", "modelLoading", "loading", "ready", "ready"], 1);
checkAsked("not when nothing was asked meanwhile", ["loading", "ready"], 0);
checkAsked("not when the user has gone on", ["modelLoading", "superseded", "ready"], 0);
checkAsked("not when the model failed", ["modelLoading", "failed"], 0);
checkAsked("when the document changed while no sidecar ran", ["sidecarEnded", "changedUnheard", "loading", "ready", "ready"], 1);
checkAsked("when the sidecar ended before it answered", ["asked", "sidecarEnded", "loading", "ready"], 1);
checkAsked("not when it had answered", ["asked", "asked", "superseded", "shown", "sidecarEnded", "loading", "ready"], 0);
checkAsked("not when it is answered after the start", ["sidecarEnded", "changedUnheard", "loading", "asked", "shown", "ready"], 0);
checkAsked("not when an earlier request had no outcome and the latest has", ["asked", "asked", "shown", "sidecarEnded", "ready"], 0);
checkAsked("when only the request before has its outcome", ["asked", "asked", "superseded", "sidecarEnded", "ready"], 1);
checkAsked("not when the user has gone elsewhere", ["changedUnheard", "forget", "ready"], 0);
checkAsked("not by a model that comes long after one that failed", ["changedUnheard", "failed", "sidecarEnded", "ready"], 0);
checkAsked("not when the editor took the latest request back", ["asked", "cancelled", "sidecarEnded", "ready"], 0);

// Owns what a person reads about an outcome: one sentence each. The kinds are the protocol's.
import type { Outcome } from "../../../sidecar/protocol/data";
import { unreachable } from "../exhaustive";

export function outcomeSentence(outcome: Outcome): string {
  const detail = outcome.detail === undefined || outcome.detail === "" ? "" : ` (${outcome.detail})`;
  return `${sentenceOf(outcome)}${detail}.`;
}

function sentenceOf({ kind }: Outcome): string {
  switch (kind) {
    case "shown":
      return "A completion was given";
    case "nothingToSay":
      return "The model had nothing to say";
    case "cutToNothing":
      return "What the model said is in the text below already";
    case "tooShort":
      return "The suggestion is shorter than palimpsest.minimumLength"
    case "superseded":
      return "The text changed before the answer came";
    case "cancelled":
      return "The editor took the request back";
    case "documentTooLarge":
      return "The document is too large";
    case "documentBinary":
      return "The document is not text";
    case "outOfStep":
      return "The sidecar waits for the document's full text";
    case "modelLoading":
      return "The model is loading";
    case "modelFailed":
      return "The model could not be loaded";
    case "contextTooSmall":
      return "The context is too small for a useful prompt";
    case "engineFailed":
      return "The engine failed and was set up again";
    case "switchedOff":
      return "Completions are switched off";
    default:
      return unreachable(kind);
  }
}

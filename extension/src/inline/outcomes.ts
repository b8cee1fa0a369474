// Owns what a person reads about an outcome: one sentence each. The kinds are the protocol's.
import type { Outcome } from "../../../sidecar/protocol/data";
import { unreachable } from "../exhaustive";
import { t } from "../l10n";

export function outcomeSentence(outcome: Outcome): string {
  const detail = outcome.detail === undefined || outcome.detail === "" ? "" : ` (${outcome.detail})`;
  return `${sentenceOf(outcome)}${detail}.`;
}

function sentenceOf({ kind }: Outcome): string {
  switch (kind) {
    case "shown":
      return t("A completion was given");
    case "nothingToSay":
      return t("The model had nothing to say");
    case "cutToNothing":
      return t("What the model said is in the text already");
    case "outsideBlock":
      return t("What the model said belongs behind this block");
    case "unopenedCloser":
      return t("The model only closed what it had not opened");
    case "unfinished":
      return t("The time was over before a whole word was there");
    case "sentinelLeaked":
      return t("The model spelled a mark of its own prompt");
    case "insideWord":
      return t("The cursor stands inside a word; ask by key to see a suggestion");
    case "tooShort":
      return t("The suggestion is too short to be worth a key, or shorter than palimpsest.minimumLength");
    case "lowConfidence":
      return t("The model was unsure; ask by key to see what it would say");
    case "syntaxError":
      return t("The suggestion would have broken the syntax");
    case "superseded":
      return t("The text changed before the answer came");
    case "cancelled":
      return t("The editor took the request back");
    case "documentTooLarge":
      return t("The document is too large");
    case "documentBinary":
      return t("The document is not text");
    case "outOfStep":
      return t("The sidecar waits for the document's full text");
    case "modelLoading":
      return t("The model is loading");
    case "modelFailed":
      return t("The model could not be loaded");
    case "contextTooSmall":
      return t("The context is too small for a useful prompt");
    case "engineFailed":
      return t("The engine failed and was set up again");
    case "switchedOff":
      return t("Completions are switched off");
    default:
      return unreachable(kind);
  }
}

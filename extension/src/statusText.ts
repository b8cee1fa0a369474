// Owns what the editor's two status items say, as a pure function of what is known: a kind, an icon with a word, and the
// reason in full sentences, with why nothing was shown at the cursor just now.
import type { ModelStatus, Outcome } from "../../sidecar/protocol/data";
import { unreachable } from "./exhaustive";
import { outcomeSentence } from "./inline/outcomes";
import { t } from "./l10n";
import type { SidecarState } from "./sidecarSupervisor";

export interface Known {
  readonly enabled: boolean;
  readonly sidecar: SidecarState;
  readonly model: ModelStatus | undefined;
  /** Why the active document gets no completions, where that is so. */
  readonly documentOff: string | undefined;
  /** Why no completion is asked for at the moment though they are on, such as a battery that runs low. */
  readonly paused: string | undefined;
  readonly requestsPending: number;
  /** Whether stale cells are being read again in idle time. */
  readonly healing: boolean;
  /** What became of the latest request in the active document. */
  readonly outcome: Outcome | undefined;
}

export type StatusKind = "loading" | "ready" | "reading" | "healing" | "paused" | "off" | "trouble";

export interface Status {
  readonly kind: StatusKind;
  /** For the status bar. What comes and goes while one types has an icon and no word, lest the bar jump. */
  readonly text: string;
  /** The kind as a word or two. */
  readonly word: string;
  /** Sentences, a line each; the first is why it is so, or why nothing was shown. */
  readonly reason: string;
}

export function statusOf(known: Known): Status {
  const { sidecar, model } = known;
  if (!known.enabled) return off(t("Completions are switched off."));
  switch (sidecar.kind) {
    case "stopped":
    case "starting":
      return withWord("loading", "sync~spin", t("loading"), t("The sidecar is starting."));
    case "waiting":
      return withWord("trouble", "warning", t("starting again"),
        t("The sidecar {0}. It is started again in {1} s.", sidecar.reason, sidecar.delayMs / 1_000));
    case "failed":
      return trouble(t("The sidecar {0}.", sidecar.reason));
    case "running":
      return model === undefined ? withWord("loading", "sync~spin", t("loading"), t("The model is loading.")) : withModel(known, model);
    default:
      return unreachable(sidecar);
  }
}

function withModel(known: Known, model: ModelStatus): Status {
  const { state } = model;
  switch (state.kind) {
    case "loading":
      return withWord("loading", "sync~spin", t("loading {0} %", Math.round(state.fraction * 100)), t("{0} is loading.", model.name));
    case "failed":
      return trouble(state.message);
    case "unloaded":
      return withWord("paused", "debug-pause", t("paused"), t("The model was unloaded after a long pause. The next edit loads it again."));
    case "ready":
      if (known.documentOff !== undefined) return off(known.documentOff);
      if (known.paused !== undefined) return withWord("paused", "debug-pause", t("paused"), known.paused);
      return atWork(known, model);
    default:
      return unreachable(state);
  }
}

function atWork(known: Known, model: ModelStatus): Status {
  const lines = [
    known.outcome === undefined ? t("No completion was asked for yet in this document.") : outcomeSentence(known.outcome),
    modelLine(model),
  ];
  if (model.shiftRefusal !== undefined) lines.push(t("Cells are not moved: {0}", model.shiftRefusal));
  if (known.requestsPending > 0) return withoutWord("reading", "loading~spin", t("reading"), lines);
  if (!known.healing) return withoutWord("ready", "check", t("ready"), lines);
  return withoutWord("healing", "history", t("healing"), [...lines, t("What an edit left stale is read again while nobody types.")]);
}

function modelLine({ name, contextLength, threads }: ModelStatus): string {
  // Until the engine has chosen, there is no number of threads.
  return threads === 0 ? t("{0}, {1} cells.", name, contextLength) : t("{0}, {1} cells, {2} threads.", name, contextLength, threads);
}

function off(reason: string): Status {
  return withWord("off", "circle-slash", t("off"), reason);
}

function trouble(reason: string): Status {
  return withWord("trouble", "error", t("trouble"), reason);
}

function withWord(kind: StatusKind, icon: string, word: string, reason: string): Status {
  return { kind, text: `$(${icon}) Palimpsest: ${word}`, word, reason };
}

function withoutWord(kind: StatusKind, icon: string, word: string, lines: readonly string[]): Status {
  return { kind, text: `$(${icon}) Palimpsest`, word, reason: lines.join("\n") };
}

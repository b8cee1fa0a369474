// Owns what the status bar says, as a pure function of what is known: an icon with a word or two, and a tooltip.
import type { ModelStatus, Outcome } from "../../sidecar/protocol/data";
import { unreachable } from "./exhaustive";
import { outcomeSentence } from "./inline/outcomes";
import type { SidecarState } from "./sidecarSupervisor";

export interface Known {
  readonly enabled: boolean;
  readonly sidecar: SidecarState;
  readonly model: ModelStatus | undefined;
  /** Why the active document gets no completions, where that is so. */
  readonly documentOff: string | undefined;
  readonly requestsPending: number;
  readonly outcome: Outcome | undefined;
}

export type StatusKind = "off" | "starting" | "loading" | "ready" | "completing" | "failed";

export interface Status {
  readonly kind: StatusKind;
  readonly text: string;
  readonly tooltip: string;
}

export function statusOf(known: Known): Status {
  const { sidecar, model } = known;
  if (!known.enabled) return status("off", "circle-slash", "off", "Completions are switched off.");
  switch (sidecar.kind) {
    case "stopped":
    case "starting":
      return status("starting", "sync~spin", "starting", "The sidecar is starting.");
    case "waiting":
      return status("failed", "warning", "starting again",
        `The sidecar ${sidecar.reason}. It is started again in ${sidecar.delayMs / 1_000} s.`);
    case "failed":
      return status("failed", "error", "failed", `The sidecar ${sidecar.reason}.`);
    case "running":
      return model === undefined ? status("loading", "sync~spin", "loading", "The model is loading.") : withModel(known, model);
    default:
      return unreachable(sidecar);
  }
}

function withModel(known: Known, model: ModelStatus): Status {
  const { state } = model;
  switch (state.kind) {
    case "loading":
      return status("loading", "sync~spin", `loading ${Math.round(state.fraction * 100)} %`, `${model.name} is loading.`);
    case "failed":
      return status("failed", "error", "failed", state.message);
    case "ready": {
      if (known.documentOff !== undefined) return status("off", "circle-slash", "off", known.documentOff);
      const lines = [
        known.outcome === undefined ? "No completion was asked for yet." : outcomeSentence(known.outcome),
        // Until the engine has chosen, there is no number of threads.
        `${model.name}, ${model.contextLength} cells${model.threads === 0 ? "" : `, ${model.threads} threads`}.`,
      ];
      if (model.shiftRefusal !== undefined) lines.push(`Cells are not moved: ${model.shiftRefusal}`);
      return known.requestsPending > 0
        ? status("completing", "loading~spin", "completing", lines.join("\n"))
        : status("ready", "check", "", lines.join("\n"));
    }
    default:
      return unreachable(state);
  }
}

function status(kind: StatusKind, icon: string, word: string, tooltip: string): Status {
  return { kind, text: `$(${icon}) Palimpsest${word === "" ? "" : `: ${word}`}`, tooltip };
}

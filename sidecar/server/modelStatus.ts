// Owns what the sidecar says of its model: before it is loaded, before there is anything to count, and in words for the log.
// Pure. The views of figures and of the ledger are the client's.
import { at } from "../base/assert";
import type { ModelStatus, Statistics } from "../protocol/data";
import { noCounters } from "../session/counters";

/** The status of a model that has not begun to load. */
export function statusAtStart(modelPath: string, contextLength: number, threads: number | undefined): ModelStatus {
  const parts = modelPath.split(/[\\/]/);
  return {
    state: { kind: "loading", fraction: 0 },
    name: at(parts, parts.length - 1).replace(/\.gguf$/, ""),
    path: modelPath,
    contextLength,
    shiftRefusal: undefined,
    threads: threads ?? 0,
  };
}

/** What there is to say before the model is there. */
export function emptyStatistics(model: ModelStatus, policy: string): Statistics {
  const noTimes = { editToFirstTokenMsMedian: undefined, editToFirstTokenMsP95: undefined };
  return { model, policy, totals: noCounters, documents: [], outcomes: {}, repetition: undefined, ...noTimes, recent: [] };
}

export function renderModel(model: ModelStatus): string {
  switch (model.state.kind) {
    case "loading":
      return `${model.name}: loading, ${Math.round(model.state.fraction * 100)} %`;
    case "failed":
      return `${model.name}: failed. ${model.state.message}`;
    case "unloaded":
      return `${model.name}: unloaded, because nothing was asked for long`;
    case "ready":
      return [
        `${model.name}: ready`,
        `${model.contextLength} cells`,
        // Before the first token the engine has not yet chosen.
        ...(model.threads === 0 ? [] : [`${model.threads} threads`]),
        ...(model.shiftRefusal === undefined ? [] : [`cells are not moved: ${model.shiftRefusal}`]),
      ].join(", ");
  }
}

// Owns the text views of what the sidecar believes and counts, for the show commands and the log.
// Pure: figures in, text out; the same figures as the requests give, never others.
import type { CacheCounters, DocumentStatistics, LedgerRun, LedgerView, ModelStatus, Statistics } from "../protocol/data";

const noCounters: CacheCounters = { completions: 0, cellsKept: 0, cellsShifted: 0, tokensEncoded: 0, repairTokens: 0, healTokens: 0, prefixTokens: 0, rebuilds: 0 };

/** What there is to say before the model is there. */
export function emptyStatistics(model: ModelStatus, policy: string): Statistics {
  return { model, policy, totals: noCounters, documents: [], outcomes: {}, editToFirstTokenMsMedian: undefined, editToFirstTokenMsP95: undefined, recent: [] };
}

export function renderModel(model: ModelStatus): string {
  switch (model.state.kind) {
    case "loading":
      return `${model.name}: loading, ${Math.round(model.state.fraction * 100)} %`;
    case "failed":
      return `${model.name}: failed. ${model.state.message}`;
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

/** Several lines: the model, the totals, then one block for each document. */
export function renderStatistics(statistics: Statistics): string {
  const { totals, editToFirstTokenMsMedian: median, editToFirstTokenMsP95: p95 } = statistics;
  const outcomes = Object.entries(statistics.outcomes).map(([kind, count]) => `${kind} ${count}`);
  return [
    renderModel(statistics.model),
    `policy ${statistics.policy}`,
    renderCounters(totals),
    median === undefined ? "no completion yet" : `edit to first token ${ms(median)} median, ${ms(p95 ?? median)} p95`,
    outcomes.length === 0 ? "no outcome yet" : `outcomes: ${outcomes.join(", ")}`,
    ...statistics.documents.flatMap((document) => ["", ...renderDocument(document)]),
  ].join("\n");
}

/** Each run of cells as a header line and its text, indented. */
export function renderLedger(view: LedgerView): string {
  const runs = view.runs.flatMap((run) => [renderRun(run), ...run.text.split("\n").map((line) => `    ${line}`)]);
  return [`${view.uri} at version ${view.version}`, ...(runs.length === 0 ? [view.text] : runs)].join("\n");
}

function renderRun(run: LedgerRun): string {
  const history = run.freshness === "exact" ? "" : `, ${run.edits} edits before it since, shifted ${run.shifts} times`;
  return `cells ${run.start}..${run.end} ${run.freshness}${history}`;
}

function renderDocument(document: DocumentStatistics): readonly string[] {
  const reasons = Object.entries(document.rebuildReasons).map(([name, count]) => `${name} ${count}`);
  return [
    `${document.uri} at version ${document.version}`,
    `  ${document.cells} cells: ${document.cellsExact} exact, ${document.cellsStale} stale`,
    `  ${renderCounters(document.counters)}`,
    ...(reasons.length === 0 ? [] : [`  rebuilt because of: ${reasons.join(", ")}`]),
    ...(document.outcome === undefined ? [] : [`  latest outcome: ${document.outcome.kind}${document.outcome.detail === undefined ? "" : ` (${document.outcome.detail})`}`]),
  ];
}

function renderCounters(counters: CacheCounters): string {
  const { completions, cellsKept, cellsShifted, tokensEncoded, repairTokens, healTokens, prefixTokens, rebuilds } = counters;
  const saved = prefixTokens === 0 ? "" : `, ${Math.round((1 - tokensEncoded / prefixTokens) * 100)} % saved against prefix reuse (${prefixTokens})`;
  return `${completions} completions: ${cellsKept} cells kept, ${cellsShifted} shifted, ${tokensEncoded} tokens encoded (${repairTokens} for repair)${saved}; ${healTokens} healed when idle; ${rebuilds} rebuilds`;
}

function ms(value: number): string {
  return `${Math.round(value)} ms`;
}

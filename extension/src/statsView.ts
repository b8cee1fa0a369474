// Owns the text of the cache statistics page: the sidecar's figures as they are, in tables that line up.
// Computes nothing but shares and sums of what it is given. Knows no editor.
import type { CacheCounters, CompletionRecord, DocumentStatistics, ModelStatus, RepetitionStatistics, Statistics } from "../../sidecar/protocol/data";
import { unreachable } from "./exhaustive";
import { outcomeSentence } from "./inline/outcomes";
import { table } from "./table";

const recentShown = 20;

/** @param nameOf a short name for a document's URI */
export function statsText(statistics: Statistics, nameOf: (uri: string) => string): string {
  return [
    "# Palimpsest: cache statistics",
    modelText(statistics.model, statistics.policy),
    "## All documents",
    totalsTable(statistics.totals),
    savingText(statistics.totals),
    latencyText(statistics),
    "## Documents",
    documentsText(statistics.documents, nameOf),
    "## Outcomes",
    outcomesText(statistics),
    "## Repetition penalty",
    repetitionText(statistics.repetition),
    `## The last ${recentShown} completions`,
    recentText(statistics.recent, nameOf),
    "",
  ].join("\n\n");
}

/** What is shown while no sidecar answers. */
export function noStatsText(reason: string): string {
  return `# Palimpsest: cache statistics\n\nThere are no figures: ${reason}\n`;
}

function modelText(model: ModelStatus, policy: string): string {
  const lines = [
    `Model: ${model.name}, ${stateText(model.state)}  `,
    `Context: ${model.contextLength} cells  `,
    `Threads: ${model.threads}  `,
    `Policy: ${policy}`,
  ];
  if (model.shiftRefusal !== undefined) lines.push("", `Cells are not moved: ${model.shiftRefusal}`);
  return lines.join("\n");
}

function stateText(state: ModelStatus["state"]): string {
  switch (state.kind) {
    case "ready":
      return "ready";
    case "loading":
      return `loading, ${Math.round(state.fraction * 100)} %`;
    case "unloaded":
      return "unloaded until the next edit";
    case "failed":
      return `failed: ${state.message}`;
    default:
      return unreachable(state);
  }
}

/** The counters in the order in which the page shows them, with what each counts. */
function counterRows(counters: CacheCounters): readonly (readonly [string, number])[] {
  return [
    ["completions", counters.completions],
    ["cells kept in place", counters.cellsKept],
    ["cells kept and shifted", counters.cellsShifted],
    ["tokens encoded", counters.tokensEncoded],
    ["of these, to repair stale text", counters.repairTokens],
    ["tokens healed in idle time", counters.healTokens],
    ["tokens that prefix reuse would have encoded", counters.prefixTokens],
    ["rebuilds from text", counters.rebuilds],
  ];
}

function totalsTable(totals: CacheCounters): string {
  return table(["", "count"], counterRows(totals).map(([name, value]) => [name, String(value)]));
}

function savingText(totals: CacheCounters): string {
  const saved = totals.prefixTokens - totals.tokensEncoded;
  if (totals.prefixTokens === 0) return "Nothing to compare with prefix reuse yet.";
  return `Saved against prefix reuse: ${saved} of ${totals.prefixTokens} tokens (${share(saved, totals.prefixTokens)}).`;
}

function latencyText(statistics: Statistics): string {
  const { editToFirstTokenMsMedian: median, editToFirstTokenMsP95: p95 } = statistics;
  if (median === undefined || p95 === undefined) return "No completion was timed yet.";
  return `From the last edit to the first token: ${ms(median)} in the median, ${ms(p95)} at the 95th percentile.`;
}

/** Two tables, since one would be too wide to read: what is held, and what it took. */
function documentsText(documents: readonly DocumentStatistics[], nameOf: (uri: string) => string): string {
  if (documents.length === 0) return "No document is held.";
  const held = documents.map(({ uri, version, cells, cellsExact, cellsStale }) =>
    [nameOf(uri), version, cells, cellsExact, cellsStale].map(String));
  const taken = documents.map(({ uri, counters, rebuildReasons }) => [
    nameOf(uri), counters.completions, counters.cellsKept, counters.cellsShifted, counters.tokensEncoded, counters.prefixTokens,
    rebuildsText(counters.rebuilds, rebuildReasons),
  ].map(String));
  return [
    table(["cells held", "version", "cells", "exact", "stale"], held),
    table(["work done", "completions", "kept", "shifted", "encoded", "prefix reuse", "rebuilds"], taken),
  ].join("\n\n");
}

function rebuildsText(rebuilds: number, rebuildReasons: DocumentStatistics["rebuildReasons"]): string {
  const reasons = Object.entries(rebuildReasons).map(([name, count]) => `${name} ${count}`);
  return reasons.length === 0 ? String(rebuilds) : `${rebuilds} (${reasons.join(", ")})`;
}

function outcomesText(statistics: Statistics): string {
  const rows = Object.entries(statistics.outcomes).map(([kind, count]) => [kind, String(count)]);
  return rows.length === 0 ? "No completion was asked for yet." : table(["outcome", "count"], rows);
}

function repetitionText(repetition: RepetitionStatistics | undefined): string {
  if (repetition === undefined) return "It is switched off, or the model is not ready.";
  const { acted, changed, rules, fallbackLanguages } = repetition;
  const paragraphs = [`It acted on ${acted} choices and changed ${changed} of them.`];
  const rows = Object.entries(rules).sort(([, a], [, b]) => b - a).map(([rule, count]) => [rule, String(count)]);
  if (0 < rows.length) paragraphs.push(table(["would have been opened again", "choices"], rows));
  if (0 < fallbackLanguages.length) paragraphs.push(`By lines and brackets only, without a table of productions: ${fallbackLanguages.join(", ")}.`);
  return paragraphs.join("\n\n");
}

function recentText(recent: readonly CompletionRecord[], nameOf: (uri: string) => string): string {
  if (recent.length === 0) return "None yet.";
  const head = ["at", "kept", "shifted", "stale", "encoded", "prefix", "decoded", "first token", "answer", "what became of it"];
  const rows = recent.slice(-recentShown).reverse().map((record) => [
    `${nameOf(record.uri)}:${record.line + 1}:${record.character + 1}`,
    String(record.cellsKept), String(record.cellsShifted), String(record.cellsStale), String(record.tokensEncoded),
    String(record.prefixTokens), String(record.tokensDecoded), ms(record.editToFirstTokenMs), ms(record.requestMs),
    outcomeSentence(record.outcome),
  ]);
  return table(head, rows);
}

function share(part: number, whole: number): string {
  return `${((part / whole) * 100).toFixed(1)} %`;
}

function ms(value: number): string {
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} ms`;
}

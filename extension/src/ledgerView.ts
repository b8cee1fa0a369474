// Owns the text of the cache ledger page: what the sidecar believes the cells of one document to hold, run by run.
// Shows the runs as they are given. Knows no editor.
import type { LedgerRun, LedgerView } from "../../sidecar/protocol/data";

const nothingHeld = "No cell of this document is held: the next completion in it reads it.";

/** @param name a short name for the document */
export function ledgerText(view: LedgerView, name: string): string {
  const head = `Cache ledger of ${name} at version ${view.version}\n${summary(view.runs)}\n`;
  if (view.runs.length === 0) return `${head}\n${view.text === "" ? nothingHeld : view.text}\n`;
  return `${head}\n${view.runs.map(runText).join("\n")}\n`;
}

function summary(runs: readonly LedgerRun[]): string {
  const count = (freshness: LedgerRun["freshness"]): number =>
    runs.filter((run) => run.freshness === freshness).reduce((sum, run) => sum + run.end - run.start, 0);
  return `${count("exact")} cells exact, ${count("stale")} stale`;
}

/** A rule with the run's cells and freshness, then its text with a mark before each line: `=` exact, `~` stale. */
function runText(run: LedgerRun): string {
  const edits = run.edits === 0 ? "" : `, ${run.edits} ${run.edits === 1 ? "edit" : "edits"} old`;
  const shifts = run.shifts === 0 ? "" : `, shifted ${run.shifts} ${run.shifts === 1 ? "time" : "times"}`;
  const mark = run.freshness === "exact" ? "=" : "~";
  const lines = run.text.split(/\r\n|\r|\n/).map((line) => `${mark} ${line}`);
  return `──── cells ${run.start}..${run.end} ${run.freshness}${edits}${shifts}\n${lines.join("\n")}`;
}

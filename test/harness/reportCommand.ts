// Owns the command `report`: results of earlier replays in, one table out. Runs no model: shards of one measurement,
// or a run that was broken off and the one that took it up, become one report.
import { readFileSync, writeFileSync } from "node:fs";
import type { CompletionResult } from "./replay";
import { reportOf } from "./report";
import { markdownReport, textReport } from "./table";
import { UsageError } from "./usageError";

export interface ReportSettings {
  readonly paths: readonly string[];
  readonly markdownPath: string | undefined;
  readonly seed: number;
}

export function reportResults({ paths, markdownPath, seed }: ReportSettings, widthMax: number, say: (line: string) => void): void {
  const results = uniquePoints(paths.flatMap(readResults));
  const report = reportOf(results, seed);
  say(textReport(report, widthMax));
  if (markdownPath === undefined) return;
  writeFileSync(markdownPath, markdownReport(report));
  say(`written: ${markdownPath}`);
}

/** The completions that `replay --json` wrote. */
function readResults(path: string): readonly CompletionResult[] {
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    throw new UsageError(`${path} can't be read as JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  const isReport = typeof content === "object" && content !== null && "completions" in content && Array.isArray(content.completions);
  if (!isReport) throw new UsageError(`${path} is no file that replay --json wrote`);
  return (content as { readonly completions: readonly CompletionResult[] }).completions;
}

/** A point that two files measured under the same policy counts once, as the first file has it. */
function uniquePoints(results: readonly CompletionResult[]): readonly CompletionResult[] {
  const byPoint = new Map<string, CompletionResult>();
  for (const result of results) {
    const point = `${result.policy} ${result.ordinal} ${result.trace}`;
    if (!byPoint.has(point)) byPoint.set(point, result);
  }
  return [...byPoint.values()];
}

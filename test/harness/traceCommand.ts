// Owns the command `trace`: file changes in, folders of traces and probes out. What a trace is, history.ts and probes.ts know.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { unreachable } from "../../sidecar/base/assert";
import { Random } from "../../sidecar/base/random";
import type { Command, TraceSource } from "./commandLine";
import { changesBetween, folderFiles } from "./folderSource";
import { gitChanges } from "./gitSource";
import type { FileChange } from "./history";
import { traceOfHistory } from "./history";
import { npmFiles } from "./npmSource";
import { probesOf } from "./probes";
import type { Progress } from "./progress";
import type { Trace } from "./trace";
import { printTrace } from "./trace";

/** Writes OUT/traces/*.jsonl and OUT/probes/ACTION/*.jsonl, and says how many. */
export function makeTraces(command: Extract<Command, { readonly kind: "trace" }>, progress: Progress, say: (line: string) => void): void {
  const random = new Random(command.seed);
  const probeCounts = new Map<string, number>();
  let traces = 0;
  for (const change of changesOf(command.source, progress)) {
    const stem = `${String(traces).padStart(4, "0")}-${fileStem(change.uri)}`;
    write(join(command.out, "traces"), stem, traceOfHistory(change));
    traces += 1;
    for (const probe of probesOf(change, random)) {
      const action = probe.header.action ?? "";
      write(join(command.out, "probes", action.replaceAll(" ", "-")), stem, probe);
      probeCounts.set(action, (probeCounts.get(action) ?? 0) + 1);
    }
    progress.show(`${traces} traces`);
  }
  progress.end();
  if (traces === 0) say("No file change fits: modified source files of at most 200,000 characters and 40 hunks are taken.");
  else say(`${traces} traces in ${join(command.out, "traces")}, probes in ${join(command.out, "probes")}:`);
  for (const [action, count] of probeCounts) say(`  ${action.padEnd(16)} ${count}`);
}

function changesOf(source: TraceSource, progress: Progress): Iterable<FileChange> {
  switch (source.kind) {
    case "git":
      return gitChanges(source.repository, source.commits, source.file);
    case "npm":
      progress.show(`fetching ${source.before} and ${source.after} …`);
      return changesBetween(npmFiles(source.before), npmFiles(source.after), { package: source.after, before: source.before });
    case "diff":
      return changesBetween(folderFiles(source.before), folderFiles(source.after), { folder: source.after, before: source.before });
    default:
      return unreachable(source);
  }
}

function write(folder: string, stem: string, trace: Trace): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, `${stem}.jsonl`), printTrace(trace));
}

/** A file name from a path inside a repository or package. */
function fileStem(uri: string): string {
  return uri.slice(uri.lastIndexOf("/") + 1).replace(/[^\w.-]+/g, "_");
}

// Owns the command `replay`: traces and policies in, tables and JSON out.
import { existsSync, writeFileSync } from "node:fs";
import { cpus, platform } from "node:os";
import { dirname } from "node:path";
import { ManualClock, realClock } from "../../sidecar/base/clock";
import { Random } from "../../sidecar/base/random";
import type { ReplaySettings } from "./commandLine";
import { drawTraces, findTraces, readTrace } from "./corpus";
import { Interrupt } from "./interrupt";
import { measureTraces } from "./measureTraces";
import { Progress, progressLine } from "./progress";
import type { CompletionResult } from "./replay";
import type { Report } from "./report";
import { reportOf } from "./report";
import type { Rig, RigDescription } from "./rig";
import { markdownReport, textReport } from "./table";
import { UsageError } from "./usageError";

export interface ReplayOutput {
  /** Columns of the terminal. */
  readonly widthMax: number;
  say(line: string): void;
}

/** Opens the rig only when the traces have been read, so that a wrong path is told at once. */
export async function replayTraces(settings: ReplaySettings, openRig: () => Promise<Rig>, output: ReplayOutput): Promise<void> {
  const { say } = output;
  for (const path of [settings.jsonPath, settings.markdownPath]) {
    if (path !== undefined && !existsSync(dirname(path))) throw new UsageError(`there is no folder ${dirname(path)} to write to`);
  }
  const all = findTraces(settings.paths).map(readTrace);
  const traces = drawTraces(all, settings, new Random(settings.seed));
  const rig = await openRig();
  const progress = new Progress(realClock.nowMs);
  const interrupt = new Interrupt();
  const startedMs = realClock.nowMs();
  say(`${traces.length} of ${all.length} traces, policies ${settings.policies.join(", ")}, ${rig.description.model}`);
  try {
    const results = await measureTraces(traces, {
      policies: settings.policies,
      idle: settings.idle,
      pauses: settings.pauses,
      newTime: () => (settings.manualTime ? { kind: "manual", clock: new ManualClock() } : { kind: "real", clock: realClock }),
      newSessions: (policy, time, trace) =>
        rig.newSessions({ policy, clock: time.clock, languageId: trace.header.languageId, verify: settings.verify }),
      pointOf: ({ result }) => result,
      interrupted: () => interrupt.asked,
      progress: (done) => progress.show(progressLine(done, traces, realClock.nowMs() - startedMs)),
    });
    progress.end();
    if (interrupt.asked) say("Interrupted: this is what was measured until then, whole traces only.");
    tell(results, reportOf(results, settings.seed), settings, rig.description, output);
  } finally {
    progress.end();
    interrupt.close();
    rig.close();
  }
}

function tell(
  results: readonly CompletionResult[], report: Report, settings: ReplaySettings, description: RigDescription, { widthMax, say }: ReplayOutput,
): void {
  if (results.length === 0) say("No completion was measured.");
  else say("\n" + textReport(report, widthMax));
  if (!settings.policies.includes("cold")) say("\nlineEqualsCold and excessLoss need the policy cold, which wasn't asked for.");
  const measuredOn = { ...description, platform: platform(), cores: cpus().length, processor: cpus()[0]?.model ?? "", node: process.version };
  if (settings.jsonPath !== undefined) {
    const { paths, policies, seed, limit, perAction, idle, pauses, manualTime, verify } = settings;
    const asked = { paths, policies, seed, limit, perAction, idle, pauses, manualTime, verify };
    writeFileSync(settings.jsonPath, JSON.stringify({ palimpsest: 1, asked, measuredOn, report, completions: results }, undefined, 1) + "\n");
    say(`\nwritten: ${settings.jsonPath}`);
  }
  if (settings.markdownPath !== undefined) {
    writeFileSync(settings.markdownPath, markdownReport(report));
    say(`written: ${settings.markdownPath}`);
  }
}

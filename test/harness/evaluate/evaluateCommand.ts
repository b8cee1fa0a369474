// Owns the command `evaluate`: traces and policies in, or the results of other runs; table, JSON, Markdown and picture out.
import { existsSync, writeFileSync } from "node:fs";
import { cpus, platform } from "node:os";
import { dirname } from "node:path";
import { realClock } from "../../../sidecar/base/clock";
import { Random } from "../../../sidecar/base/random";
import type { Engine } from "../../../sidecar/engine/engine";
import type { PolicyName } from "../../../sidecar/session/policy";
import { drawTraces, findTraces, readTrace } from "../corpus";
import { Interrupt } from "../interrupt";
import { Progress, progressLine } from "../progress";
import type { ReplayOutput } from "../replayCommand";
import type { Rig } from "../rig";
import { UsageError } from "../usageError";
import { ColdCache } from "./coldCache";
import { ColdReference } from "./coldReference";
import type { EvaluatedPoint } from "./evaluatedPoint";
import type { EvaluateOutput, EvaluateSettings, MergeSettings } from "./evaluateOptions";
import type { PromptServer } from "./evaluation";
import { evaluateTraces } from "./evaluation";
import { frontierOf } from "./figures";
import { frontierPicture } from "./frontierPicture";
import { markdownFrontier, textFrontier } from "./frontierTable";
import type { Conditions } from "./resultsFile";
import { mergedResults, ResultsFile } from "./resultsFile";
import { markdownShown, shownRows, textShown } from "./shownFigures";
import type { WarmEngine } from "./warmEngine";
import { ofShard, ofSplit } from "./traceShare";

/** What an evaluation runs on. */
export interface EvaluationParts {
  readonly rig: Rig;
  /** What the rig's sessions run on, where first reads are to be shared. */
  readonly warm: WarmEngine | undefined;
  /** Knows nothing but what it is handed: what a cold cache answers is asked of it. Undefined where nobody asks. */
  readonly referenceEngine: Engine | undefined;
  /** One more of the kind, where it is asked what rounding alone does. */
  readonly displacedEngine: Engine | undefined;
  readonly server: (PromptServer & { close(): void }) | undefined;
  /** Names of the model file, of the rules of decoding and of this program. */
  readonly model: string;
  readonly decoding: string;
  readonly build: string;
}

/** Opens the parts only when the traces have been read, so that a wrong path is told at once. */
export async function runEvaluation(settings: EvaluateSettings, open: () => Promise<EvaluationParts>, output: ReplayOutput): Promise<void> {
  checkFolders(settings);
  const { say } = output;
  const all = findTraces(settings.paths).map(readTrace);
  const traces = ofShard(drawTraces(ofSplit(all, settings.split), settings, new Random(settings.seed)), settings.shard);
  if (traces.length === 0) throw new UsageError("no trace is left to evaluate");
  const parts = await open();
  const conditions = conditionsOf(settings, parts);
  const progress = new Progress(realClock.nowMs);
  const interrupt = new Interrupt();
  const startedMs = realClock.nowMs();
  const shardName = settings.shard === undefined ? "all" : `${settings.shard.index}-of-${settings.shard.count}`;
  const cache = new ColdCache(settings.coldFolder, shardName);
  const reference = parts.referenceEngine === undefined ? undefined : referenceOf(settings, parts, parts.referenceEngine, cache, 0);
  const displaced = parts.displacedEngine === undefined ? undefined : referenceOf(settings, parts, parts.displacedEngine, cache, displacement);
  try {
    const results = new ResultsFile(settings.jsonPath === undefined ? undefined : `${settings.jsonPath}l`, conditions, parts.build);
    say(`${traces.length} of ${all.length} traces (split ${settings.split}, shard ${shardName}), ${parts.rig.description.model}`);
    say(`policies: ${settings.policies.join(", ")}`);
    const { units, ofOtherBuilds } = results.takenOver;
    if (units > 0) say(`${units} replays are taken over from ${settings.jsonPath}l`);
    if (ofOtherBuilds > 0) say(`${ofOtherBuilds} of them were measured by another build: remove the file to measure them anew`);
    try {
      const { rig, warm, server } = parts;
      const { policies, idle, healed } = settings;
      const points = await evaluateTraces(traces, {
        rig, warm, reference, displaced, server, results, policies, idle, healed,
        interrupted: () => interrupt.asked,
        progress: (done) => progress.show(progressLine(done, traces, realClock.nowMs() - startedMs)),
      });
      progress.end();
      if (interrupt.asked) say("Interrupted: these are the whole traces until then. The same command goes on from here.");
      const { found, computed } = cache.counts;
      if (settings.cold) say(`cold caches: ${computed} answers computed, ${found} known`);
      tell(points, settings.policies, conditions, settings, output);
    } finally {
      results.close();
    }
  } finally {
    progress.end();
    interrupt.close();
    parts.server?.close();
    reference?.close();
    displaced?.close();
    cache.close();
    parts.rig.close();
  }
}

/** One table of the results of other runs. */
export function mergeEvaluations(settings: MergeSettings, output: ReplayOutput): void {
  checkFolders(settings);
  const { conditions, units } = mergedResults(settings.paths);
  const policies = [...new Set(units.map((unit) => unit.policy))];
  const builds = new Set(units.map((unit) => unit.build));
  if (builds.size > 1) output.say(`These results were measured by ${builds.size} builds of the program.`);
  tell(units.flatMap((unit) => unit.points), policies, conditions, settings, output);
}

/** Cells that everything is moved by: no multiple of what kernels sum at once. */
const displacement = 13;

function referenceOf(settings: EvaluateSettings, { model, decoding }: EvaluationParts, engine: Engine, cache: ColdCache, cellsBefore: number): ColdReference {
  const { gpu, flashAttention } = settings.engine;
  const { contextLength, batchTokensMax } = engine.capabilities;
  const identity = [model, decoding, gpu, flashAttention ?? "off", contextLength, batchTokensMax].join(" ");
  const keep = gpu === "cpu" && flashAttention !== "auto" ? "prefix" : "none";
  return new ColdReference({ engine, identity, cache, keep, cellsBefore });
}

function conditionsOf(settings: EvaluateSettings, { rig, model, decoding, server }: EvaluationParts): Conditions {
  const { gpu, flashAttention = "off", threads } = settings.engine;
  const { contextLength, shiftRefusal } = rig.description;
  return {
    model: rig.description.model, modelFile: model, decoding, contextLength, shiftRefusal: shiftRefusal ?? null,
    gpu, flashAttention, threads: threads ?? null, idle: settings.idle, healed: settings.healed,
    ...(settings.cold ? {} : { cold: false }), rounding: settings.rounding, llamaServer: server !== undefined,
    platform: platform(), processor: cpus()[0]?.model ?? "",
  };
}

function checkFolders({ jsonPath, markdownPath, picturePath }: EvaluateOutput): void {
  for (const path of [jsonPath, markdownPath, picturePath]) {
    if (path !== undefined && !existsSync(dirname(path))) throw new UsageError(`there is no folder ${dirname(path)} to write to`);
  }
}

function tell(
  points: readonly EvaluatedPoint[], policies: readonly PolicyName[], conditions: Conditions, settings: EvaluateOutput, { widthMax, say }: ReplayOutput,
): void {
  if (points.length === 0) return say("No completion was measured.");
  const rows = frontierOf(points, policies, settings.seed);
  const shown = shownRows(points, policies);
  say("\n" + textFrontier(rows, widthMax));
  if (shown.length > 0) say("\n" + textShown(shown, widthMax));
  const write = (path: string | undefined, content: () => string): void => {
    if (path === undefined) return;
    writeFileSync(path, content());
    say(`written: ${path}`);
  };
  write(settings.jsonPath, () => JSON.stringify({ palimpsest: 1, kind: "frontier", conditions, policies, rows, shown }, undefined, 1) + "\n");
  write(settings.markdownPath, () => [markdownFrontier(rows), ...(shown.length > 0 ? [markdownShown(shown)] : [])].join("\n") + "\n");
  write(settings.picturePath, () => frontierPicture(rows));
}

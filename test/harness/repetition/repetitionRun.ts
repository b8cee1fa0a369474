// Owns one run of the repetition benchmark: files in, cases of each scenario and language, generations, and the table.
import { existsSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { realClock } from "../../../sidecar/base/clock";
import { PieceIndex } from "../../../sidecar/tokens/pieceIndex";
import type { Grammar } from "../../../grammars/grammars";
import { Interrupt } from "../interrupt";
import { Progress } from "../progress";
import type { ReplayOutput } from "../replayCommand";
import type { Rig } from "../rig";
import { UsageError } from "../usageError";
import { BenchmarkFile, mergedBenchmarks } from "./benchmarkFile";
import type { BenchmarkConditions, BenchmarkResults } from "./benchmarkFile";
import { caseScenarios } from "./case";
import { CaseRun } from "./caseRun";
import type { RunWatch } from "./caseRun";
import { readCaseSources } from "./caseSources";
import type { Compilers } from "./compilers";
import { figureRows } from "./figures";
import { markdownFigures, textFigures } from "./figureTable";
import { judged, loadedGrammars } from "./judge";
import type { Judge } from "./judge";
import type { RepetitionMerge, RepetitionOutput, RepetitionSettings } from "./repetitionOptions";
import { markdownShortRows, shortRows, textShortRows } from "./shortFigures";
import { shortRun, tracesFor } from "./shortRun";

/** What a run needs besides its settings; the rig is opened only when the files have been read. */
export interface RepetitionParts {
  readonly compilers: Compilers;
  loadGrammar(languageId: string): Promise<Grammar | undefined>;
  openRig(): Promise<Rig>;
}

export async function runRepetition(settings: RepetitionSettings, parts: RepetitionParts, output: ReplayOutput): Promise<void> {
  checkFolders(settings);
  const scenarios = caseScenarios.filter((scenario) => settings.scenarios.includes(scenario));
  const sources = scenarios.length === 0 ? [] : readCaseSources(settings.paths, settings.languages);
  const traces = settings.scenarios.includes("short") ? tracesFor(settings) : [];
  const languageIds = [...sources.map(({ languageId }) => languageId), ...traces.map(({ header }) => header.languageId)];
  const grammarOf = await loadedGrammars(languageIds, (languageId) => parts.loadGrammar(languageId));
  const rig = await parts.openRig();
  const file = new BenchmarkFile(settings.jsonPath, conditionsOf(settings, rig));
  const progress = new Progress(realClock.nowMs);
  const interrupt = new Interrupt();
  const watch: RunWatch = {
    say: (line) => {
      progress.end();
      output.say(line);
    },
    progress: (line) => progress.show(line),
    interrupted: () => interrupt.asked,
  };
  try {
    const names = settings.methods.map(({ name }) => name).join(", ");
    watch.say(`${sources.length} source files, ${traces.length} traces, methods ${names}, ${rig.description.model}`);
    const pieces = new PieceIndex(rig.engine, rig.engine.capabilities.vocabularySize);
    const run = new CaseRun(settings, rig, pieces, file, grammarOf, watch);
    for (const scenario of scenarios) {
      for (const language of settings.languages) await run.measure(scenario, language, sources.filter((source) => source.language === language));
    }
    const shortForms = await shortRun(settings, traces, { rig, pieces, seed: settings.seed, grammarOf, interrupted: () => interrupt.asked }, file, watch);
    progress.end();
    if (interrupt.asked) output.say("Interrupted: this is what was measured until then. The same command goes on from here where --json is given.");
    tell({ ...run.results, shortForms }, { compilers: parts.compilers, grammarOf }, settings, output);
  } finally {
    progress.end();
    interrupt.close();
    file.close();
    rig.close();
  }
}

/** One table of the results of other runs. */
export async function mergeRepetitions(settings: RepetitionMerge, parts: Omit<RepetitionParts, "openRig">, output: ReplayOutput): Promise<void> {
  checkFolders(settings);
  const results = mergedBenchmarks(settings.paths);
  const grammarOf = await loadedGrammars(results.cases.map(({ languageId }) => languageId), (languageId) => parts.loadGrammar(languageId));
  tell(results, { compilers: parts.compilers, grammarOf }, settings, output);
}

function conditionsOf({ prompt, tokensMax, seed, engine }: RepetitionSettings, { description }: Rig): BenchmarkConditions {
  const { model, contextLength, gpu } = description;
  return { model, contextLength, gpu, flashAttention: engine.flashAttention ?? "off", prompt, tokensMax, seed };
}

function checkFolders({ jsonPath, markdownPath }: RepetitionOutput): void {
  for (const path of [jsonPath, markdownPath]) {
    if (path !== undefined && !existsSync(dirname(path))) throw new UsageError(`there is no folder ${dirname(path)} to write to`);
  }
}

type Measurements = Pick<BenchmarkResults, "cases" | "generations" | "shortForms">;

function tell({ cases, generations, shortForms }: Measurements, judge: Judge, { markdownPath, seed }: RepetitionOutput, { widthMax, say }: ReplayOutput): void {
  if (generations.length + shortForms.length === 0) return say("Nothing was measured.");
  const methods = [...new Set([...generations, ...shortForms].map(({ method }) => method))];
  const rows = figureRows(judged(cases, generations, judge), methods, seed);
  const short = shortRows(shortForms, methods, seed);
  if (rows.length > 0) say("\n" + textFigures(rows, widthMax));
  if (short.length > 0) say("\n" + textShortRows(short, widthMax));
  if (markdownPath === undefined) return;
  const tables = [...(rows.length > 0 ? [markdownFigures(rows)] : []), ...(short.length > 0 ? [markdownShortRows(short)] : [])];
  writeFileSync(markdownPath, tables.join("\n"));
  say(`written: ${markdownPath}`);
}

// Owns one run of the repetition benchmark: files in, cases of each scenario and language, generations, and the table.
import { existsSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { realClock } from "../../../sidecar/base/clock";
import { Random } from "../../../sidecar/base/random";
import { PieceIndex } from "../../../sidecar/tokens/pieceIndex";
import type { Grammar } from "../../../grammars/grammars";
import { Interrupt } from "../interrupt";
import { Progress } from "../progress";
import type { ReplayOutput } from "../replayCommand";
import type { Rig } from "../rig";
import { UsageError } from "../usageError";
import { BenchmarkFile, generationKey, mergedBenchmarks } from "./benchmarkFile";
import type { BenchmarkConditions, BenchmarkResults } from "./benchmarkFile";
import type { CaseLanguage, CaseScenario, CaseSource, RepetitionCase } from "./case";
import { readCaseSources } from "./caseSources";
import type { Compilers } from "./compilers";
import { figureRows } from "./figures";
import { markdownFigures, textFigures } from "./figureTable";
import type { Generation } from "./generation";
import { judged, loadedGrammars } from "./judge";
import { loopingCases } from "./loopSearch";
import { loopCandidates, pastedRepetitions, realRepetitions } from "./makeCases";
import type { SyntaxJudge } from "./makeCases";
import { measureCase } from "./measureCases";
import type { CaseBench } from "./measureCases";
import { penaltyTrace } from "./penaltyTrace";
import type { RepetitionMerge, RepetitionOutput, RepetitionSettings } from "./repetitionOptions";
import { countSyntaxErrors, isProse } from "./syntaxErrors";

/** Cut points of one file that the search for loops tries at most. */
const roundsMax = 40;

/** What a run needs besides its settings; the rig is opened only when the files have been read. */
export interface RepetitionParts {
  readonly compilers: Compilers;
  loadGrammar(languageId: string): Promise<Grammar | undefined>;
  openRig(): Promise<Rig>;
}

export async function runRepetition(settings: RepetitionSettings, parts: RepetitionParts, output: ReplayOutput): Promise<void> {
  checkFolders(settings);
  const sources = readCaseSources(settings.paths, settings.languages);
  const grammarOf = await loadedGrammars(sources.map(({ languageId }) => languageId), (languageId) => parts.loadGrammar(languageId));
  const rig = await parts.openRig();
  const file = new BenchmarkFile(settings.jsonPath, conditionsOf(settings, rig));
  const run = new Run(settings, rig, file, grammarOf, output);
  try {
    const names = settings.methods.map(({ name }) => name).join(", ");
    output.say(`${sources.length} source files, methods ${names}, ${rig.description.model}`);
    for (const scenario of settings.scenarios) {
      for (const language of settings.languages) await run.measure(scenario, language, sources.filter((source) => source.language === language));
    }
    run.end();
    tell(run.results, { compilers: parts.compilers, grammarOf }, settings, output);
  } finally {
    run.end();
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

class Run {
  private readonly progress = new Progress(realClock.nowMs);
  private readonly interrupt = new Interrupt();
  private readonly bench: CaseBench;
  private readonly generations: Generation[] = [];
  private readonly cases: RepetitionCase[] = [];
  private readonly known: ReadonlyMap<string, Generation>;

  constructor(
    private readonly settings: RepetitionSettings, private readonly rig: Rig, private readonly file: BenchmarkFile,
    private readonly grammarOf: (languageId: string) => Grammar | undefined, private readonly output: ReplayOutput,
  ) {
    const { prompt, tokensMax, seed } = settings;
    const { engine } = rig;
    this.known = new Map(file.earlier?.generations.map((generation) => [generationKey(generation.caseId, generation.method), generation]));
    this.bench = {
      engine, clock: realClock, pieces: new PieceIndex(engine, engine.capabilities.vocabularySize), prompt, tokensMax, seed, grammarOf,
      interrupted: () => this.interrupt.asked,
    };
  }

  get results(): Pick<BenchmarkResults, "cases" | "generations"> {
    return { cases: this.cases, generations: this.generations };
  }

  async measure(scenario: CaseScenario, language: CaseLanguage, sources: readonly CaseSource[]): Promise<void> {
    const { index, count } = this.settings.shard;
    const wanted = Math.ceil((this.settings.cases - (index - 1)) / count);
    let done = 0;
    for (const sample of this.casesOf(scenario, sources)) {
      if (wanted <= done || this.interrupt.asked) break;
      this.progress.show(`${scenario} ${language}: case ${done + 1} of ${wanted}`);
      if (!this.measureOne(sample)) break;
      done += 1;
      // Measuring is synchronous; signals and output need a turn now and then.
      await new Promise((resolve) => setImmediate(resolve));
    }
    if (done < wanted && !this.interrupt.asked) this.output.say(`${scenario} ${language}: only ${done} of ${wanted} cases are to be had from these files`);
  }

  end(): void {
    this.progress.end();
    this.interrupt.close();
  }

  /** Cases of one scenario for this shard. A loop is searched for among this shard's own candidates. */
  private casesOf(scenario: CaseScenario, sources: readonly CaseSource[]): Iterable<RepetitionCase> {
    const { shard, prompt, tokensMax, seed } = this.settings;
    const random = new Random(seed);
    const own = <Value>(values: Iterable<Value>): Iterable<Value> => everyNth(values, shard.index - 1, shard.count);
    if (scenario === "rr") return own(realRepetitions(sources, random, this.syntax));
    if (scenario === "as") return own(pastedRepetitions(sources, random, this.syntax));
    const of = `${this.rig.description.model}, ${prompt}, ${tokensMax} tokens`;
    const verdicts = (this.file.earlier?.verdicts ?? []).filter((verdict) => verdict.of === of);
    return loopingCases(own(loopCandidates(sources, random, roundsMax)), {
      engine: this.rig.engine, clock: realClock, prompt, tokensMax,
      known: new Map(verdicts.map(({ caseId, loops }) => [caseId, loops])),
      remember: (caseId, loops) => this.file.add({ kind: "verdict", of, caseId, loops }),
      interrupted: () => this.interrupt.asked,
    });
  }

  private get syntax(): SyntaxJudge {
    const withGrammar = <Result>(languageId: string, otherwise: Result, ask: (grammar: Grammar) => Result): Result => {
      const grammar = this.grammarOf(languageId);
      return grammar === undefined ? otherwise : ask(grammar);
    };
    return {
      errors: ({ languageId }, text) => withGrammar(languageId, 0, (grammar) => countSyntaxErrors(grammar, text)),
      isProse: ({ languageId, text }, offset) => withGrammar(languageId, false, (grammar) => isProse(grammar, text, offset)),
    };
  }

  /** False where it was interrupted: the case is left out under every method. */
  private measureOne(sample: RepetitionCase): boolean {
    const { methods } = this.settings;
    const isKnown = (name: string): boolean => this.known.has(generationKey(sample.id, name));
    const missing = methods.filter(({ name }) => !isKnown(name));
    const fresh = missing.length === 0 ? [] : measureCase(this.bench, sample, missing);
    if (fresh.length < missing.length) return false;
    if (fresh.length > 0) this.file.add({ kind: "case", ...sample });
    for (const generation of fresh) this.file.add(generation);
    const earlier = methods.flatMap(({ name }) => this.known.get(generationKey(sample.id, name)) ?? []);
    this.cases.push(sample);
    this.generations.push(...earlier, ...fresh);
    if (!this.settings.trace) return true;
    this.progress.end();
    for (const generation of [...earlier, ...fresh]) this.output.say(penaltyTrace(sample, generation, (token) => this.rig.engine.pieceOf(token)));
    return true;
  }
}

function* everyNth<Value>(values: Iterable<Value>, offset: number, count: number): Generator<Value> {
  let index = 0;
  for (const value of values) {
    if (index % count === offset) yield value;
    index += 1;
  }
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

function tell(
  { cases, generations }: Pick<BenchmarkResults, "cases" | "generations">, judge: Parameters<typeof judged>[2], { markdownPath, seed }: RepetitionOutput,
  { widthMax, say }: ReplayOutput,
): void {
  if (generations.length === 0) return say("No case was measured.");
  const methods = [...new Set(generations.map(({ method }) => method))];
  const rows = figureRows(judged(cases, generations, judge), methods, seed);
  say("\n" + textFigures(rows, widthMax));
  if (markdownPath === undefined) return;
  writeFileSync(markdownPath, markdownFigures(rows));
  say(`written: ${markdownPath}`);
}

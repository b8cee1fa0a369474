// Owns the long forms of one run: cases of each scenario and language for this process, and a generation of each under each
// method. What an earlier run has is not generated again. Knows no table.
import { realClock } from "../../../sidecar/base/clock";
import { Random } from "../../../sidecar/base/random";
import type { PieceIndex } from "../../../sidecar/tokens/pieceIndex";
import type { Grammar } from "../../../grammars/grammars";
import { countSyntaxErrors } from "../../../grammars/syntaxErrors";
import type { Shard } from "../evaluate/traceShare";
import type { Rig } from "../rig";
import { generationKey } from "./benchmarkFile";
import type { BenchmarkFile, BenchmarkResults } from "./benchmarkFile";
import type { CaseLanguage, CaseScenario, CaseSource, RepetitionCase } from "./case";
import type { Generation } from "./generation";
import { loopingCases } from "./loopSearch";
import { loopCandidates, pastedRepetitions, prefixUtf16, realRepetitions } from "./makeCases";
import type { SyntaxJudge } from "./makeCases";
import { measureCase } from "./measureCases";
import type { CaseBench } from "./measureCases";
import { penaltyTrace } from "./penaltyTrace";
import type { RepetitionSettings } from "./repetitionOptions";
import { isProse } from "./prose";

/** Cut points of one file that the search for loops tries at most. */
const roundsMax = 40;

/** Who waits for a run: is told how far it is, and may end it. */
export interface RunWatch {
  say(line: string): void;
  progress(line: string): void;
  interrupted(): boolean;
}

/** How many of `count` fall to one process. */
const shareOf = (count: number, shard: Shard): number => Math.ceil((count - (shard.index - 1)) / shard.count);

export class CaseRun {
  private readonly bench: CaseBench;
  private readonly generations: Generation[] = [];
  private readonly cases: RepetitionCase[] = [];
  private readonly known: ReadonlyMap<string, Generation>;

  constructor(
    private readonly settings: RepetitionSettings, private readonly rig: Rig, private readonly pieces: PieceIndex, private readonly file: BenchmarkFile,
    private readonly grammarOf: (languageId: string) => Grammar | undefined, private readonly watch: RunWatch,
  ) {
    const { prompt, tokensMax, seed } = settings;
    const { engine } = rig;
    this.known = new Map(file.earlier?.generations.map((generation) => [generationKey(generation.caseId, generation.method), generation]));
    this.bench = {
      engine, clock: realClock, pieces: this.pieces, prompt, tokensMax, seed, grammarOf,
      interrupted: () => this.watch.interrupted(),
    };
  }

  get results(): Pick<BenchmarkResults, "cases" | "generations"> {
    return { cases: this.cases, generations: this.generations };
  }

  async measure(scenario: CaseScenario, language: CaseLanguage, sources: readonly CaseSource[]): Promise<void> {
    const wanted = shareOf(this.settings.cases, this.settings.shard);
    let done = 0;
    for (const sample of this.casesOf(scenario, sources)) {
      if (wanted <= done || this.watch.interrupted()) break;
      this.watch.progress(`${scenario} ${language}: case ${done + 1} of ${wanted}`);
      if (!this.measureOne(sample)) break;
      done += 1;
      // Measuring is synchronous; signals and output need a turn now and then.
      await new Promise((resolve) => setImmediate(resolve));
    }
    if (done < wanted && !this.watch.interrupted()) this.watch.say(`${scenario} ${language}: only ${done} of ${wanted} cases are to be had from these files`);
  }

  /** Cases of one scenario for this shard. A loop is searched for among this shard's own candidates. */
  private casesOf(scenario: CaseScenario, sources: readonly CaseSource[]): Iterable<RepetitionCase> {
    const { shard, prompt, tokensMax, seed } = this.settings;
    const random = new Random(seed);
    const own = (cases: Iterable<RepetitionCase>): Iterable<RepetitionCase> => everyNth(eachOnce(cases), shard.index - 1, shard.count);
    if (scenario === "rr") return own(realRepetitions(sources, random, this.syntax));
    if (scenario === "as") return own(pastedRepetitions(sources, random, this.syntax));
    const of = `${this.rig.description.model}, ${prompt}, ${tokensMax} tokens`;
    const verdicts = (this.file.earlier?.verdicts ?? []).filter((verdict) => verdict.of === of);
    return loopingCases(own(loopCandidates(sources, random, roundsMax)), {
      engine: this.rig.engine, clock: realClock, prompt, tokensMax,
      known: new Map(verdicts.map(({ caseId, loops }) => [caseId, loops])),
      remember: (caseId, loops) => this.file.add({ kind: "verdict", of, caseId, loops }),
      interrupted: () => this.watch.interrupted(),
    });
  }

  private get syntax(): SyntaxJudge {
    const withGrammar = <Result>(languageId: string, otherwise: Result, ask: (grammar: Grammar) => Result): Result => {
      const grammar = this.grammarOf(languageId);
      return grammar === undefined ? otherwise : ask(grammar);
    };
    return {
      errors: ({ languageId }, text) => withGrammar(languageId, 0, (grammar) => countSyntaxErrors(grammar, text)),
      // What stands further down hardly ever decides what a place near the top is, and whole files take long.
      isProse: ({ languageId, text }, offset) => withGrammar(languageId, false, (grammar) => isProse(grammar, text.slice(0, 2 * prefixUtf16.max), offset)),
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
    for (const generation of [...earlier, ...fresh]) this.watch.say(penaltyTrace(sample, generation, (token) => this.rig.engine.pieceOf(token)));
    return true;
  }
}

/** Files that begin alike make the same case. */
function* eachOnce(cases: Iterable<RepetitionCase>): Generator<RepetitionCase> {
  const seen = new Set<string>();
  for (const sample of cases) {
    if (seen.has(sample.id)) continue;
    seen.add(sample.id);
    yield sample;
  }
}

function* everyNth<Value>(values: Iterable<Value>, offset: number, count: number): Generator<Value> {
  let index = 0;
  for (const value of values) {
    if (index % count === offset) yield value;
    index += 1;
  }
}

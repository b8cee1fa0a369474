// Owns the results of the benchmark on disk: a line on the conditions, then cases, generations and what the search for loops
// found, a line each as they come. A run that was broken off goes on there; files of several processes merge. Knows no engine.
import { JsonLinesFile, readJsonLines } from "../evaluate/jsonLinesFile";
import { UsageError } from "../usageError";
import type { RepetitionCase } from "./case";
import type { Generation } from "./generation";
import type { LoopVerdict } from "./loopSearch";
import type { ShortForm } from "./shortForm";

/** What all results of one file have in common. Others don't belong into one table with them. */
export type BenchmarkConditions = Readonly<Record<string, string | number | boolean>>;

interface Header {
  readonly palimpsest: 1;
  readonly kind: "repetition";
  readonly conditions: BenchmarkConditions;
}

type CaseLine = { readonly kind: "case" } & RepetitionCase;
type BenchmarkLine = CaseLine | Generation | LoopVerdict | ShortForm;

export interface BenchmarkResults {
  readonly conditions: BenchmarkConditions;
  readonly cases: readonly RepetitionCase[];
  /** One a case and method, the first that a file has. */
  readonly generations: readonly Generation[];
  readonly verdicts: readonly LoopVerdict[];
  /** One a trace and method. */
  readonly shortForms: readonly ShortForm[];
}

export class BenchmarkFile {
  readonly earlier: BenchmarkResults | undefined;
  private readonly file: JsonLinesFile | undefined;

  /** Takes up what `path` has, or begins it; undefined keeps nothing. Pairs with close(). @throws UsageError under other conditions */
  constructor(path: string | undefined, conditions: BenchmarkConditions) {
    this.earlier = path === undefined ? undefined : readBenchmark(path);
    if (this.earlier !== undefined) checkSame(path ?? "", this.earlier.conditions, conditions);
    if (path === undefined) return;
    this.file = new JsonLinesFile(path);
    if (this.earlier === undefined) this.file.append({ palimpsest: 1, kind: "repetition", conditions } satisfies Header);
  }

  add(line: BenchmarkLine): void {
    this.file?.append(line);
  }

  close(): void {
    this.file?.close();
  }
}

/** Undefined where there is no such file or nothing in it. @throws UsageError where it is something else. */
function readBenchmark(path: string): BenchmarkResults | undefined {
  const [first, ...lines] = readJsonLines(path);
  if (first === undefined) return undefined;
  const header = first as Partial<Header>;
  if (header.palimpsest !== 1 || header.kind !== "repetition" || header.conditions === undefined) {
    throw new UsageError(`${path} holds no results of the repetition benchmark`);
  }
  return { conditions: header.conditions, ...sorted(lines as readonly BenchmarkLine[]) };
}

/** Results of several processes as one. @throws UsageError where they don't belong together. */
export function mergedBenchmarks(paths: readonly string[]): BenchmarkResults {
  const all = paths.map((path) => {
    const results = readBenchmark(path);
    if (results === undefined) throw new UsageError(`there is nothing in ${path}`);
    return { path, results };
  });
  const [first] = all;
  if (first === undefined) throw new UsageError("there is nothing to merge");
  for (const { path, results } of all) checkSame(path, results.conditions, first.results.conditions);
  const lines = all.flatMap(({ results }) => linesOf(results));
  return { conditions: first.results.conditions, ...sorted(lines) };
}

function linesOf({ cases, generations, verdicts, shortForms }: BenchmarkResults): readonly BenchmarkLine[] {
  return [...cases.map((sample): CaseLine => ({ kind: "case", ...sample })), ...generations, ...verdicts, ...shortForms];
}

function sorted(lines: readonly BenchmarkLine[]): Omit<BenchmarkResults, "conditions"> {
  const cases = new Map<string, RepetitionCase>();
  const generations = new Map<string, Generation>();
  const verdicts = new Map<string, LoopVerdict>();
  const shortForms = new Map<string, ShortForm>();
  for (const line of lines) {
    switch (line.kind) {
      case "case": {
        const { kind: _kind, ...sample } = line;
        if (!cases.has(sample.id)) cases.set(sample.id, sample);
        break;
      }
      case "generation": {
        const key = generationKey(line.caseId, line.method);
        if (!generations.has(key)) generations.set(key, line);
        break;
      }
      case "verdict":
        verdicts.set(`${line.caseId} ${line.of}`, line);
        break;
      case "short": {
        const key = shortKey(line.trace, line.method);
        if (!shortForms.has(key)) shortForms.set(key, line);
        break;
      }
    }
  }
  return { cases: [...cases.values()], generations: [...generations.values()], verdicts: [...verdicts.values()], shortForms: [...shortForms.values()] };
}

export const shortKey = (trace: string, method: string): string => `${method} ${trace}`;
export const generationKey = (caseId: string, method: string): string => `${caseId} ${method}`;

function checkSame(path: string, own: BenchmarkConditions, other: BenchmarkConditions): void {
  const names = [...new Set([...Object.keys(own), ...Object.keys(other)])].filter((name) => own[name] !== other[name]);
  if (names.length === 0) return;
  const differing = names.map((name) => `${name}: ${String(own[name])} and ${String(other[name])}`).join(", ");
  throw new UsageError(`${path} was measured under other conditions (${differing})`);
}

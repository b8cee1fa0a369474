// Owns the results of the benchmark on disk: a line on the conditions, then cases, their members and generations, a line each
// as they come. A run that was broken off goes on there; files of several processes merge. Knows no engine.
import { JsonLinesFile, readJsonLines } from "../evaluate/jsonLinesFile";
import { UsageError } from "../usageError";
import type { DereferenceCase } from "./case";
import { generationKey } from "./generation";
import type { Fallen, Generation, Members } from "./generation";

/** What all results of one file have in common. Others don't belong into one table with them. */
export type DereferenceConditions = Readonly<Record<string, string | number | boolean>>;

interface Header {
  readonly palimpsest: 1;
  readonly kind: "dereference";
  readonly conditions: DereferenceConditions;
}

type CaseLine = { readonly kind: "case" } & DereferenceCase;
type Line = CaseLine | Members | Generation | Fallen;

export interface DereferenceResults {
  readonly conditions: DereferenceConditions;
  readonly cases: readonly DereferenceCase[];
  /** One a case, the first that a file has. */
  readonly members: readonly Members[];
  /** Ids of the cases at which the server falls. */
  readonly fallen: readonly string[];
  /** One a case, method and draw, the first that a file has. */
  readonly generations: readonly Generation[];
}

export class DereferenceFile {
  readonly earlier: DereferenceResults | undefined;
  private readonly file: JsonLinesFile | undefined;

  /** Takes up what `path` has, or begins it; undefined keeps nothing. Pairs with close(). @throws UsageError under other conditions */
  constructor(path: string | undefined, conditions: DereferenceConditions) {
    this.earlier = path === undefined ? undefined : readResults(path);
    if (this.earlier !== undefined) checkSame(path ?? "", this.earlier.conditions, conditions);
    if (path === undefined) return;
    this.file = new JsonLinesFile(path);
    if (this.earlier === undefined) this.file.append({ palimpsest: 1, kind: "dereference", conditions } satisfies Header);
  }

  add(line: Line): void {
    this.file?.append(line);
  }

  close(): void {
    this.file?.close();
  }
}

/** Undefined where there is no such file or nothing in it. @throws UsageError where it is something else. */
function readResults(path: string): DereferenceResults | undefined {
  const [first, ...lines] = readJsonLines(path);
  if (first === undefined) return undefined;
  const header = first as Partial<Header>;
  if (header.palimpsest !== 1 || header.kind !== "dereference" || header.conditions === undefined) {
    throw new UsageError(`${path} holds no results of the dereference benchmark`);
  }
  return { conditions: header.conditions, ...sorted(lines as readonly Line[]) };
}

/** Results of several processes as one. @throws UsageError where they don't belong together. */
export function mergedResults(paths: readonly string[]): DereferenceResults {
  const all = paths.map((path) => {
    const results = readResults(path);
    if (results === undefined) throw new UsageError(`there is nothing in ${path}`);
    return { path, results };
  });
  const [first] = all;
  if (first === undefined) throw new UsageError("there is nothing to merge");
  for (const { path, results } of all) checkSame(path, results.conditions, first.results.conditions);
  return { conditions: first.results.conditions, ...sorted(all.flatMap(({ results }) => linesOf(results))) };
}

function linesOf({ cases, members, generations, fallen }: DereferenceResults): readonly Line[] {
  const fell = fallen.map((caseId): Fallen => ({ kind: "fallen", caseId }));
  return [...fell, ...cases.map((one): CaseLine => ({ kind: "case", ...one })), ...members, ...generations];
}

function sorted(lines: readonly Line[]): Omit<DereferenceResults, "conditions"> {
  const cases = new Map<string, DereferenceCase>();
  const members = new Map<string, Members>();
  const generations = new Map<string, Generation>();
  const fallen = new Set<string>();
  for (const line of lines) {
    switch (line.kind) {
      case "case": {
        const { kind: _kind, ...one } = line;
        if (!cases.has(one.id)) cases.set(one.id, one);
        break;
      }
      case "fallen":
        fallen.add(line.caseId);
        break;
      case "members":
        if (!members.has(line.caseId)) members.set(line.caseId, line);
        break;
      case "generation":
        if (!generations.has(generationKey(line))) generations.set(generationKey(line), line);
        break;
    }
  }
  return { cases: [...cases.values()], members: [...members.values()], generations: [...generations.values()], fallen: [...fallen] };
}

function checkSame(path: string, own: DereferenceConditions, other: DereferenceConditions): void {
  const names = [...new Set([...Object.keys(own), ...Object.keys(other)])].filter((name) => own[name] !== other[name]);
  if (names.length === 0) return;
  const differing = names.map((name) => `${name}: ${String(own[name])} and ${String(other[name])}`).join(", ");
  throw new UsageError(`${path} was measured under other conditions (${differing})`);
}

// Owns the results of an evaluation on disk: a line on the conditions, then a line for each trace under each policy, as they
// come. A run that was broken off finds there what is done; several files become one table. Knows no engine.
import type { PolicyName } from "../../../sidecar/session/policy";
import { policyNamed } from "../../../sidecar/session/policy";
import type { Trace } from "../trace";
import { printTrace } from "../trace";
import { UsageError } from "../usageError";
import { contentKey } from "./coldCache";
import type { EvaluatedPoint } from "./evaluatedPoint";
import { JsonLinesFile, readJsonLines } from "./jsonLinesFile";

/** All that results depend on besides trace and policy. Results under other conditions don't belong into one table. */
export type Conditions = Readonly<Record<string, string | number | boolean | null>>;

interface Unit {
  readonly unit: string;
  readonly policy: PolicyName;
  readonly trace: string;
  /** Which program measured it. */
  readonly build: string;
  readonly points: readonly EvaluatedPoint[];
}

interface Header {
  readonly palimpsest: 1;
  readonly kind: "evaluation";
  readonly conditions: Conditions;
}

export interface Results {
  readonly conditions: Conditions;
  readonly units: readonly Unit[];
}

/** One trace under one policy, by content: a policy that now says something else is another one. */
function unitKey(policy: PolicyName, trace: Trace): string {
  return contentKey([JSON.stringify(policyNamed(policy) ?? policy), trace.name, printTrace(trace)]);
}

export class ResultsFile {
  private readonly units: Map<string, Unit>;
  private readonly file: JsonLinesFile | undefined;

  /** Takes up what `path` has, or begins it; undefined keeps nothing. @throws UsageError where it was measured under other conditions. */
  constructor(path: string | undefined, conditions: Conditions, private readonly build: string) {
    const earlier = path === undefined ? undefined : readResults(path);
    if (earlier !== undefined) {
      const differing = differences(earlier.conditions, conditions);
      if (differing !== "") throw new UsageError(`${path} was measured under other conditions (${differing}): remove it, or give another --json`);
    }
    this.units = new Map(earlier?.units.map((unit) => [unit.unit, unit]));
    if (path === undefined) return;
    this.file = new JsonLinesFile(path);
    if (earlier === undefined) this.file.append({ palimpsest: 1, kind: "evaluation", conditions } satisfies Header);
  }

  /** Replays taken over, and those among them that another build measured. */
  get takenOver(): { readonly units: number; readonly ofOtherBuilds: number } {
    return { units: this.units.size, ofOtherBuilds: [...this.units.values()].filter((unit) => unit.build !== this.build).length };
  }

  known(policy: PolicyName, trace: Trace): readonly EvaluatedPoint[] | undefined {
    return this.units.get(unitKey(policy, trace))?.points;
  }

  add(policy: PolicyName, trace: Trace, points: readonly EvaluatedPoint[]): void {
    const unit: Unit = { unit: unitKey(policy, trace), policy, trace: trace.name, build: this.build, points };
    this.units.set(unit.unit, unit);
    this.file?.append(unit);
  }

  close(): void {
    this.file?.close();
  }
}

/** Undefined where there is no such file or nothing in it. @throws UsageError where it is something else. */
export function readResults(path: string): Results | undefined {
  const [first, ...units] = readJsonLines(path);
  if (first === undefined) return undefined;
  const header = first as Partial<Header>;
  if (header.palimpsest !== 1 || header.kind !== "evaluation" || header.conditions === undefined) {
    throw new UsageError(`${path} holds no results of an evaluation`);
  }
  return { conditions: header.conditions, units: units as readonly Unit[] };
}

/** Results of several processes as one; a unit that two of them have counts once. @throws UsageError where they don't belong together. */
export function mergedResults(paths: readonly string[]): Results {
  const all = paths.map((path) => {
    const results = readResults(path);
    if (results === undefined) throw new UsageError(`there is nothing in ${path}`);
    return { path, results };
  });
  const [first] = all;
  if (first === undefined) throw new UsageError("there is nothing to merge");
  for (const { path, results } of all) {
    const differing = differences(first.results.conditions, results.conditions);
    if (differing !== "") throw new UsageError(`${path} and ${first.path} were measured under different conditions (${differing})`);
  }
  const units = new Map(all.flatMap(({ results }) => results.units.map((unit): readonly [string, Unit] => [unit.unit, unit])));
  return { conditions: first.results.conditions, units: [...units.values()] };
}

function differences(left: Conditions, right: Conditions): string {
  const names = [...new Set([...Object.keys(left), ...Object.keys(right)])].filter((name) => left[name] !== right[name]);
  return names.map((name) => `${name}: ${String(left[name])} and ${String(right[name])}`).join(", ");
}

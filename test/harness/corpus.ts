// Owns the traces on disk: finding them, reading them, drawing a sample. Knows no session.
import { readFileSync, readdirSync, statSync } from "node:fs";
import { join, relative } from "node:path";
import type { Random } from "../../sidecar/base/random";
import type { Trace } from "./trace";
import { parseTrace } from "./trace";
import { UsageError } from "./usageError";

/** Every trace named, folders searched in depth, each file once, in the order of their names. */
export function findTraces(paths: readonly string[]): readonly string[] {
  const files = paths.flatMap((path) => {
    const found = statSync(path, { throwIfNoEntry: false });
    if (found === undefined) throw new UsageError(`there is no file or folder ${path}`);
    if (found.isFile()) return [path];
    const traces = readdirSync(path, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".jsonl")).toSorted();
    if (traces.length === 0) throw new UsageError(`the folder ${path} holds no trace (*.jsonl)`);
    return traces.map((name) => join(path, name));
  });
  return [...new Set(files)];
}

/** @throws TraceError or UsageError, each naming the file. */
export function readTrace(path: string): Trace {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) throw new UsageError(`there is no file ${path}`);
  const name = relative(process.cwd(), path);
  return parseTrace(name.startsWith("..") ? path : name, readFileSync(path, "utf8"));
}

export interface Sample {
  readonly limit: number | undefined;
  readonly perAction: number | undefined;
}

/** A sample without favour: probes are drawn action by action, then all traces; the order of what is drawn is kept. */
export function drawTraces(traces: readonly Trace[], sample: Sample, random: Random): readonly Trace[] {
  const { limit, perAction } = sample;
  const actions = [...new Set(traces.map((trace) => trace.header.action))];
  const kept = perAction === undefined
    ? traces
    : actions.flatMap((action) => {
        const own = traces.filter((trace) => trace.header.action === action);
        return action === undefined ? own : draw(own, perAction, random);
      });
  return limit === undefined ? kept : draw(kept, limit, random);
}

/** At most `count` of the values, in their own order. */
export function draw<Value>(values: readonly Value[], count: number, random: Random): readonly Value[] {
  const keys = values.map((_, index) => ({ index, key: random.next() }));
  const chosen = new Set(keys.toSorted((a, b) => a.key - b.key).slice(0, count).map(({ index }) => index));
  return values.filter((_, index) => chosen.has(index));
}

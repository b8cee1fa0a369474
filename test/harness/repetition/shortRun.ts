// Owns the short forms of one run: which traces fall to this process, and every method on each. What an earlier run has is not
// replayed again. Knows no table.
import { Random } from "../../../sidecar/base/random";
import { draw, findTraces, readTrace } from "../corpus";
import type { Trace } from "../trace";
import { shortKey } from "./benchmarkFile";
import type { BenchmarkFile } from "./benchmarkFile";
import type { RunWatch } from "./caseRun";
import { caseLanguageOf } from "./caseSources";
import type { RepetitionSettings } from "./repetitionOptions";
import { shortForm } from "./shortForm";
import type { ShortBench, ShortForm } from "./shortForm";

/** `cases` traces of each language asked for, drawn by the seed; of these, the ones of this shard. */
export function tracesFor({ paths, languages, cases, seed, shard }: RepetitionSettings): readonly Trace[] {
  const all = findTraces(paths).map(readTrace);
  const random = new Random(seed);
  return languages.flatMap((language) => {
    const drawn = draw(all.filter(({ header }) => caseLanguageOf(header.languageId) === language), cases, random);
    return drawn.filter((_, index) => index % shard.count === shard.index - 1);
  });
}

/** Whole traces only: one that an interruption cut short is left out under every method. */
export async function shortRun(
  { methods }: RepetitionSettings, traces: readonly Trace[], bench: ShortBench, file: BenchmarkFile, watch: RunWatch,
): Promise<readonly ShortForm[]> {
  const known = new Map(file.earlier?.shortForms.map((form) => [shortKey(form.trace, form.method), form]));
  const forms: ShortForm[] = [];
  for (const [index, trace] of traces.entries()) {
    const ofTrace: ShortForm[] = [];
    for (const method of methods) {
      watch.progress(`short: trace ${index + 1} of ${traces.length}, ${method.name}`);
      const earlier = known.get(shortKey(trace.name, method.name));
      const form = earlier ?? await shortForm(bench, trace, method);
      // Replays are synchronous; signals and output need a turn now and then.
      await new Promise((resolve) => setImmediate(resolve));
      if (form === undefined || watch.interrupted()) return forms;
      if (earlier === undefined) file.add(form);
      ofTrace.push(form);
    }
    forms.push(...ofTrace);
  }
  return forms;
}

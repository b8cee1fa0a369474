// Owns what `repetition` can be told on its command line, and the help that says so. Reads no file and runs nothing.
import { parseArgs } from "node:util";
import { shardOf } from "../evaluate/evaluateOptions";
import type { Shard } from "../evaluate/traceShare";
import { countOf, engineOf, engineOptions, parse, seedOf } from "../options";
import type { EngineSettings } from "../options";
import { UsageError } from "../usageError";
import { caseLanguages, caseScenarios } from "./case";
import type { CaseLanguage } from "./case";
import { promptKinds } from "./generate";
import type { PromptKind } from "./generate";
import { methodKinds, methodNamed } from "./methods/method";
import type { Method } from "./methods/method";

/** Long forms by how their cases are made, and the editor's own completions of traces. */
const scenarioNames = [...caseScenarios, "short"] as const;
export type ScenarioName = (typeof scenarioNames)[number];

export interface RepetitionOutput {
  readonly jsonPath: string | undefined;
  readonly markdownPath: string | undefined;
  readonly seed: number;
}

export interface RepetitionSettings extends RepetitionOutput {
  readonly paths: readonly string[];
  readonly methods: readonly Method[];
  readonly scenarios: readonly ScenarioName[];
  readonly languages: readonly CaseLanguage[];
  /** Of each scenario and language, all shards together; traces in the short form. */
  readonly cases: number;
  readonly tokensMax: number;
  readonly prompt: PromptKind;
  readonly trace: boolean;
  readonly shard: Shard;
  readonly engine: EngineSettings;
}

export interface RepetitionMerge extends RepetitionOutput {
  readonly paths: readonly string[];
}

export type RepetitionCommand =
  | ({ readonly kind: "repetition" } & RepetitionSettings)
  | ({ readonly kind: "mergeRepetitions" } & RepetitionMerge);

const methodsUsual = "greedy,rpg,rpg-paper,rpg-sequence,penalty,temperature,dry";

export const repetitionHelp = `  repetition FILE-OR-FOLDER…  long generations where models loop, by method, from source files or traces that you point it to
      --method NAMES       of ${methodKinds.join(", ")}, with commas between
                           (default: ${methodsUsual}); penalty:1.2 and temperature:0.6 with a number
      --scenario NAMES     of ${scenarioNames.join(", ")} (default: ${caseScenarios.join(",")}); short: the editor's completions of traces,
                           against what was really written
      --language NAMES     of ${caseLanguages.join(", ")} (default: all)
      --cases N            cases, or traces, of each scenario and language (default: 10)
      --tokens N           budget of a generation (default: 512)
      --prompt NAME        fim (the text so far as the prefix, as the editor asks at the end of a file) or plain (default: fim)
      --json OUT           write every case and generation as JSON lines, as they come; a run that was broken off goes on there
      --markdown OUT       write the table as Markdown
      --trace              print each generation with marks where a penalty acted
      --shard I/N          every Nth case only, for several processes; each needs its own --json
      --merge              the files named are what --json wrote: make one table of them, run nothing
      --seed, --model, --threads, --context, --gpu, --flash-attention as for replay
`;

/** @throws UsageError */
export function repetitionCommand(argv: readonly string[]): RepetitionCommand {
  const { values, positionals } = parse(() => parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: {
      ...engineOptions,
      method: { type: "string" }, scenario: { type: "string" }, language: { type: "string" }, cases: { type: "string" }, tokens: { type: "string" },
      prompt: { type: "string" }, json: { type: "string" }, markdown: { type: "string" }, trace: { type: "boolean" },
      shard: { type: "string" }, merge: { type: "boolean" }, seed: { type: "string" },
    },
  }));
  const output = { jsonPath: values.json, markdownPath: values.markdown, seed: seedOf(values.seed) };
  if (values.merge === true) {
    const other = Object.keys(values).find((name) => !["merge", "markdown", "seed"].includes(name));
    if (other !== undefined) throw new UsageError(`repetition --merge runs nothing: --${other} has no meaning there`);
    if (positionals.length === 0) throw new UsageError("repetition --merge needs at least one file that repetition --json wrote");
    return { kind: "mergeRepetitions", paths: positionals, ...output };
  }
  if (positionals.length === 0) throw new UsageError("repetition needs at least one source file, trace or folder of them");
  return {
    kind: "repetition",
    paths: positionals,
    ...output,
    methods: listed(values.method ?? methodsUsual).map(methodNamed),
    scenarios: namesOf(values.scenario ?? caseScenarios.join(","), scenarioNames, "--scenario"),
    languages: namesOf(values.language, caseLanguages, "--language"),
    cases: countOf(values.cases, "--cases") ?? 10,
    tokensMax: countOf(values.tokens, "--tokens") ?? 512,
    prompt: namesOf(values.prompt ?? "fim", promptKinds, "--prompt")[0] ?? "fim",
    trace: values.trace ?? false,
    shard: shardOf(values.shard) ?? { index: 1, count: 1 },
    engine: engineOf(values),
  };
}

const listed = (list: string): readonly string[] => [...new Set(list.split(",").map((name) => name.trim()))];

function namesOf<Name extends string>(list: string | undefined, known: readonly Name[], option: string): readonly Name[] {
  if (list === undefined) return known;
  return listed(list).map((name) => {
    const found = known.find((candidate) => candidate === name);
    if (found === undefined) throw new UsageError(`${option}: "${name}" is none of ${known.join(", ")}`);
    return found;
  });
}

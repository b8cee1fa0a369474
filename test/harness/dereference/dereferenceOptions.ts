// Owns what `dereference` can be told on its command line, and the help that says so. Reads no file and runs nothing.
import { parseArgs } from "node:util";
import { serverFlag } from "../../../sidecar/monitors/monitorSettings";
import type { ServerChoice } from "../../../sidecar/monitors/monitorSettings";
import { shardOf } from "../evaluate/evaluateOptions";
import type { Shard } from "../evaluate/traceShare";
import { countOf, engineOf, engineOptions, parse, seedOf } from "../options";
import type { EngineSettings } from "../options";
import { UsageError } from "../usageError";
import { caseLanguages } from "./case";
import type { CaseLanguage } from "./case";
import { methodNames } from "./generation";
import type { MethodName } from "./generation";

export interface DereferenceOutput {
  readonly jsonPath: string | undefined;
  readonly markdownPath: string | undefined;
  readonly seed: number;
  /** Print each case with what was written. */
  readonly view: boolean;
}

export interface DereferenceSettings extends DereferenceOutput {
  readonly folders: readonly string[];
  readonly language: CaseLanguage;
  readonly methods: readonly MethodName[];
  /** All shards together. */
  readonly cases: number;
  readonly samples: number;
  /** Of the cases, those that samples are drawn for. */
  readonly sampledCases: number;
  readonly temperature: number;
  readonly tokensMax: number;
  readonly promptTokensMax: number;
  readonly budgetMs: number;
  /** Whether both methods write with the repetition penalty, as the editor does; without it as the model alone does. */
  readonly penalty: boolean;
  /** Undefined for the ready-made one. */
  readonly server: ServerChoice | undefined;
  readonly shard: Shard;
  readonly engine: EngineSettings;
}

export interface DereferenceMerge extends DereferenceOutput {
  readonly paths: readonly string[];
}

export type DereferenceCommand =
  | ({ readonly kind: "dereference" } & DereferenceSettings)
  | ({ readonly kind: "mergeDereferences" } & DereferenceMerge);

export const dereferenceHelp = `  dereference FOLDER…      members that exist: methods of the projects that you point it to, cut behind a dereference, with and
                           without the monitor. A project is what an editor would open: sources, tsconfig.json or
                           pyrightconfig.json, node_modules
      --language NAME      of ${caseLanguages.join(", ")} (default: typescript)
      --cases N            cases of all projects together (default: 40)
      --methods NAMES      of ${methodNames.join(", ")}, with commas between (default: all)
      --samples N          samples of a case besides greedy (default: 0), for the first --sampled-cases N (default: all)
      --temperature X      of the samples (default: 0.8)
      --tokens N           budget of a generation (default: 192)
      --prompt-tokens N    of the file around the cursor (default: 1536)
      --budget MS          what decoding waits for an answer (default: 60)
      --no-penalty         write without the repetition penalty that the editor has
      --server LANG=CMD    a language server instead of the ready-made one
      --json OUT           write every case and generation as JSON lines, as they come; a run that was broken off goes on there
      --markdown OUT       write the tables as Markdown
      --view               print each case with what was really written and what each method wrote
      --shard I/N          every Nth case only, for several processes; each needs its own --json
      --merge              the files named are what --json wrote: make one table of them, run nothing
      --seed, --model, --threads, --context, --gpu, --flash-attention as for replay
`;

/** @throws UsageError */
export function dereferenceCommand(argv: readonly string[]): DereferenceCommand {
  const text = { type: "string" } as const;
  const { values, positionals } = parse(() => parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: {
      ...engineOptions,
      language: text, cases: text, methods: text, samples: text, "sampled-cases": text, temperature: text, tokens: text, "prompt-tokens": text,
      budget: text, "no-penalty": { type: "boolean" }, server: text, json: text, markdown: text, view: { type: "boolean" }, shard: text,
      merge: { type: "boolean" }, seed: text,
    },
  }));
  const output = { jsonPath: values.json, markdownPath: values.markdown, seed: seedOf(values.seed), view: values.view ?? false };
  if (values.merge === true) {
    const other = Object.keys(values).find((name) => !["merge", "markdown", "seed", "view"].includes(name));
    if (other !== undefined) throw new UsageError(`dereference --merge runs nothing: --${other} has no meaning there`);
    if (positionals.length === 0) throw new UsageError("dereference --merge needs at least one file that dereference --json wrote");
    return { kind: "mergeDereferences", paths: positionals, ...output };
  }
  if (positionals.length === 0) throw new UsageError("dereference needs at least one folder of a project");
  const [language = "typescript"] = namesOf(values.language ?? "typescript", caseLanguages, "--language");
  const cases = countOf(values.cases, "--cases") ?? 40;
  return {
    kind: "dereference",
    folders: positionals,
    ...output,
    language,
    methods: methodNames.filter((name) => namesOf(values.methods ?? methodNames.join(","), methodNames, "--methods").includes(name)),
    cases,
    samples: countOf(values.samples, "--samples") ?? 0,
    sampledCases: countOf(values["sampled-cases"], "--sampled-cases") ?? cases,
    temperature: numberOf(values.temperature, "--temperature", { low: 0.05, high: 2, usual: 0.8 }),
    tokensMax: countOf(values.tokens, "--tokens") ?? 192,
    promptTokensMax: countOf(values["prompt-tokens"], "--prompt-tokens") ?? 1536,
    budgetMs: numberOf(values.budget, "--budget", { low: 0, high: 60_000, usual: 60 }),
    penalty: values["no-penalty"] !== true,
    server: serverOf(values.server, language),
    shard: shardOf(values.shard) ?? { index: 1, count: 1 },
    engine: engineOf(values),
  };
}

function serverOf(text: string | undefined, language: CaseLanguage): ServerChoice | undefined {
  if (text === undefined) return undefined;
  const choice = serverFlag(text)?.[language];
  if (choice === undefined) throw new UsageError(`--server must be ${language}=COMMAND, not "${text}"`);
  return choice;
}

function namesOf<Name extends string>(list: string, known: readonly Name[], option: string): readonly Name[] {
  return list.split(",").map((text) => {
    const name = known.find((candidate) => candidate === text.trim());
    if (name === undefined) throw new UsageError(`${option} must be of ${known.join(", ")}, not "${text.trim()}"`);
    return name;
  });
}

function numberOf(text: string | undefined, option: string, { low, high, usual }: Readonly<Record<"low" | "high" | "usual", number>>): number {
  const value = text === undefined ? usual : Number(text);
  if (!(low <= value && value <= high)) throw new UsageError(`${option} must be a number from ${low} to ${high}, not "${text}"`);
  return value;
}

// Owns what `evaluate` can be told on its command line, and the help that says so. Reads no file and runs nothing.
import { parseArgs } from "node:util";
import { policyNames } from "../../../sidecar/session/policy";
import type { PolicyName } from "../../../sidecar/session/policy";
import { countOf, engineOf, engineOptions, parse, policiesOf, seedOf } from "../options";
import type { EngineSettings } from "../options";
import { UsageError } from "../usageError";
import { servedPolicies } from "./peers";
import type { Shard, Split } from "./traceShare";
import { splits } from "./traceShare";

export interface EvaluateOutput {
  readonly jsonPath: string | undefined;
  readonly markdownPath: string | undefined;
  readonly picturePath: string | undefined;
  readonly seed: number;
}

export interface EvaluateSettings extends EvaluateOutput {
  readonly paths: readonly string[];
  readonly policies: readonly PolicyName[];
  readonly engine: EngineSettings;
  readonly coldFolder: string | undefined;
  readonly split: Split;
  readonly shard: Shard | undefined;
  readonly limit: number | undefined;
  readonly perAction: number | undefined;
  readonly idle: boolean;
  readonly healed: boolean;
  /** Whether every prompt is answered on a cold cache whose cells stand elsewhere, too. */
  readonly rounding: boolean;
  readonly serverPath: string | undefined;
  /** Whether prompts are answered on cold caches too. */
  readonly cold: boolean;
}

/** Results of other runs that only have to be tabulated; all policies that they hold. */
export interface MergeSettings extends EvaluateOutput {
  readonly paths: readonly string[];
}

export type EvaluateCommand =
  | ({ readonly kind: "evaluate" } & EvaluateSettings)
  | ({ readonly kind: "mergeEvaluations" } & MergeSettings);

export const evaluateHelp = `  evaluate FILE-OR-FOLDER…  replay traces under many policies, each held against cold caches of the same prompts
      --policy NAMES       names or notations, with commas between (default: ${policyNames.join(",")})
      --json OUT           write the figures; every trace's results go to OUT + "l" as they come, and a run that was broken
                           off goes on there
      --markdown OUT       write the tables as Markdown
      --picture OUT.svg    draw the frontier: loss and exact match against tokens read
      --cold-cache DIR     keep what cold caches answer, by content, for the next run
      --split NAME         ${splits.join(", ")} (default: all): traces fall into halves by the repository and commit that they
                           were made from; look at one half while choosing, score once on the other
      --shard I/N          every Nth trace only, for several processes; each needs its own --json, all may share --cold-cache
      --merge              the files named are results (OUT + "l") of other runs: make one table of them, run nothing
      --healed             ask each completion on cells that idle time has made exact
      --no-idle            don't heal in the idle time of traces
      --rounding           answer every prompt on a cold cache whose cells stand at other places, too: what rounding alone does
      --no-cold            no cold caches: a third of the time, where it is only asked what is shown
      --llama-server PATH  ask a real llama-server too, with the prompts of llama-server and llama-vim
      --limit, --per-action, --seed, --model, --threads, --context, --gpu, --flash-attention as for replay
`;

/** @throws UsageError */
export function evaluateCommand(argv: readonly string[]): EvaluateCommand {
  const { values, positionals } = parse(() => parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: {
      ...engineOptions,
      policy: { type: "string" }, json: { type: "string" }, markdown: { type: "string" }, picture: { type: "string" },
      "cold-cache": { type: "string" }, split: { type: "string" }, shard: { type: "string" }, merge: { type: "boolean" },
      healed: { type: "boolean" }, "no-idle": { type: "boolean" }, "llama-server": { type: "string" },
      rounding: { type: "boolean" }, "no-cold": { type: "boolean" },
      limit: { type: "string" }, "per-action": { type: "string" }, seed: { type: "string" },
    },
  }));
  const output = { jsonPath: values.json, markdownPath: values.markdown, picturePath: values.picture, seed: seedOf(values.seed) };
  if (positionals.length === 0) throw new UsageError("evaluate needs at least one trace file or folder of traces");
  if (values.merge === true) {
    const allowed = ["merge", "json", "markdown", "picture", "seed"];
    const other = Object.keys(values).find((name) => !allowed.includes(name));
    if (other !== undefined) throw new UsageError(`evaluate --merge runs nothing: --${other} has no meaning there`);
    return { kind: "mergeEvaluations", paths: positionals, ...output };
  }
  const policies = policiesOf(values.policy, policyNames);
  if (values["llama-server"] !== undefined && !servedPolicies.some((policy) => policies.includes(policy))) {
    throw new UsageError(`--llama-server is sent the prompts of ${servedPolicies.join(" and ")}: ask for one of these policies too`);
  }
  return {
    kind: "evaluate",
    paths: positionals,
    ...output,
    policies,
    engine: engineOf(values),
    coldFolder: values["cold-cache"],
    split: splitNamed(values.split),
    shard: shardOf(values.shard),
    limit: countOf(values.limit, "--limit"),
    perAction: countOf(values["per-action"], "--per-action"),
    idle: !(values["no-idle"] ?? false),
    healed: values.healed ?? false,
    rounding: values.rounding ?? false,
    serverPath: values["llama-server"],
    cold: !(values["no-cold"] ?? false),
  };
}

function splitNamed(text = "all"): Split {
  const split = splits.find((name) => name === text);
  if (split === undefined) throw new UsageError(`--split must be one of ${splits.join(", ")}, not "${text}"`);
  return split;
}

export function shardOf(text: string | undefined): Shard | undefined {
  if (text === undefined) return undefined;
  const [, index, count] = /^([1-9]\d{0,3})\/([1-9]\d{0,3})$/.exec(text) ?? [];
  if (index === undefined || count === undefined || Number(count) < Number(index)) {
    throw new UsageError(`--shard must be I/N with 1 ≤ I ≤ N, not "${text}"`);
  }
  return { index: Number(index), count: Number(count) };
}

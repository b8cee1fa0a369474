// Owns what the harness can be told on its command line, and the help that says so. Reads no file and runs nothing.
import { parseArgs } from "node:util";
import { gpuVariants } from "../../sidecar/engine/llama/library";
import { offeredPolicies, policyNames } from "../../sidecar/session/policy";
import type { PolicyName } from "../../sidecar/session/policy";
import { countOf, engineOf, engineOptions, parse, policiesOf, seedOf } from "./options";
import type { EngineSettings } from "./options";
import { dereferenceCommand, dereferenceHelp } from "./dereference/dereferenceOptions";
import type { DereferenceCommand } from "./dereference/dereferenceOptions";
import { decodeCommand, decodeHelp } from "./decode/decodeOptions";
import type { DecodeSettings } from "./decode/decodeOptions";
import { evaluateCommand, evaluateHelp } from "./evaluate/evaluateOptions";
import type { EvaluateCommand } from "./evaluate/evaluateOptions";
import { repetitionCommand, repetitionHelp } from "./repetition/repetitionOptions";
import type { RepetitionCommand } from "./repetition/repetitionOptions";
import type { ReportSettings } from "./reportCommand";
import { speedCommand, speedHelp } from "./speed/speedOptions";
import type { SpeedCommand } from "./speed/speedOptions";
import { UsageError } from "./usageError";

export type Command =
  | { readonly kind: "help" }
  | ({ readonly kind: "replay" } & ReplaySettings)
  | ({ readonly kind: "report" } & ReportSettings)
  | EvaluateCommand
  | SpeedCommand
  | DecodeSettings
  | RepetitionCommand
  | DereferenceCommand
  | { readonly kind: "trace"; readonly source: TraceSource; readonly out: string; readonly seed: number }
  | { readonly kind: "demo"; readonly engine: EngineSettings; readonly tracePath: string | undefined };

export interface ReplaySettings {
  readonly paths: readonly string[];
  readonly policies: readonly PolicyName[];
  readonly engine: EngineSettings;
  readonly jsonPath: string | undefined;
  readonly markdownPath: string | undefined;
  readonly limit: number | undefined;
  readonly perAction: number | undefined;
  readonly seed: number;
  readonly verify: boolean;
  readonly idle: boolean;
  readonly pauses: boolean;
  readonly manualTime: boolean;
}

export type TraceSource =
  | { readonly kind: "git"; readonly repository: string; readonly commits: number; readonly file: string | undefined }
  | { readonly kind: "npm"; readonly before: string; readonly after: string }
  | { readonly kind: "diff"; readonly before: string; readonly after: string };

export const help = `The harness of Palimpsest: replays editing sessions without an editor, and makes them.

  replay FILE-OR-FOLDER…   replay traces (*.jsonl) through the code that serves the editor, print a table by action
      --policy NAMES       of ${policyNames.join(", ")}, with commas between (default: ${offeredPolicies.join(",")})
      --model PATH         a GGUF file (default: the embedded model)
      --json OUT           write the report and every completion as JSON
      --markdown OUT       write the tables as Markdown
      --limit N            at most N traces, drawn by --seed
      --per-action N       at most N probes of each action, drawn by --seed
      --threads N          CPU threads (default: follow the load)
      --context N          cells of the cache (default: the sidecar's)
      --gpu NAME           where to compute, of ${gpuVariants.join(", ")} (default: cpu); its package must be installed
      --flash-attention X  auto or off (default: off)
      --seed N             for drawing and for bootstrap intervals (default: 1)
      --time real|manual   manual: time stands where the trace says, so that results don't depend on the machine
      --no-idle            don't heal in the idle time of traces
      --pauses             the pauses between events are idle time too, as in an editor
      --verify             check all invariants at every step (slow; leave times aside)

  report FILE…             one table from what replay --json wrote: shards, or a run and the one that took it up
      --markdown OUT       write the tables as Markdown
      --seed N             for bootstrap intervals (default: 1)

${evaluateHelp}
${repetitionHelp}
${dereferenceHelp}
${speedHelp}
${decodeHelp}
  trace git REPOSITORY     make traces and probes from a git history
      --commits N          look at the latest N commits (default: 50)
      --file GLOB          only files that match this git pathspec
      --out FOLDER         where to write (required)
  trace npm NAME@V1 NAME@V2 --out FOLDER     the same from two published versions of a package
  trace diff OLD NEW --out FOLDER            the same from two folders

  demo                     replay a hand-written trace and show the ghost text and what was read again
      --trace FILE         another trace
      --model PATH, --threads N, --context N, --gpu NAME, --flash-attention X as above
`;

/** @throws UsageError */
export function parseCommand(argv: readonly string[]): Command {
  const [name, ...rest] = argv;
  // Behind `--` stand files, whatever they are called.
  const options = rest.slice(0, rest.includes("--") ? rest.indexOf("--") : rest.length);
  if (options.includes("--help") || options.includes("-h")) return { kind: "help" };
  switch (name) {
    case undefined:
    case "help":
    case "--help":
    case "-h":
      return { kind: "help" };
    case "replay":
      return replayCommand(rest);
    case "report":
      return reportCommand(rest);
    case "evaluate":
      return evaluateCommand(rest);
    case "repetition":
      return repetitionCommand(rest);
    case "dereference":
      return dereferenceCommand(rest);
    case "decode":
      return decodeCommand(rest);
    case "speed":
      return speedCommand(rest);
    case "trace":
      return traceCommand(rest);
    case "demo":
      return demoCommand(rest);
    default:
      throw new UsageError(`"${name}" is no command; there are replay, report, evaluate, repetition, dereference, speed, decode, trace, demo and help`);
  }
}

function replayCommand(argv: readonly string[]): Command {
  const { values, positionals } = parse(() => parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: {
      ...engineOptions,
      policy: { type: "string" }, json: { type: "string" }, markdown: { type: "string" }, limit: { type: "string" },
      "per-action": { type: "string" }, seed: { type: "string" }, time: { type: "string" },
      "no-idle": { type: "boolean" }, pauses: { type: "boolean" }, verify: { type: "boolean" },
    },
  }));
  if (positionals.length === 0) throw new UsageError("replay needs at least one trace file or folder of traces");
  return {
    kind: "replay",
    paths: positionals,
    policies: policiesOf(values.policy, offeredPolicies),
    engine: engineOf(values),
    jsonPath: values.json,
    markdownPath: values.markdown,
    limit: countOf(values.limit, "--limit"),
    perAction: countOf(values["per-action"], "--per-action"),
    seed: seedOf(values.seed),
    verify: values.verify ?? false,
    idle: !(values["no-idle"] ?? false),
    pauses: values.pauses ?? false,
    manualTime: isManual(values.time),
  };
}

function reportCommand(argv: readonly string[]): Command {
  const options = { markdown: { type: "string" }, seed: { type: "string" } } as const;
  const { values, positionals } = parse(() => parseArgs({ args: [...argv], allowPositionals: true, options }));
  if (positionals.length === 0) throw new UsageError("report needs at least one file that replay --json wrote");
  return { kind: "report", paths: positionals, markdownPath: values.markdown, seed: seedOf(values.seed) };
}

function demoCommand(argv: readonly string[]): Command {
  const { values } = parse(() => parseArgs({ args: [...argv], options: { ...engineOptions, trace: { type: "string" } } }));
  return { kind: "demo", engine: engineOf(values), tracePath: values.trace };
}

function traceCommand(argv: readonly string[]): Command {
  const { values, positionals } = parse(() => parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: { commits: { type: "string" }, file: { type: "string" }, out: { type: "string" }, seed: { type: "string" } },
  }));
  const [kind, first, second, ...others] = positionals;
  if (values.out === undefined) throw new UsageError("trace needs --out FOLDER");
  const made = { kind: "trace", out: values.out, seed: seedOf(values.seed) } as const;
  if (others.length > 0) throw new UsageError(`trace ${kind} doesn't know what to do with "${others.join(" ")}"`);
  if (kind === "git") {
    if (first === undefined || second !== undefined) throw new UsageError("trace git needs one repository");
    return { ...made, source: { kind, repository: first, commits: countOf(values.commits, "--commits") ?? 50, file: values.file } };
  }
  if (kind !== "npm" && kind !== "diff") throw new UsageError("trace needs a source: git, npm or diff");
  if (values.commits !== undefined || values.file !== undefined) throw new UsageError(`--commits and --file are for trace git, not trace ${kind}`);
  if (first === undefined || second === undefined) {
    throw new UsageError(kind === "npm" ? "trace npm needs two packages with versions: NAME@V1 NAME@V2" : "trace diff needs two folders: OLD NEW");
  }
  return { ...made, source: { kind, before: first, after: second } };
}

function isManual(time: string | undefined): boolean {
  if (time !== undefined && time !== "real" && time !== "manual") throw new UsageError(`--time must be real or manual, not "${time}"`);
  return time === "manual";
}

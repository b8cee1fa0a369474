// Owns the command line: what each flag means, what is wrong with a bad one and what to write instead.
// Reads no file and starts nothing.
import { limits } from "../base/limits";
import { type GpuVariant, gpuVariants, isGpuVariant } from "../engine/llama/library";
import { budgetMsMax, type MonitorSettings, monitorSettingsDefault, serverFlag } from "../monitors/monitorSettings";
import { offeredPolicies, policyNamed, type PolicyName } from "../session/policy";

export type Transport = "stdio" | "node-ipc";

export interface ServeFlags {
  readonly transport: Transport;
  /** Undefined: the embedded model. */
  readonly modelPath: string | undefined;
  /** Undefined: the installed package's. */
  readonly libraryFolder: string | undefined;
  /** Where engines for graphics cards are looked for first; undefined: beside the installed package alone. */
  readonly enginesFolder: string | undefined;
  readonly gpu: GpuVariant;
  readonly contextTokens: number;
  /** Undefined: chosen by the engine, which follows the load of the machine. */
  readonly threads: number | undefined;
  readonly completionTokens: number;
  readonly policy: PolicyName;
  readonly repetitionPenalty: boolean;
  readonly drafts: boolean;
  readonly monitor: MonitorSettings;
  readonly verify: boolean;
  readonly clientProcessId: number | undefined;
}

export type Command =
  | { readonly kind: "serve"; readonly flags: ServeFlags }
  | { readonly kind: "help" }
  | { readonly kind: "version" }
  /** Asks of a child process whether a folder's llama.cpp can be used. */
  | { readonly kind: "probeLibrary"; readonly folder: string }
  /** Loads the model, says how fast it runs here, and ends. */
  | { readonly kind: "measure"; readonly seconds: number; readonly flags: Omit<ServeFlags, "transport"> }
  | { readonly kind: "bad"; readonly message: string };

const contextTokensMin = 256;
const contextTokensMax = 1_048_576;
const threadsMax = 256;

export const helpText = `Palimpsest's sidecar: a language server (LSP 3.18) for inline completions from a local model.

  node dist/sidecar.js --stdio [flags]

  --stdio             speak LSP over standard input and output
  --node-ipc          speak LSP over Node's IPC channel, for a parent that forked this process
  --model PATH        the GGUF model to use (default: the embedded one)
  --library DIR       the folder of the llama.cpp libraries (default: the installed package's)
  --gpu NAME          where to compute: ${gpuVariants.join(", ")} (default: cpu); the package of its libraries must be installed
  --engines DIR       a folder in which engines for graphics cards are looked for first, as the extension fetches them
  --context N         cells that the cache may grow to, ${contextTokensMin} to ${contextTokensMax} (default: ${limits.contextTokensDefault})
  --threads N         CPU threads at most, 1 to ${threadsMax} (default: follows the load of the machine)
  --max-tokens N      tokens of a completion at most, 1 to ${limits.completionTokensMax} (default: ${limits.completionTokensMax})
  --policy NAME       what an edit may keep of the cache: ${offeredPolicies.join(", ")} (default: patch)
  --repetition-penalty on|off
                      whether opening a repeating construct once more is made less likely (default: on)
  --drafts on|off     whether tokens are guessed ahead and decoded together, where that is faster; the text is the same (default: off)
  --monitor on|off    whether members that don't exist are kept from being written, where somebody knows (default: on)
  --monitor-except ID the opposite for this language; may be given again
  --monitor-budget MS what a completion waits for an answer, 0 to ${budgetMsMax} (default: ${monitorSettingsDefault.budgetMs})
  --monitor-server LANGUAGE[,LANGUAGE]=COMMAND
                      a language server to ask, over standard input and output; COMMAND is typescript7, pyright, a program with
                      its arguments, or these as a JSON list; a program is an absolute path, or found on PATH outside the
                      workspace; may be given again
  --trust-workspace   language servers are started, and may run what the workspace's folders hold: plugins, build scripts;
                      typescript7 and pyright are looked for in node_modules there too
  --verify            check all invariants after every step (slow)
  --clientProcessId=N end when this process is gone
  --probe-library DIR say whether the llama.cpp libraries in DIR can be used, and end
  --measure SECONDS   load the model, print how fast it reads and writes here as a line of JSON, and end
  --help, --version
`;

interface Parsed {
  completionTokens: number;
  transport: Transport | undefined;
  measureSeconds: number | undefined;
  modelPath: string | undefined;
  libraryFolder: string | undefined;
  enginesFolder: string | undefined;
  gpu: GpuVariant;
  contextTokens: number;
  threads: number | undefined;
  policy: PolicyName;
  repetitionPenalty: boolean;
  drafts: boolean;
  monitor: MonitorSettings;
  verify: boolean;
  clientProcessId: number | undefined;
}

class FlagError extends Error {}

/** `--name value` and `--name=value` mean the same. */
export function parseFlags(args: readonly string[]): Command {
  const parsed: Parsed = {
    transport: undefined,
    measureSeconds: undefined,
    modelPath: undefined,
    libraryFolder: undefined,
    enginesFolder: undefined,
    gpu: "cpu",
    contextTokens: limits.contextTokensDefault,
    threads: undefined,
    completionTokens: limits.completionTokensMax,
    policy: "patch",
    repetitionPenalty: true,
    drafts: false,
    monitor: monitorSettingsDefault,
    verify: false,
    clientProcessId: undefined,
  };
  const rest = args.flatMap((arg) => {
    const equals = arg.startsWith("--") ? arg.indexOf("=") : -1;
    return equals < 0 ? [arg] : [arg.slice(0, equals), arg.slice(equals + 1)];
  });
  try {
    for (let flag = rest.shift(); flag !== undefined; flag = rest.shift()) {
      if (flag === "--help" || flag === "-h") return { kind: "help" };
      if (flag === "--version") return { kind: "version" };
      if (flag === "--probe-library") return { kind: "probeLibrary", folder: valueOf(flag, rest) };
      take(parsed, flag, rest);
    }
  } catch (error) {
    if (error instanceof FlagError) return { kind: "bad", message: error.message };
    throw error;
  }
  const { transport, measureSeconds, ...flags } = parsed;
  if (measureSeconds !== undefined) return { kind: "measure", seconds: measureSeconds, flags };
  if (transport === undefined) return { kind: "bad", message: "Say how to speak: --stdio for any LSP client, or --node-ipc under a Node parent." };
  return { kind: "serve", flags: { ...flags, transport } };
}

function take(parsed: Parsed, flag: string, rest: string[]): void {
  switch (flag) {
    case "--stdio":
      parsed.transport = "stdio";
      return;
    case "--node-ipc":
      parsed.transport = "node-ipc";
      return;
    case "--measure":
      parsed.measureSeconds = numberOf(flag, rest, 0, 600);
      return;
    case "--model":
      parsed.modelPath = valueOf(flag, rest);
      return;
    case "--library":
      parsed.libraryFolder = valueOf(flag, rest);
      return;
    case "--engines":
      parsed.enginesFolder = valueOf(flag, rest);
      return;
    case "--gpu": {
      const name = valueOf(flag, rest);
      if (!isGpuVariant(name)) throw new FlagError(`--gpu: one of ${gpuVariants.join(", ")}, not "${name}".`);
      parsed.gpu = name;
      return;
    }
    case "--context":
      parsed.contextTokens = numberOf(flag, rest, contextTokensMin, contextTokensMax);
      return;
    case "--threads":
      parsed.threads = numberOf(flag, rest, 1, threadsMax);
      return;
    case "--max-tokens":
      parsed.completionTokens = numberOf(flag, rest, 1, limits.completionTokensMax);
      return;
    case "--policy": {
      const name = valueOf(flag, rest);
      if (policyNamed(name) === undefined) throw new FlagError(`--policy: one of ${offeredPolicies.join(", ")}, not "${name}".`);
      parsed.policy = name;
      return;
    }
    case "--repetition-penalty":
      parsed.repetitionPenalty = onOrOff(flag, rest);
      return;
    case "--drafts":
      parsed.drafts = onOrOff(flag, rest);
      return;
    case "--monitor":
      parsed.monitor = { ...parsed.monitor, enabled: onOrOff(flag, rest) };
      return;
    case "--monitor-except":
      parsed.monitor = { ...parsed.monitor, exceptLanguages: [...parsed.monitor.exceptLanguages, valueOf(flag, rest)] };
      return;
    case "--monitor-budget":
      parsed.monitor = { ...parsed.monitor, budgetMs: numberOf(flag, rest, 0, budgetMsMax) };
      return;
    case "--monitor-server": {
      const value = valueOf(flag, rest);
      const servers = serverFlag(value);
      if (servers === undefined) throw new FlagError(`--monitor-server: LANGUAGE=COMMAND, not "${value}".`);
      parsed.monitor = { ...parsed.monitor, servers: { ...parsed.monitor.servers, ...servers } };
      return;
    }
    case "--trust-workspace":
      parsed.monitor = { ...parsed.monitor, trustWorkspace: true };
      return;
    case "--verify":
      parsed.verify = true;
      return;
    case "--clientProcessId":
      parsed.clientProcessId = numberOf(flag, rest, 1, 2 ** 31 - 1);
      return;
    default:
      throw new FlagError(`"${flag}" is no flag of the sidecar: --help lists them.`);
  }
}

function onOrOff(flag: string, rest: string[]): boolean {
  const value = valueOf(flag, rest);
  if (value !== "on" && value !== "off") throw new FlagError(`${flag}: on or off, not "${value}".`);
  return value === "on";
}

function valueOf(flag: string, rest: string[]): string {
  const value = rest.shift();
  if (value === undefined || value === "" || value.startsWith("--")) throw new FlagError(`${flag} needs a value: --help shows which.`);
  return value;
}

function numberOf(flag: string, rest: string[], min: number, max: number): number {
  const text = valueOf(flag, rest);
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < min || value > max) throw new FlagError(`${flag}: a whole number from ${min} to ${max}, not "${text}".`);
  return value;
}

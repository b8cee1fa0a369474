// Owns what `decode` can be told on its command line, and the help that says so. Reads no file and runs nothing.
import { parseArgs } from "node:util";
import { draftSourceNames } from "../../../sidecar/decode/draft/draftSource";
import type { DraftSourceName } from "../../../sidecar/decode/draft/draftSource";
import { shardOf } from "../evaluate/evaluateOptions";
import type { Shard } from "../evaluate/traceShare";
import { countOf, engineOf, engineOptions, parse, seedOf } from "../options";
import type { EngineSettings } from "../options";
import { UsageError } from "../usageError";

export interface DecodeSettings {
  readonly kind: "decode";
  readonly paths: readonly string[];
  readonly engine: EngineSettings;
  readonly sources: readonly DraftSourceName[];
  /** Whether every draft is decoded, whatever it costs. */
  readonly always: boolean;
  /** Whether idle time of the traces is used for healing. */
  readonly idle: boolean;
  readonly shard: Shard | undefined;
  readonly limit: number | undefined;
  readonly seed: number;
  readonly jsonPath: string | undefined;
  readonly timingsPath: string | undefined;
}

export const decodeHelp = `  decode FILE-OR-FOLDER…   decode the completions of traces with drafts and without: the same tokens, how fast, what was accepted
      --draft SOURCES      of ${draftSourceNames.join(", ")}, with commas between (default: all)
      --always             decode every draft, also where it costs more than it brings
      --timings FILE       {"1": ms, "2": ms, …} for batches of so many tokens: what the same steps would take there
      --json OUT           write the figures; every trace's points go to OUT + "l" as they come, and a run that was broken
                           off goes on there: the lines of several shards in one file make one table, and nothing is run
      --no-idle            don't heal in the idle time of traces: sooner there, where it is only asked whether anything differs
      --shard I/N          every Nth trace only, for several processes; each needs its own --json
      --limit, --seed, --model, --threads, --context, --gpu, --flash-attention as for replay
`;

/** @throws UsageError */
export function decodeCommand(argv: readonly string[]): DecodeSettings {
  const { values, positionals } = parse(() => parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: {
      ...engineOptions, draft: { type: "string" }, always: { type: "boolean" }, timings: { type: "string" }, json: { type: "string" },
      "no-idle": { type: "boolean" }, shard: { type: "string" }, limit: { type: "string" }, seed: { type: "string" },
    },
  }));
  if (positionals.length === 0) throw new UsageError("decode needs at least one trace file or folder of traces");
  return {
    kind: "decode",
    paths: positionals,
    engine: engineOf(values),
    sources: values.draft === undefined ? draftSourceNames : values.draft.split(",").map(sourceNamed),
    always: values.always ?? false,
    idle: !(values["no-idle"] ?? false),
    shard: shardOf(values.shard),
    limit: countOf(values.limit, "--limit"),
    seed: seedOf(values.seed),
    jsonPath: values.json,
    timingsPath: values.timings,
  };
}

function sourceNamed(text: string): DraftSourceName {
  const name = draftSourceNames.find((known) => known === text.trim());
  if (name === undefined) throw new UsageError(`"${text}" is no source of drafts; there are ${draftSourceNames.join(", ")}`);
  return name;
}

// Owns which traces are looked at while choosing, which are kept for scoring only, and which of several processes does a trace.
import { createHash } from "node:crypto";
import { basename } from "node:path";
import type { Trace } from "../trace";

export const splits = ["all", "look", "score"] as const;
export type Split = (typeof splits)[number];

/** One of `count` shares, from 1. */
export interface Shard {
  readonly index: number;
  readonly count: number;
}

/**
 * The half a trace belongs to, by the repository and commit it was made from: traces and probes of one commit never
 * stand on both sides. By its file's name where it doesn't say.
 */
export function splitOf(trace: Trace): Exclude<Split, "all"> {
  const source = trace.header.extra["source"];
  const { repository, commit } = (typeof source === "object" && source !== null ? source : {}) as Readonly<Record<string, unknown>>;
  const origin = typeof repository === "string" && typeof commit === "string" ? `${repository} ${commit}` : basename(trace.name);
  const [first = 0] = createHash("sha256").update(origin).digest();
  return first % 2 === 0 ? "look" : "score";
}

export function ofSplit(traces: readonly Trace[], split: Split): readonly Trace[] {
  return split === "all" ? traces : traces.filter((trace) => splitOf(trace) === split);
}

/** Every `count`th trace, so that each share has some of every action. */
export function ofShard(traces: readonly Trace[], shard: Shard | undefined): readonly Trace[] {
  return shard === undefined ? traces : traces.filter((_, index) => index % shard.count === shard.index - 1);
}

// Owns the plan: a cell edit as lengths only, and how one is made from what the cache holds and what it should hold.
// Pure: touches no engine, reads no clock. Shifts are arithmetic over the lengths and aren't stored.
import { unreachable } from "../base/assert";
import { invariant } from "../base/invariants";
import { align, type Run } from "./align";
import { chunkRuns } from "./chunkReuse";
import { middleRuns, type MiddleRule } from "./middleRuns";

/** reread: cells whose tokens stay, encoded again; the old ones serve until the new ones are there. */
export type SectionKind = "keep" | "delete" | "encode" | "reread";

/** One run of a plan: `keep`, `reread` and `delete` count cells that are there, `keep`, `reread` and `encode` tokens that will be. */
export interface Section {
  readonly kind: SectionKind;
  readonly length: number;
}

/** Keeps, rereads and deletes add up to the cells before, keeps, rereads and encodes to the tokens after. */
export interface Plan {
  readonly sections: readonly Section[];
}

/**
 * `none` keeps nothing, `prefix` the exact common prefix, `chunks` what llama-server's `--cache-reuse` would, `runs` every
 * run that stands in both, in one order, `moves` those and one that has changed places or comes back, which `planPatch` finds.
 */
export type KeepRule = "none" | "prefix" | "chunks" | "runs" | "moves";

/** Whether a rule patches: cells behind a change are kept, and may be stale. */
export function keepsRuns(keep: KeepRule): boolean {
  return keep === "runs" || keep === "moves";
}

/** Runs shorter than this are not reused by `chunks`. */
const chunkTokensMin = 64;

/** What a plan costs besides its tokens. */
export interface PlanCosts {
  /** What a pending rotation costs, in tokens of prefill. */
  readonly shiftCostTokens: number;
  /** What one more gap to encode costs, in tokens of prefill: a kept run shorter than this isn't worth its gap. */
  readonly callCostTokens: number;
}

/** What a planner may keep. */
export interface PlanRules extends PlanCosts {
  readonly keep: KeepRule;
  /** A cell that was rotated this often isn't rotated again. */
  readonly shiftsMax: number;
  /** What `runs` and `moves` may keep of the prompt's middle; undefined where it is a part like any other. */
  readonly middle?: MiddleRule | undefined;
}

/** The tokens that the cells hold and how often each cell has been rotated, index by index. */
export interface HeldCells {
  readonly tokens: Int32Array;
  readonly shifts: Uint16Array;
}

/**
 * A plan that turns `held` into `target` under `rules`, every run in its order: of several that keep more or less, the
 * cheapest. The last token is always encoded, since the next one is sampled from its logits.
 */
export function plan(held: HeldCells, target: Int32Array, rules: PlanRules): Plan {
  return cheapestOf(candidatePlans(held, target, rules), rules);
}

/** The plans that `rules` allow, the one that keeps the most last. */
export function candidatePlans(held: HeldCells, target: Int32Array, rules: PlanRules): readonly [Plan, ...Plan[]] {
  const keepable = Math.max(0, target.length - 1);
  const keeping = (runs: readonly Run[]): Plan => fromRuns(runs, held.tokens.length, target.length);
  switch (rules.keep) {
    case "none":
      return [keeping([])];
    case "prefix":
      return [keeping(prefixRun(held.tokens, target, keepable))];
    case "chunks":
      return [keeping(chunkRuns(held.tokens, target.subarray(0, keepable), chunkTokensMin))];
    case "runs":
    case "moves": {
      const { middle } = rules;
      const allowed = (runs: readonly Run[]): Plan => keeping(middle === undefined ? runs : middleRuns(runs, middle));
      const worth = worthKeeping(held, target, keepable, rules);
      // Without a rotation, all that stands in its place can still be kept.
      const inPlace = worth.filter((run) => run.heldStart === run.targetStart);
      return [allowed(prefixRun(held.tokens, target, keepable)), allowed(inPlace), allowed(worth)];
    }
    default:
      return unreachable(rules.keep);
  }
}

/** The first of the cheapest. */
export function cheapestOf(plans: readonly [Plan, ...Plan[]], costs: PlanCosts): Plan {
  const costOf = (made: Plan): number => costTokens(planTotals(made), costs);
  return plans.reduce((best, other) => (costOf(other) < costOf(best) ? other : best));
}

/** Re-encodes `length` cells from `start` on in place; everything else is kept where it is. */
export function planInPlace(cellCount: number, start: number, length: number): Plan {
  return {
    sections: withoutEmpty([
      { kind: "keep", length: start },
      { kind: "reread", length },
      { kind: "keep", length: cellCount - start - length },
    ]),
  };
}

/** What a plan of these totals costs, in tokens of prefill. */
export function costTokens({ tokensEncoded, gaps, cellsShifted }: PlanTotals, rules: PlanCosts): number {
  return tokensEncoded + Math.max(0, gaps - 1) * rules.callCostTokens + (cellsShifted > 0 ? rules.shiftCostTokens : 0);
}

export interface PlanTotals {
  readonly cellsKept: number;
  readonly cellsShifted: number;
  readonly cellsDeleted: number;
  readonly tokensEncoded: number;
  /** Runs of tokens to encode, one call of the engine each where a batch holds them. */
  readonly gaps: number;
}

/** `cellsKept` counts the kept cells that stay where they are, `cellsShifted` those that move. */
export function planTotals(plan: Plan): PlanTotals {
  let cellsKept = 0, cellsShifted = 0, cellsDeleted = 0, tokensEncoded = 0, gaps = 0;
  let shift = 0;
  let lastKind: SectionKind | undefined;
  for (const { kind, length } of plan.sections) {
    if (kind === "keep") {
      if (shift === 0) cellsKept += length;
      else cellsShifted += length;
    } else if (kind === "delete") {
      cellsDeleted += length;
      shift -= length;
    } else {
      tokensEncoded += length;
      if (kind === "encode") shift += length;
      if (lastKind !== "encode" && lastKind !== "reread") gaps += 1;
    }
    // What is deleted in between leaves no kept cell there.
    if (kind !== "delete") lastKind = kind;
  }
  return { cellsKept, cellsShifted, cellsDeleted, tokensEncoded, gaps };
}

/** Partition: the plan accounts for every cell and every token once. With `tokens`, kept runs are compared too. */
export function checkPartition(plan: Plan, heldCount: number, targetCount: number, tokens?: { held: Int32Array; target: Int32Array }): void {
  let heldIndex = 0;
  let targetIndex = 0;
  for (const { kind, length } of plan.sections) {
    invariant(Number.isInteger(length) && 0 < length, "partition", `a ${kind} section has the length ${length}`);
    if ((kind === "keep" || kind === "reread") && tokens !== undefined) {
      for (let i = 0; i < length; i += 1) {
        invariant(tokens.held[heldIndex + i] === tokens.target[targetIndex + i], "partition",
          () => `cell ${heldIndex + i} holds ${tokens.held[heldIndex + i]}, token ${targetIndex + i} is ${tokens.target[targetIndex + i]}`);
      }
    }
    if (kind !== "encode") heldIndex += length;
    if (kind !== "delete") targetIndex += length;
  }
  invariant(heldIndex === heldCount, "partition", `keeps and deletes add up to ${heldIndex}, there are ${heldCount} cells`);
  invariant(targetIndex === targetCount, "partition", `keeps and encodes add up to ${targetIndex}, there are ${targetCount} tokens`);
}

/** `=3 -2 +4 =2@+2 ~5`: keep 3 cells, delete 2, encode 4 tokens, keep 2 that move by +2, read 5 again. */
export function printPlan(plan: Plan): string {
  let shift = 0;
  const parts = plan.sections.map(({ kind, length }) => {
    switch (kind) {
      case "keep":
        return shift === 0 ? `=${length}` : `=${length}@${shift > 0 ? "+" : ""}${shift}`;
      case "delete":
        shift -= length;
        return `-${length}`;
      case "encode":
        shift += length;
        return `+${length}`;
      case "reread":
        return `~${length}`;
      default:
        return unreachable(kind);
    }
  });
  return parts.join(" ");
}

function prefixRun(held: Int32Array, target: Int32Array, keepable: number): readonly Run[] {
  const end = Math.min(held.length, keepable);
  let length = 0;
  while (length < end && held[length] === target[length]) length += 1;
  return length > 0 ? [{ heldStart: 0, targetStart: 0, length }] : [];
}

/** The runs of the best alignment that may be kept, less those that cost more than they save. */
function worthKeeping(held: HeldCells, target: Int32Array, keepable: number, rules: PlanRules): readonly Run[] {
  const runs: Run[] = [];
  for (const run of align(held.tokens, target)) {
    const isHead = run.heldStart === 0 && run.targetStart === 0;
    const length = Math.min(run.length, keepable - run.targetStart);
    if (length <= 0) continue;
    if (isHead) runs.push({ ...run, length });
    else if (run.heldStart === run.targetStart) runs.push(...longEnough([{ ...run, length }], rules.callCostTokens));
    else runs.push(...longEnough(movable({ ...run, length }, held.shifts, rules.shiftsMax), rules.callCostTokens));
  }
  return runs;
}

/** The parts of `run` whose cells may still be rotated. */
function movable(run: Run, shifts: Uint16Array, shiftsMax: number): readonly Run[] {
  const parts: Run[] = [];
  let start = 0;
  for (let i = 0; i <= run.length; i += 1) {
    if (i < run.length && (shifts[run.heldStart + i] ?? 0) < shiftsMax) continue;
    if (start < i) parts.push({ heldStart: run.heldStart + start, targetStart: run.targetStart + start, length: i - start });
    start = i + 1;
  }
  return parts;
}

function longEnough(runs: readonly Run[], lengthMin: number): readonly Run[] {
  return runs.filter((run) => lengthMin <= run.length);
}

function fromRuns(runs: readonly Run[], heldCount: number, targetCount: number): Plan {
  const sections: Section[] = [];
  let heldIndex = 0;
  let targetIndex = 0;
  for (const run of runs) {
    sections.push({ kind: "delete", length: run.heldStart - heldIndex });
    sections.push({ kind: "encode", length: run.targetStart - targetIndex });
    sections.push({ kind: "keep", length: run.length });
    heldIndex = run.heldStart + run.length;
    targetIndex = run.targetStart + run.length;
  }
  sections.push({ kind: "delete", length: heldCount - heldIndex });
  sections.push({ kind: "encode", length: targetCount - targetIndex });
  return { sections: joined(withoutEmpty(sections)) };
}

export function withoutEmpty(sections: readonly Section[]): readonly Section[] {
  return sections.filter((section) => 0 < section.length);
}

/** Two keeps or two rereads in a row are one; what is deleted between them goes before what is encoded. */
export function joined(sections: readonly Section[]): readonly Section[] {
  const result: Section[] = [];
  const gap = { delete: 0, encode: 0 };
  const endGap = (): void => {
    result.push(...withoutEmpty([{ kind: "delete", length: gap.delete }, { kind: "encode", length: gap.encode }]));
    gap.delete = 0;
    gap.encode = 0;
  };
  for (const { kind, length } of sections) {
    const last = result.at(-1);
    if (kind === "delete" || kind === "encode") gap[kind] += length;
    else if (gap.delete + gap.encode === 0 && last?.kind === kind) result[result.length - 1] = { kind, length: last.length + length };
    else {
      endGap();
      result.push({ kind, length });
    }
  }
  endGap();
  return result;
}

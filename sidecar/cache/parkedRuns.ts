// Owns which runs of a patch wait while what stands before them is encoded, and where each of them stands meanwhile. Pure.
import type { Move } from "./move";
import { sourceOf, type Patch } from "./patch";
import type { Section } from "./plan";

/** A kept or reread run on its way: where its rows stand in the old ledger, and where its cells stand in the parking sequence. */
export interface ParkedRun {
  readonly heldStart: number;
  readonly position: number;
  readonly length: number;
  /** Whether its cells are rotated. */
  readonly moved: boolean;
  /** Whether it comes from the shelf: its rows stand behind those of the ledger. */
  readonly isTaken: boolean;
  /** Whether it changes places with others, and is the one that goes out of their way. */
  readonly passes: boolean;
  /** Whether the patch changes what stands before it. Cells that are read again as they were change nothing for those behind them. */
  readonly aged: boolean;
}

/** Those among `rest`, the sections of a patch behind the `head` cells that stay where they are. */
export function parkedRuns(head: number, rest: readonly Section[], patch: Patch): readonly ParkedRun[] {
  const { taken, move } = patch;
  const runs: ParkedRun[] = [];
  let heldIndex = head;
  let position = head;
  let aged = false;
  for (const { kind, length } of rest) {
    if (kind === "keep" || kind === "reread") {
      const { row: heldStart, position: from } = sourceOf(patch, heldIndex);
      const isTaken = taken !== undefined && move !== undefined && move.border <= heldStart;
      aged ||= move !== undefined && move.start <= heldIndex;
      const isPassing = taken === undefined && move !== undefined && passes(move, heldStart);
      runs.push({ heldStart, position, length, moved: from !== position, isTaken, passes: isPassing, aged });
    } else aged = true;
    if (kind !== "encode") heldIndex += length;
    if (kind !== "delete") position += length;
  }
  return runs;
}

/** Of two blocks that change places the shorter goes past the other. */
function passes({ start, border, end }: Move, heldStart: number): boolean {
  return border - start <= end - border ? start <= heldStart && heldStart < border : border <= heldStart && heldStart < end;
}

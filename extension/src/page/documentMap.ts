// Owns which lines of a document the cells hold: each line is exact, stale, or absent. Derived from the ledger's runs and the
// text as it is in the editor, by comparing lines: what the model was shown stands in another order than in the document.
// Knows no editor and no token.
import type { LedgerRun } from "../../../sidecar/protocol/data";
import { commonLines } from "./commonLines";

export type LineState = "exact" | "stale" | "absent";

/** Lines alike, counted from 0, half-open. */
export interface LineRun {
  readonly startLine: number;
  readonly endLine: number;
  readonly state: LineState;
}

/** One line that the cells spell. The line of the cursor is cut there: it has a beginning and an end. */
interface HeldLine {
  readonly head: string;
  readonly tail: string | undefined;
  readonly state: "exact" | "stale";
}

/** A stretch of the cells' text, with how fresh each part of it is. */
interface Piece {
  readonly text: string;
  readonly state: "exact" | "stale";
}

export function documentMap(text: string, runs: readonly LedgerRun[]): readonly LineRun[] {
  const lines = text.split(/\r\n|\r|\n/);
  const states = statesOf(lines, heldLines(runs));
  const map: LineRun[] = [];
  for (const [line, state] of states.entries()) {
    const last = map.at(-1);
    if (last?.state === state) map[map.length - 1] = { ...last, endLine: line + 1 };
    else map.push({ startLine: line, endLine: line + 1, state });
  }
  return map;
}

/** In the order of the document: plain context, what stands before the anchor, from the anchor to the cursor, after the cursor. */
function heldLines(runs: readonly LedgerRun[]): readonly HeldLine[] {
  const parts: Record<"context" | "prefix" | "suffix" | "middle", Piece[]> = { context: [], prefix: [], suffix: [], middle: [] };
  let into = parts.context;
  let isCut = false;
  for (const { text, freshness } of runs) {
    for (const piece of text.split(/(⟨(?:begin|file|prefix|suffix|middle)⟩)/)) {
      if (piece === "⟨file⟩" || piece === "⟨begin⟩") into = parts.context;
      else if (piece === "⟨prefix⟩") into = parts.prefix;
      else if (piece === "⟨suffix⟩") [into, isCut] = [parts.suffix, true];
      else if (piece === "⟨middle⟩") into = parts.middle;
      else if (piece !== "") into.push({ text: piece, state: freshness });
    }
  }
  const before = linesOf([...parts.context, ...parts.prefix, ...parts.middle]);
  const after = linesOf(parts.suffix);
  const [cut, rest] = [before.at(-1), after[0]];
  if (cut === undefined || rest === undefined || !isCut) return [...before, ...after];
  const state = cut.state === "stale" || rest.state === "stale" ? "stale" : "exact";
  return [...before.slice(0, -1), { head: cut.head, tail: rest.head, state }, ...after.slice(1)];
}

/** A line is as fresh as the stalest of its cells. */
function linesOf(pieces: readonly Piece[]): HeldLine[] {
  const lines: HeldLine[] = [];
  let open: HeldLine = { head: "", tail: undefined, state: "exact" };
  for (const { text, state } of pieces) {
    for (const [index, part] of text.split(/\r\n|\r|\n/).entries()) {
      if (0 < index) {
        lines.push(open);
        open = { head: "", tail: undefined, state: "exact" };
      }
      if (part !== "" || 0 < index) open = { head: open.head + part, tail: undefined, state: state === "stale" ? "stale" : open.state };
    }
  }
  return pieces.length === 0 ? [] : [...lines, open];
}

/** The states of the document's lines: those that stand in both texts in the same order are held. */
function statesOf(lines: readonly string[], held: readonly HeldLine[]): readonly LineState[] {
  const states: LineState[] = lines.map(() => "absent");
  const texts = held.map(({ head, tail }) => head + (tail ?? ""));
  const pairs = commonLines(lines, texts);
  for (const [line, index] of pairs) states[line] = held[index]?.state ?? "absent";
  // The token at the cursor is taken back and spelled again, so that a few characters of that line may be missing.
  const cursorLine = held.findIndex(({ tail }) => tail !== undefined);
  const after = pairs.findIndex(([, index]) => cursorLine <= index);
  if (cursorLine < 0 || pairs[after]?.[1] === cursorLine) return states;
  const lineAfter = pairs[after]?.[0] ?? (after < 0 ? lines.length : 0);
  const lineBefore = (after < 0 ? pairs.at(-1) : pairs[after - 1])?.[0] ?? -1;
  const onlyLine = lineAfter - lineBefore === 2 ? lineBefore + 1 : undefined;
  if (onlyLine !== undefined && spells(held[cursorLine], lines[onlyLine])) states[onlyLine] = held[cursorLine]?.state ?? "absent";
  return states;
}

function spells(held: HeldLine | undefined, line: string | undefined): boolean {
  if (held?.tail === undefined || line === undefined) return false;
  const { head, tail } = held;
  return head.length + tail.length <= line.length && line.startsWith(head) && line.endsWith(tail);
}

// Owns the anchor: the line start where the middle of the prompt begins, some lines above the cursor. Pure.
// Typing must only append to the middle, so the anchor stays while the cursor stays near it and moves only when it must.
import { unreachable } from "../base/assert";
import { enclosingFunctionStart, statementStart } from "./statementStart";
import type { Outline } from "./constructs";

/**
 * Where a new anchor is set. line: the fixed number of lines above the cursor. statement: from there up to the start of the
 * nearest statement, so that the middle begins with none cut. function: from there up to the start of the innermost
 * function around the cursor that begins there or above, else as statement. Never higher than `linesAboveMax`.
 */
export type AnchorBoundary = "line" | "statement" | "function";

export interface AnchorRule {
  readonly boundary: AnchorBoundary;
  /** Lines above the cursor's line at which a new anchor is set, or from which it is moved up to the boundary. */
  readonly linesAbove: number;
  /** Lines that the cursor's line may be below the anchor before the anchor moves. */
  readonly linesAboveMax: number;
  /** Lines that must be above the cursor's line for an old anchor to stay, unless the text starts there. */
  readonly linesAboveMin: number;
}

/** Eight lines, as measured on real multi-hunk edits; hysteresis so that neither typing nor a look around moves it. */
export const defaultAnchorRule: AnchorRule = { boundary: "line", linesAbove: 8, linesAboveMax: 32, linesAboveMin: 2 };

/**
 * The anchor's line for a cursor on `cursorLine`, given the line it has (undefined for none). `firstLine` is the first
 * line that the prompt shows around the cursor. `outline` is asked only where a new anchor looks for a boundary.
 */
export function anchorLineFor(
  cursorLine: number, previousLine: number | undefined, firstLine: number, rule: AnchorRule, outline: () => Outline,
): number {
  if (previousLine !== undefined && firstLine <= previousLine) {
    const above = cursorLine - previousLine;
    const enough = Math.min(rule.linesAboveMin, cursorLine - firstLine);
    if (enough <= above && above <= rule.linesAboveMax) return previousLine;
  }
  return newAnchorLine(cursorLine, firstLine, rule, outline);
}

/**
 * The line to which an anchor on `anchorLine` is moved in idle time: that of a new one, once the middle has grown beyond
 * `linesMax` lines. Undefined while it rests, and where a new one would not make the middle shorter.
 */
export function restingAnchorLine(
  cursorLine: number, anchorLine: number, firstLine: number, rule: AnchorRule, linesMax: number, outline: () => Outline,
): number | undefined {
  if (cursorLine - anchorLine <= linesMax) return undefined;
  const line = newAnchorLine(cursorLine, firstLine, rule, outline);
  return anchorLine < line ? line : undefined;
}

function newAnchorLine(cursorLine: number, firstLine: number, rule: AnchorRule, outline: () => Outline): number {
  const fixedLine = Math.max(firstLine, cursorLine - rule.linesAbove);
  const reach = { fromLine: fixedLine, highestLine: Math.max(firstLine, cursorLine - rule.linesAboveMax), cursorLine };
  switch (rule.boundary) {
    case "line":
      return fixedLine;
    case "statement":
      return statementStart(outline(), reach);
    case "function": {
      const known = outline();
      return enclosingFunctionStart(known, reach) ?? statementStart(known, reach);
    }
    default:
      return unreachable(rule.boundary);
  }
}

// Owns the anchor: the line start where the middle of the prompt begins, some lines above the cursor. Pure.
// Typing must only append to the middle, so the anchor stays while the cursor stays near it and moves only when it must.

export interface AnchorRule {
  /** Lines above the cursor's line at which a new anchor is set. */
  readonly linesAbove: number;
  /** Lines that the cursor's line may be below the anchor before the anchor moves. */
  readonly linesAboveMax: number;
  /** Lines that must be above the cursor's line for an old anchor to stay, unless the text starts there. */
  readonly linesAboveMin: number;
}

/** Eight lines, as measured on real multi-hunk edits; hysteresis so that neither typing nor a look around moves it. */
export const defaultAnchorRule: AnchorRule = { linesAbove: 8, linesAboveMax: 32, linesAboveMin: 2 };

/**
 * The anchor's line for a cursor on `cursorLine`, given the line it has (undefined for none). `firstLine` is the first
 * line that the prompt shows.
 */
export function anchorLineFor(cursorLine: number, previousLine: number | undefined, firstLine: number, rule: AnchorRule): number {
  if (previousLine !== undefined && firstLine <= previousLine) {
    const above = cursorLine - previousLine;
    const enough = Math.min(rule.linesAboveMin, cursorLine - firstLine);
    if (enough <= above && above <= rule.linesAboveMax) return previousLine;
  }
  return Math.max(firstLine, cursorLine - rule.linesAbove);
}

// Owns where window, anchor and kept suffix of one document stand: what of it is shown, and what goes where by the layout's
// rule. They move seldom, since what moves is read again. Knows no token but the suffix's, and no cell.
import { unreachable } from "../base/assert";
import { anchorLineFor, restingAnchorLine, type AnchorRule } from "../prompt/anchor";
import type { Outline } from "../prompt/constructs";
import type { Viewpoint } from "../prompt/layout";
import type { LayoutRule, LinesAround } from "../prompt/layoutRule";
import { stickySuffix } from "../prompt/stickySuffix";
import { movedWindow, windowFor, type Window } from "../prompt/window";
import type { Delta } from "../text/delta";
import { utf16, type Range, type Utf16Offset } from "../text/frames";
import type { Lines } from "../text/lines";
import type { TokenRope } from "../tokens/rope";

/** A document as it is now. */
interface Scene {
  readonly rope: TokenRope;
  readonly lines: Lines;
  /** Asked only where something is made anew. */
  readonly outline: () => Outline;
}

export type Arranged = Pick<Viewpoint, "window" | "near" | "anchor" | "suffix">;

/** Lines that the middle may have before idle time moves its anchor down. */
const restingLinesMax = 16;

export class Arrangement {
  private window: Window | undefined;
  private anchor: Utf16Offset | undefined;
  /** The suffix of the latest prompt, where the layout may keep it. */
  private suffix: Int32Array | undefined;

  constructor(private readonly rule: LayoutRule) {}

  /** What goes where for a cursor when the text may take `budgetTokens`; moves window and anchor where they must. */
  at(cursor: Utf16Offset, budgetTokens: number, scene: Scene, previous: Window | undefined): Arranged {
    const window = windowFor(scene.rope, cursor, budgetTokens, previous, scene.outline);
    this.window = window;
    const { rule } = this;
    switch (rule.kind) {
      case "prefixFirst":
        return { window, near: window, anchor: cursor, suffix: undefined };
      case "excerpt": {
        const near = linesAround(cursor, window, scene.lines, rule.lines);
        return { window: near, near, anchor: cursor, suffix: undefined };
      }
      case "suffixFirst":
        return { window, near: window, anchor: window.start, suffix: rule.sticky ? this.keptSuffix(cursor, window, scene) : undefined };
      case "anchored":
        return { window, near: window, anchor: this.anchorFor(cursor, window, rule.anchor, scene), suffix: undefined };
      case "window": {
        const near = linesAround(cursor, window, scene.lines, rule.lines);
        return { window, near, anchor: this.anchorFor(cursor, near, rule.anchor, scene), suffix: undefined };
      }
      default:
        return unreachable(rule);
    }
  }

  /** The window that was shown last, in the frame of the text as it is now. */
  get shown(): Window | undefined {
    return this.window;
  }

  /** Whether the middle is so long that the anchor may move in idle time. */
  isLong(cursor: Utf16Offset, lines: Lines): boolean {
    const { rule, anchor } = this;
    return rule.kind === "anchored" && anchor !== undefined && restingLinesMax < lines.lineAt(cursor) - lines.lineAt(anchor);
  }

  /** Moves the anchor down where typing has made the middle long; for idle time, since it makes the middle be read again. */
  rest(cursor: Utf16Offset, { lines, outline }: Scene): void {
    const { rule, anchor, window } = this;
    if (rule.kind !== "anchored" || anchor === undefined || window === undefined || cursor < anchor) return;
    const line = restingAnchorLine(lines.lineAt(cursor), lines.lineAt(anchor), lines.lineAt(window.start), rule.anchor, restingLinesMax, outline);
    if (line !== undefined) this.anchor = utf16(Math.max(window.start, lines.startOf(line) ?? 0));
  }

  /** `lines` are those of the text after `delta`. */
  follow(delta: Delta, lines: Lines): void {
    if (this.anchor !== undefined) this.anchor = delta.mapOffset(this.anchor, "before");
    if (this.window !== undefined) this.window = movedWindow(this.window, delta, lines);
  }

  /** One that stands where this does and moves by itself. */
  copy(): Arrangement {
    const copy = new Arrangement(this.rule);
    copy.window = this.window;
    copy.anchor = this.anchor;
    copy.suffix = this.suffix;
    return copy;
  }

  forget(): void {
    this.window = undefined;
    this.anchor = undefined;
    this.suffix = undefined;
  }

  /** The suffix from the next line on, or the old one while it serves. */
  private keptSuffix(cursor: Utf16Offset, window: Window, { rope, lines }: Scene): Int32Array {
    const nextLine = lines.startOf(lines.lineAt(cursor) + 1) ?? window.end;
    const fresh = rope.tokensOf({ start: utf16(Math.min(nextLine, window.end)), end: window.end });
    // Where not all of the file has room, an old suffix that is longer would take it from the text before the cursor.
    const isCut = 0 < window.start || window.end < rope.lengthUtf16;
    const isTooLong = isCut && this.suffix !== undefined && fresh.length < this.suffix.length;
    this.suffix = stickySuffix(isTooLong ? undefined : this.suffix, fresh);
    return this.suffix;
  }

  private anchorFor(cursor: Utf16Offset, within: Range<Utf16Offset>, rule: AnchorRule, { lines, outline }: Scene): Utf16Offset {
    const { anchor } = this;
    const firstLine = lines.lineAt(within.start);
    const previous = anchor === undefined || anchor < within.start || cursor < anchor ? undefined : lines.lineAt(anchor);
    const line = anchorLineFor(lines.lineAt(cursor), previous, firstLine, rule, outline);
    this.anchor = utf16(Math.max(within.start, lines.startOf(line) ?? 0));
    return this.anchor;
  }
}

function linesAround(cursor: Utf16Offset, window: Window, lines: Lines, { above, below }: LinesAround): Range<Utf16Offset> {
  const line = lines.lineAt(cursor);
  const start = lines.startOf(Math.max(0, line - above)) ?? 0;
  const end = lines.startOf(line + below + 1) ?? lines.text.length;
  return { start: utf16(Math.max(window.start, start)), end: utf16(Math.min(window.end, end)) };
}

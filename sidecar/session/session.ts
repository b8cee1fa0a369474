// Owns one document's state: the text it was told, and what is derived from it (rope, anchor, window, ledger).
// Everything derived can be thrown away and rebuilt from the text. Knows no other document and calls no engine.
import { invariant, isVerifying, unreachable } from "../base/assert";
import { emptyLedger, type Ledger } from "../cache/ledger";
import type { SequenceId } from "../engine/engine";
import { anchorLineFor, type AnchorRule } from "../prompt/anchor";
import type { Outline } from "../prompt/constructs";
import { frameTokens, layout, type Prompt, type PromptTokens, type Viewpoint } from "../prompt/layout";
import type { LayoutRule, LinesAround } from "../prompt/layoutRule";
import { stickySuffix } from "../prompt/stickySuffix";
import { movedWindow, windowFor, type Window } from "../prompt/window";
import type { CacheCounters, Outcome, StructureSpan } from "../protocol/data";
import { TextDocument, type ContentChange } from "../text/document";
import type { Delta } from "../text/delta";
import { utf16, type Range, type Utf16Offset } from "../text/frames";
import type { PositionEncoding } from "../text/lines";
import type { LeafRule } from "../tokens/leaf";
import { resync } from "../tokens/resync";
import { TokenRope } from "../tokens/rope";
import type { Tokenizer } from "../tokens/tokenizer";
import { ChangedNames } from "./changedNames";
import { noCounters } from "./counters";
import { OwnStructure, type GrammarSource } from "./ownStructure";

/** The structure of the text at `version`, as the client sent it. */
export interface Structure {
  readonly version: number;
  readonly spans: readonly StructureSpan[];
}

/** The cells of a document: where they are and what they are believed to hold. */
export interface HeldCells {
  readonly sequence: SequenceId;
  ledger: Ledger;
  /** Tokens of the prompt that was last made whole; what exact prefix reuse would find in its cache. */
  lastPrompt: Int32Array;
  lastFreshFrom: number;
}

export interface OpenedDocument {
  readonly uri: string;
  readonly languageId: string;
  readonly version: number;
  readonly text: string;
  readonly atMs: number;
}

/** What all sessions stand on. */
export interface SessionBasis {
  readonly encoding: PositionEncoding;
  readonly tokenizer: Tokenizer;
  readonly rule: LeafRule;
  readonly grammars: GrammarSource;
  readonly layout: LayoutRule;
}

export class Session {
  readonly document: TextDocument;
  rope: TokenRope;
  cells: HeldCells | undefined;
  structure: Structure | undefined;
  counters: CacheCounters = noCounters;
  rebuildReasons: Record<string, number> = {};
  outcome: Outcome | undefined;
  /** True while the text here may differ from the client's. */
  outOfStep = false;
  /** Where the user was last seen: the end of the last edit, or the cursor. */
  lastSeen: Utf16Offset | undefined;
  /** When the last edit or cursor move arrived. */
  lastMoveMs: number;
  /** Rises with every use; the session with the lowest loses its cells first. */
  lastUse = 0;
  /** What the edits have touched since all cells were exact. */
  readonly changed = new ChangedNames();
  private readonly layout: LayoutRule;
  /** The suffix of the latest prompt, where the layout may keep it. */
  private suffix: Int32Array | undefined;
  private anchor: Utf16Offset | undefined;
  private window: Window | undefined;
  private readonly ownStructure: OwnStructure;

  constructor(open: OpenedDocument, { encoding, tokenizer, rule, grammars, layout }: SessionBasis) {
    this.layout = layout;
    this.ownStructure = new OwnStructure(open.languageId, grammars);
    this.document = new TextDocument(open.uri, open.languageId, open.version, open.text, encoding);
    this.rope = TokenRope.of(this.document.text, tokenizer, rule);
    this.lastMoveMs = open.atMs;
  }

  get ledger(): Ledger {
    return this.cells?.ledger ?? emptyLedger;
  }

  /** Moves on to `version`; the reason when the change doesn't fit, in which case nothing was applied. */
  change(version: number, changes: readonly ContentChange[], atMs: number): string | undefined {
    const before = this.document.text;
    const result = this.document.change(version, changes);
    if (result.kind !== "changed") return result.reason;
    this.lastMoveMs = atMs;
    this.follow(result.delta, before);
    return undefined;
  }

  /** The prompt for a cursor; moves anchor and window where they must. Longer than `contextTokens` only if nothing can be left out. */
  promptAt(cursor: Utf16Offset, special: PromptTokens, contextTokens: number): Prompt {
    const path = pathOf(this.document.uri);
    this.checkSpelling();
    const previous = this.window;
    let budgetTokens = contextTokens - frameTokens(this.rope, path);
    for (;;) {
      this.window = windowFor(this.rope, cursor, budgetTokens, previous, () => this.outline());
      const prompt = layout({ rope: this.rope, path, cursor, ...this.arranged(cursor, this.window) }, special);
      // Cut at the anchor and at the cursor, a text takes a few tokens more than the window counted.
      const tooMany = prompt.tokens.length - contextTokens;
      if (tooMany <= 0 || budgetTokens <= 0) return prompt;
      budgetTokens -= tooMany;
    }
  }

  /** The spans of the structure around `offset`, the innermost first; none at the top level or where no structure is known. */
  spansAround(offset: Utf16Offset): readonly StructureSpan[] {
    return this.spans()
      .filter((span) => span.startUtf16 < offset && offset <= span.endUtf16)
      .toSorted((a, b) => a.endUtf16 - a.startUtf16 - (b.endUtf16 - b.startUtf16));
  }

  /** Throws away all that is derived from the text but the cells, and begins again. */
  rebuild(): void {
    this.rope = TokenRope.of(this.document.text, this.rope.tokenizer, this.rope.rule);
    this.anchor = undefined;
    this.window = undefined;
    this.suffix = undefined;
    this.ownStructure.close();
  }

  close(): void {
    this.ownStructure.close();
  }

  private spans(): readonly StructureSpan[] {
    if (this.structure?.version === this.document.version) return this.structure.spans;
    return this.ownStructure.spansOf(this.document.text) ?? [];
  }

  private outline(): Outline {
    return { lines: this.document.lines, spans: this.spans() };
  }

  private checkSpelling(): void {
    const { text } = this.document;
    invariant(this.rope.lengthUtf16 === text.length, "spelling", `the rope spells ${this.rope.lengthUtf16} units of ${text.length}`);
    if (isVerifying()) invariant(this.rope.text() === text, "spelling", "the rope spells another text");
  }

  private follow(delta: Delta, before: string): void {
    if (delta.isEmpty()) return;
    this.ownStructure.note(delta);
    this.changed.note(delta, before, this.document.text);
    this.rope = resync(this.rope, delta, this.document.text).rope;
    const last = delta.touched().at(-1);
    if (last !== undefined) this.lastSeen = last.new.end;
    if (this.anchor !== undefined) this.anchor = delta.mapOffset(this.anchor, "before");
    if (this.window !== undefined) this.window = movedWindow(this.window, delta, this.document.lines);
  }

  /** What of `window` goes where, by the layout's rule. */
  private arranged(cursor: Utf16Offset, window: Window): Pick<Viewpoint, "window" | "near" | "anchor" | "suffix"> {
    const rule = this.layout;
    switch (rule.kind) {
      case "prefixFirst":
        return { window, near: window, anchor: cursor, suffix: undefined };
      case "excerpt": {
        const near = this.linesAround(cursor, window, rule.lines);
        return { window: near, near, anchor: cursor, suffix: undefined };
      }
      case "suffixFirst":
        return { window, near: window, anchor: window.start, suffix: rule.sticky ? this.keptSuffix(cursor, window) : undefined };
      case "anchored":
        return { window, near: window, anchor: this.anchorFor(cursor, window, rule.anchor), suffix: undefined };
      case "window": {
        const near = this.linesAround(cursor, window, rule.lines);
        return { window, near, anchor: this.anchorFor(cursor, near, rule.anchor), suffix: undefined };
      }
      default:
        return unreachable(rule);
    }
  }

  private linesAround(cursor: Utf16Offset, window: Window, { above, below }: LinesAround): Range<Utf16Offset> {
    const { lines, text } = this.document;
    const line = lines.lineAt(cursor);
    const start = lines.startOf(Math.max(0, line - above)) ?? 0;
    const end = lines.startOf(line + below + 1) ?? text.length;
    return { start: utf16(Math.max(window.start, start)), end: utf16(Math.min(window.end, end)) };
  }

  /** The suffix from the next line on, or the old one while it serves. */
  private keptSuffix(cursor: Utf16Offset, window: Window): Int32Array {
    const { lines } = this.document;
    const nextLine = lines.startOf(lines.lineAt(cursor) + 1) ?? window.end;
    this.suffix = stickySuffix(this.suffix, this.rope.tokensOf({ start: utf16(Math.min(nextLine, window.end)), end: window.end }));
    return this.suffix;
  }

  private anchorFor(cursor: Utf16Offset, window: Range<Utf16Offset>, rule: AnchorRule): Utf16Offset {
    const lines = this.document.lines;
    const firstLine = lines.lineAt(window.start);
    const previous = this.anchor === undefined || this.anchor < window.start || cursor < this.anchor ? undefined : lines.lineAt(this.anchor);
    const line = anchorLineFor(lines.lineAt(cursor), previous, firstLine, rule, () => this.outline());
    this.anchor = utf16(Math.max(window.start, lines.startOf(line) ?? 0));
    return this.anchor;
  }
}

/** What the model is told as the file's path: the last parts of the uri, as in the repositories it was trained on. */
function pathOf(uri: string): string {
  const path = uri.replace(/^[a-zA-Z][a-zA-Z0-9+.-]*:(\/\/[^/]*)?/, "").replace(/[?#].*$/, "");
  const parts = path.split("/").filter((part) => part !== "" && part !== "." && part !== "..");
  return parts.slice(-3).map(decoded).join("/");
}

function decoded(part: string): string {
  // A uri is the client's: what isn't properly encoded is taken as it stands.
  return /%(?![0-9a-fA-F]{2})/.test(part) ? part : tryDecode(part);
}

function tryDecode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch (error) {
    if (error instanceof URIError) return part;
    throw error;
  }
}

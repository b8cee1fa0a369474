// Owns one document's state: the text it was told, and what is derived from it (rope, anchor, window, ledger).
// Everything derived can be thrown away and rebuilt from the text. Knows no other document and calls no engine.
import { invariant, isVerifying } from "../base/assert";
import { emptyLedger, type Ledger } from "../cache/ledger";
import type { SequenceId } from "../engine/engine";
import { anchorLineFor, defaultAnchorRule } from "../prompt/anchor";
import { frameTokens, layout, type Prompt, type PromptTokens } from "../prompt/layout";
import { windowFor, type Window } from "../prompt/window";
import type { CacheCounters, Outcome, StructureSpan } from "../protocol/data";
import { TextDocument, type ContentChange } from "../text/document";
import type { Delta } from "../text/delta";
import { utf16, type Utf16Offset } from "../text/frames";
import type { PositionEncoding } from "../text/lines";
import type { LeafRule } from "../tokens/leaf";
import { resync } from "../tokens/resync";
import { TokenRope } from "../tokens/rope";
import type { Tokenizer } from "../tokens/tokenizer";
import { noCounters } from "./counters";
import { OwnStructure, type GrammarSource } from "./structure";

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
  private anchor: Utf16Offset | undefined;
  private window: Window | undefined;
  private readonly ownStructure: OwnStructure;

  constructor(open: OpenedDocument, { encoding, tokenizer, rule, grammars }: SessionBasis) {
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
    const before = this.document.text.length;
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
      this.window = windowFor(this.rope, cursor, budgetTokens, previous);
      this.anchor = this.anchorFor(cursor, this.window);
      const prompt = layout({ rope: this.rope, path, window: this.window, anchor: this.anchor, cursor }, special);
      // Cut at the anchor and at the cursor, a text takes a few tokens more than the window counted.
      const tooMany = prompt.tokens.length - contextTokens;
      if (tooMany <= 0 || budgetTokens <= 0) return prompt;
      budgetTokens -= tooMany;
    }
  }

  /** The innermost span of the structure around `offset`; undefined at the top level or where no structure is known. */
  enclosingSpan(offset: Utf16Offset): StructureSpan | undefined {
    const spans = this.structure?.version === this.document.version ? this.structure.spans : this.ownStructure.spansOf(this.document.text);
    let innermost: StructureSpan | undefined;
    for (const span of spans ?? []) {
      if (span.startUtf16 < offset && offset <= span.endUtf16) {
        if (innermost === undefined || span.endUtf16 - span.startUtf16 < innermost.endUtf16 - innermost.startUtf16) innermost = span;
      }
    }
    return innermost;
  }

  /** Throws away all that is derived from the text but the cells, and begins again. */
  rebuild(): void {
    this.rope = TokenRope.of(this.document.text, this.rope.tokenizer, this.rope.rule);
    this.anchor = undefined;
    this.window = undefined;
    this.ownStructure.close();
  }

  close(): void {
    this.ownStructure.close();
  }

  private checkSpelling(): void {
    const { text } = this.document;
    invariant(this.rope.lengthUtf16 === text.length, "spelling", `the rope spells ${this.rope.lengthUtf16} units of ${text.length}`);
    if (isVerifying()) invariant(this.rope.text() === text, "spelling", "the rope spells another text");
  }

  private follow(delta: Delta, lengthBefore: number): void {
    if (delta.isEmpty()) return;
    this.ownStructure.note(delta);
    this.rope = resync(this.rope, delta, this.document.text).rope;
    const last = delta.touched().at(-1);
    if (last !== undefined) this.lastSeen = last.new.end;
    if (this.anchor !== undefined) this.anchor = delta.mapOffset(this.anchor, "before");
    if (this.window !== undefined) {
      // A window that reached the end of the text still does: what is appended belongs to it.
      const end = this.window.end === lengthBefore ? utf16(delta.newLength) : delta.mapOffset(this.window.end, "after");
      this.window = { start: delta.mapOffset(this.window.start, "before"), end };
    }
  }

  private anchorFor(cursor: Utf16Offset, window: Window): Utf16Offset {
    const lines = this.document.lines;
    const firstLine = lines.lineAt(window.start);
    const previous = this.anchor === undefined || this.anchor < window.start || cursor < this.anchor ? undefined : lines.lineAt(this.anchor);
    const line = anchorLineFor(lines.lineAt(cursor), previous, firstLine, defaultAnchorRule);
    return utf16(Math.max(window.start, lines.startOf(line) ?? 0));
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

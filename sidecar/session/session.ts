// Owns one document's state: the text it was told, and what is derived from it (rope, anchor, window, ledger).
// Everything derived can be thrown away and rebuilt from the text. Knows no other document and calls no engine.
import { invariant, isVerifying } from "../base/invariants";
import { emptyLedger, type Ledger } from "../cache/ledger";
import type { SequenceId } from "../engine/engine";
import { frameTokens, layout, type Prompt, type PromptTokens } from "../prompt/layout";
import type { LayoutRule } from "../prompt/layoutRule";
import type { CacheCounters, Outcome, StructureSpan } from "../protocol/data";
import { TextDocument, type ContentChange } from "../text/document";
import { Delta } from "../text/delta";
import { utf16, type Range, type Utf16Offset } from "../text/frames";
import type { PositionEncoding } from "../text/lines";
import type { LeafRule } from "../tokens/leaf";
import { resync } from "../tokens/resync";
import { TokenRope } from "../tokens/rope";
import type { Tokenizer } from "../tokens/tokenizer";
import { Arrangement } from "./arrangement";
import { ChangedNames } from "./changedNames";
import { noCounters } from "./counters";
import { EditToFirstToken } from "./editToFirstToken";
import { OwnStructure, type GrammarSource } from "./ownStructure";
import type { PrefixReuse } from "./prefixReuse";
import type { RepairScene } from "./repair";
import { SuggestionInHand } from "./suggestionInHand";

/** The structure of the text at `version`, as the client sent it. */
export interface Structure {
  readonly version: number;
  readonly spans: readonly StructureSpan[];
}

/** The cells of a document: where they are and what they are believed to hold. */
export interface HeldCells {
  readonly sequence: SequenceId;
  ledger: Ledger;
  readonly prefixReuse: PrefixReuse;
  /** Whether a patch has changed something before cells that it kept, so that they are stale, and no idle time has mended what matters of them since. */
  repairIsDue: boolean;
  /** Whether a jump of the cursor was broken off before all was read that it asks for. */
  jumpIsDue: boolean;
}

/** A document as an edit would make it. */
export interface Supposed {
  readonly prompt: Prompt;
  readonly text: string;
  readonly cursor: Utf16Offset;
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
  readonly latency: EditToFirstToken;
  readonly suggestion = new SuggestionInHand();
  /** Whether the cells may be elsewhere than where the next request will want them. */
  isBehind = false;
  /** What last made cells stale: somebody who edits will complete here, somebody who looks around may be gone in a moment. */
  latestStir: "edit" | "cursor" = "edit";
  /** Where the user is at work: the latest cursor or request, moved by the edits since. */
  attention: Utf16Offset | undefined;
  /** Where the cells were last brought to: the cursor and what was written there since. Undefined where they never were. */
  private readFor: Range<Utf16Offset> | undefined;
  /** Tokens that the cursor has passed in steps too small for a jump since the middle was read whole. */
  private passedTokens = 0;
  /** Rises with every use; the session with the lowest loses its cells first. */
  lastUse = 0;
  /** What the edits have touched since all cells were exact. */
  readonly changed = new ChangedNames();
  private readonly arrangement: Arrangement;
  private readonly ownStructure: OwnStructure;

  constructor(open: OpenedDocument, { encoding, tokenizer, rule, grammars, layout }: SessionBasis) {
    this.arrangement = new Arrangement(layout);
    this.ownStructure = new OwnStructure(open.languageId, grammars);
    this.document = new TextDocument(open.uri, open.languageId, open.version, open.text, encoding);
    this.rope = TokenRope.of(this.document.text, tokenizer, rule);
    this.latency = new EditToFirstToken(open.atMs);
  }

  get ledger(): Ledger {
    return this.cells?.ledger ?? emptyLedger;
  }

  /** Moves on to `version`; the reason when the change doesn't fit, in which case nothing was applied. */
  change(version: number, changes: readonly ContentChange[], atMs: number): string | undefined {
    const before = this.document.text;
    const result = this.document.change(version, changes);
    if (result.kind !== "changed") return result.reason;
    this.follow(result.delta, before);
    this.latency.moved(result.delta.touched().at(-1)?.new.end, atMs);
    return undefined;
  }

  /** The prompt for a cursor; moves anchor and window where they must. Longer than `contextTokens` only if nothing can be left out. */
  promptAt(cursor: Utf16Offset, special: PromptTokens, contextTokens: number): Prompt {
    this.checkSpelling();
    return fittingPrompt(this.arrangement, this.scene(), pathOf(this.document.uri), cursor, special, contextTokens);
  }

  /** What `promptAt` would give for the end of `inserted`, had it been put in at `cursor`, and the text there would be. Moves nothing. */
  suppose(cursor: Utf16Offset, inserted: string, special: PromptTokens, contextTokens: number): Supposed {
    const before = this.document.text;
    const delta = Delta.fromReplacements(before.length, [{ start: cursor, end: cursor, text: inserted }]);
    const text = delta.apply(before);
    const { rope } = resync(this.rope, delta, text);
    const lines = this.document.lines.patched(delta, text);
    const arrangement = this.arrangement.copy();
    arrangement.follow(delta, lines);
    const moved = (offset: number): number => delta.mapOffset(utf16(offset), "after");
    const spans = (): readonly StructureSpan[] =>
      this.spans().map(({ kind, startUtf16, endUtf16 }) => ({ kind, startUtf16: moved(startUtf16), endUtf16: moved(endUtf16) }));
    const scene = { rope, lines, outline: () => ({ lines, spans: spans() }) };
    const end = utf16(cursor + inserted.length);
    return { prompt: fittingPrompt(arrangement, scene, pathOf(this.document.uri), end, special, contextTokens), text, cursor: end };
  }

  /** Where typing has made the middle of the prompt long, makes it short again: the next prompt has it so. */
  restAnchor(cursor: Utf16Offset): void {
    this.arrangement.rest(cursor, this.scene());
  }

  /** The cells were brought to the prompt for `cursor`, or on the way there. */
  arrived(cursor: Utf16Offset, complete: boolean): void {
    this.wasReadFor(cursor, complete);
    this.isBehind = !complete || this.arrangement.isLong(cursor, this.document.lines);
    this.forgetChanges();
  }

  /** The cells were read for `cursor`, or some of them: of a middle that is new there is nothing then but what was. */
  wasReadFor(cursor: Utf16Offset, complete: boolean): void {
    const jumped = this.hasJumped(cursor);
    if (!jumped && !complete) return;
    this.passedTokens = jumped ? 0 : this.passedTokens + this.tokensPassed(cursor);
    this.readFor = { start: cursor, end: cursor };
  }

  /** What has changed no longer matters to cells that are exact. */
  forgetChanges(): void {
    if (this.ledger.exactEnd !== this.ledger.tokens.length) return;
    this.changed.clear();
    this.passedTokens = 0;
  }

  /** Whether the cells hold just this prompt. */
  holds({ tokens }: Prompt): boolean {
    const held = this.ledger.tokens;
    return held.length === tokens.length && held.every((token, index) => token === tokens[index]);
  }

  /** The spans of the structure around `offset`, the innermost first; none at the top level or where no structure is known. */
  spansAround(offset: Utf16Offset): readonly StructureSpan[] {
    const told = this.told?.filter((span) => span.startUtf16 < offset && offset <= span.endUtf16);
    return (told ?? this.ownStructure.spansAround(this.document.text, offset))
      .toSorted((a, b) => a.endUtf16 - a.startUtf16 - (b.endUtf16 - b.startUtf16));
  }

  /** As `OwnStructure.errorWatch`, for what is suggested at `cursor`. */
  errorWatch(cursor: Utf16Offset): ((endUtf16: number, suggested: string) => number) | undefined {
    return this.ownStructure.errorWatch(this.document.text, cursor);
  }

  /** What a repair looks at for a completion at `cursor`. */
  repairScene(cursor: Utf16Offset): RepairScene {
    return { rope: this.rope, text: this.document.text, cursor, around: this.spansAround(cursor), changed: this.changed, jumped: this.hasJumped(cursor) };
  }

  /** Whether more text has changed sides than a bracket that is typed over or a word that goes on. */
  hasJumped(cursor: Utf16Offset): boolean {
    return jumpTokensMin <= this.passedTokens + this.tokensPassed(cursor);
  }

  /** Tokens between where the cells were last read for and `cursor`. */
  private tokensPassed(cursor: Utf16Offset): number {
    const { readFor } = this;
    if (readFor === undefined) return Infinity;
    const passed = cursor < readFor.start ? { start: cursor, end: readFor.start } : { start: readFor.end, end: cursor };
    if (passed.end <= passed.start) return 0;
    return jumpUtf16Max < passed.end - passed.start ? Infinity : this.rope.tokensOf(passed).length;
  }

  /** Throws away all that is derived from the text but the cells, and begins again. */
  rebuild(): void {
    this.rope = TokenRope.of(this.document.text, this.rope.tokenizer, this.rope.rule);
    this.arrangement.forget();
    this.readFor = undefined;
    this.suggestion.drop();
    this.ownStructure.close();
  }

  close(): void {
    this.ownStructure.close();
  }

  private spans(): readonly StructureSpan[] {
    return this.told ?? this.ownStructure.spansOf(this.document.text) ?? [];
  }

  /** The structure that the client has told, where it is that of this version. */
  private get told(): readonly StructureSpan[] | undefined {
    return this.structure?.version === this.document.version ? this.structure.spans : undefined;
  }

  private scene() {
    const { lines } = this.document;
    return { rope: this.rope, lines, outline: () => ({ lines, spans: this.spans() }) };
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
    if (this.attention !== undefined) this.attention = delta.mapOffset(this.attention, "after");
    if (this.readFor !== undefined) this.readFor = withChanges(this.readFor, delta);
    this.isBehind = true;
    this.latestStir = "edit";
    this.suggestion.follow(delta);
    this.arrangement.follow(delta, this.document.lines);
  }
}

/** Where a range stands after `delta`, with what was written at it. */
function withChanges({ start, end }: Range<Utf16Offset>, delta: Delta): Range<Utf16Offset> {
  const own = delta.touched().filter(({ old }) => old.start <= end && start <= old.end);
  return {
    start: utf16(Math.min(delta.mapOffset(start, "before"), ...own.map((run) => run.new.start))),
    end: utf16(Math.max(delta.mapOffset(end, "after"), ...own.map((run) => run.new.end))),
  };
}

/** Tokens that a cursor passes when it jumps, and units of text of which it surely does. */
const jumpTokensMin = 8;
const jumpUtf16Max = 400;

/** Longer than `contextTokens` only if nothing can be left out. Moves `arrangement` where it must. */
function fittingPrompt(
  arrangement: Arrangement, scene: Parameters<Arrangement["at"]>[2], path: string, cursor: Utf16Offset, special: PromptTokens, contextTokens: number,
): Prompt {
  const { rope } = scene;
  const previous = arrangement.shown;
  let budgetTokens = contextTokens - frameTokens(rope, path);
  for (;;) {
    const prompt = layout({ rope, path, cursor, ...arrangement.at(cursor, budgetTokens, scene, previous) }, special);
    // Cut at the anchor and at the cursor, a text takes a few tokens more than the window counted.
    const tooMany = prompt.tokens.length - contextTokens;
    if (tooMany <= 0 || budgetTokens <= 0) return prompt;
    budgetTokens -= tooMany;
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

// Owns the text of one open document at a version: the ground state that everything else is derived from.
// Accepts any greater version and nothing else. Knows no tokens, no cache and no message; never guesses and never throws
// for what a client sends: what doesn't fit changes nothing and is answered with its reason.
import { invariant } from "../base/invariants";
import { limits } from "../base/limits";
import { Delta, type Replacement } from "./delta";
import { Lines, type PositionEncoding } from "./lines";
import { utf16, type Place } from "./frames";
import { isPair, splitsPair } from "./surrogates";

/** One content change of LSP: a range of the current text and what replaces it, or the whole new text. */
export type ContentChange =
  | { readonly range: { readonly start: Place; readonly end: Place }; readonly text: string }
  | { readonly text: string };

/** held: the text is here. binary: it is here and holds NUL. tooLarge: it is over the limit, and `text` is empty instead. */
export type DocumentCondition = "held" | "binary" | "tooLarge";

export type ChangeResult =
  /** `delta` leads from the text held before to the text held after, over all changes together. */
  | { readonly kind: "changed"; readonly delta: Delta }
  /** The version isn't greater than ours: messages were lost, doubled or mixed up. Nothing was applied. */
  | { readonly kind: "outOfStep"; readonly reason: string }
  /** A place that the text doesn't have: client and sidecar differ about the text. Nothing was applied. */
  | { readonly kind: "outOfRange"; readonly reason: string };

export class TextDocument {
  readonly uri: string;
  readonly languageId: string;
  private currentVersion: number;
  private currentLines: Lines;
  private currentCondition: DocumentCondition;

  constructor(uri: string, languageId: string, version: number, text: string, readonly encoding: PositionEncoding = "utf-16") {
    this.uri = uri;
    this.languageId = languageId;
    this.currentVersion = version;
    this.currentCondition = conditionOf(text);
    this.currentLines = Lines.of(this.currentCondition === "tooLarge" ? "" : text);
  }

  get version(): number {
    return this.currentVersion;
  }

  get text(): string {
    return this.currentLines.text;
  }

  get lines(): Lines {
    return this.currentLines;
  }

  /** A document that became too large stays so until its whole text is sent again: what it held is gone. */
  get condition(): DocumentCondition {
    return this.currentCondition;
  }

  /** Applies each change to the result of the one before: all of them, or none. */
  change(version: number, changes: readonly ContentChange[]): ChangeResult {
    if (!Number.isSafeInteger(version) || version <= this.version) {
      return { kind: "outOfStep", reason: `version ${version} came after version ${this.version} of ${this.uri}` };
    }
    let lines = this.currentLines;
    let condition = this.currentCondition;
    const deltas: Delta[] = [];
    // What was said before the last whole text no longer matters, and may be of a text that we have lost.
    const whole = changes.findLastIndex((change) => !("range" in change));
    for (const change of changes.slice(Math.max(0, whole))) {
      const isWhole = !("range" in change);
      // The places of an edit mean nothing in a text that isn't held.
      if (condition === "tooLarge" && !isWhole) continue;
      const replacement = isWhole ? difference(lines.text, change.text) : placed(lines, change.range, change.text, this.encoding);
      if (replacement === undefined) {
        return { kind: "outOfRange", reason: `${printRange(change)} is not in the ${lines.lineCount} lines of version ${this.version}` };
      }
      const { delta, text } = edited(lines.text, widened(lines.text, replacement));
      condition = conditionAfter(condition, isWhole, change.text, text);
      lines = lines.patched(delta, text);
      deltas.push(delta);
    }
    if (condition === "tooLarge" && lines.text !== "") {
      deltas.push(Delta.fromReplacements(lines.text.length, [{ start: utf16(0), end: utf16(lines.text.length), text: "" }]));
      lines = Lines.of("");
    }
    const delta = composeAll(deltas, this.text.length);
    invariant(delta.oldLength === this.text.length && delta.newLength === lines.text.length, "chain",
      `a delta ${delta.oldLength} → ${delta.newLength} leads from ${this.text.length} to ${lines.text.length} units`);
    this.currentVersion = version;
    this.currentLines = lines;
    this.currentCondition = condition;
    return { kind: "changed", delta };
  }
}

function conditionOf(text: string): DocumentCondition {
  if (limits.documentUtf16Max < text.length) return "tooLarge";
  return text.includes("\0") ? "binary" : "held";
}

/** Looks through the whole text for NUL only where an edit may have taken the last one away. */
function conditionAfter(before: DocumentCondition, isWhole: boolean, inserted: string, text: string): DocumentCondition {
  if (isWhole || before !== "held" || limits.documentUtf16Max < text.length) return conditionOf(text);
  return inserted.includes("\0") ? "binary" : "held";
}

type PlaceRange = { readonly start: Place; readonly end: Place };

function placed(lines: Lines, range: PlaceRange, text: string, encoding: PositionEncoding): Replacement | undefined {
  const start = lines.cutAt(range.start, encoding);
  const end = lines.cutAt(range.end, encoding);
  if (start === undefined || end === undefined || end < start) return undefined;
  return { start, end, text };
}

/** The least replacement that leads from one text to the other: what lies between their common start and end. */
function difference(oldText: string, newText: string): Replacement {
  const shorter = Math.min(oldText.length, newText.length);
  let start = 0;
  while (start < shorter && oldText.charCodeAt(start) === newText.charCodeAt(start)) start += 1;
  let same = 0;
  const sameFromEnd = (back: number): boolean =>
    oldText.charCodeAt(oldText.length - 1 - back) === newText.charCodeAt(newText.length - 1 - back);
  while (same < shorter - start && sameFromEnd(same)) same += 1;
  return { start: utf16(start), end: utf16(oldText.length - same), text: newText.slice(start, newText.length - same) };
}

/**
 * The same edit, widened where it parts a surrogate pair or joins two halves to one, so that whatever is kept
 * is spelled by the same bytes before and after.
 */
function widened(text: string, replacement: Replacement): Replacement {
  const { start, end, text: inserted } = replacement;
  if (start === end && inserted === "") return replacement;
  const afterStart = inserted === "" ? text.charCodeAt(end) : inserted.charCodeAt(0);
  const startIsTorn = splitsPair(text, start) || isPair(text.charCodeAt(start - 1), afterStart);
  const wideStart = startIsTorn ? start - 1 : start;
  const ahead = text.slice(wideStart, start) + inserted;
  const endIsTorn = splitsPair(text, end) || isPair(ahead.charCodeAt(ahead.length - 1), text.charCodeAt(end));
  const wideEnd = endIsTorn ? end + 1 : end;
  return { start: utf16(wideStart), end: utf16(wideEnd), text: ahead + text.slice(end, wideEnd) };
}

function edited(text: string, replacement: Replacement): { readonly delta: Delta; readonly text: string } {
  const delta = Delta.fromReplacements(text.length, [replacement]);
  return { delta, text: delta.apply(text) };
}

/** Pairwise, so that many places cost n log n. */
function composeAll(deltas: readonly Delta[], length: number): Delta {
  const [first, second, ...rest] = deltas;
  if (first === undefined) return Delta.identity(length);
  if (second === undefined) return first;
  if (rest.length === 0) return first.compose(second);
  const middle = deltas.length >>> 1;
  return composeAll(deltas.slice(0, middle), length).compose(composeAll(deltas.slice(middle), length));
}

function printRange(change: ContentChange): string {
  if (!("range" in change)) return "the whole text";
  const { start, end } = change.range;
  return `${start.line}:${start.character}-${end.line}:${end.character}`;
}

// Owns where lines start, and turns LSP's places into offsets and back in the negotiated position encoding.
// Lines end at \n, \r\n or a lone \r, as LSP has it; nothing is normalised. Knows no document and no version.
import { at } from "../base/assert";
import { invariant } from "../base/invariants";
import type { Delta } from "./delta";
import { utf16, type Place, type Utf16Offset } from "./frames";
import { pairStart } from "./surrogates";
import { characterSize, utf8Length } from "./utf8";

/** How `Place.character` counts, as negotiated with the client. */
export type PositionEncoding = "utf-16" | "utf-8" | "utf-32";

const lineFeed = 0x0a;
const carriageReturn = 0x0d;

/** The lines of one text; immutable. An edit makes a new one in a copy of the starts and a look at what it touched. */
export class Lines {
  private constructor(
    readonly text: string,
    /** Offset of each line's first unit, rising; the first is 0. */
    private readonly starts: Int32Array,
  ) {
    invariant(starts[0] === 0, "frame", `the first line starts at ${starts[0]}`);
    invariant(at(starts, starts.length - 1) <= text.length, "frame", `a line starts after the text's ${text.length} units`);
  }

  static of(text: string): Lines {
    const later = startsWithin(text, 1, text.length);
    const starts = new Int32Array(later.length + 1);
    starts.set(later, 1);
    return new Lines(text, starts);
  }

  get lineCount(): number {
    return this.starts.length;
  }

  /** Undefined past the last line. */
  startOf(line: number): Utf16Offset | undefined {
    const start = this.starts[line];
    return start === undefined ? undefined : utf16(start);
  }

  /** The end of a line without what ends it. */
  endOf(line: number): Utf16Offset | undefined {
    if (this.starts[line] === undefined) return undefined;
    const next = this.starts[line + 1];
    if (next === undefined) return utf16(this.text.length);
    const beforeFeed = this.text.charCodeAt(next - 1) === lineFeed && this.text.charCodeAt(next - 2) === carriageReturn;
    return utf16(beforeFeed ? next - 2 : next - 1);
  }

  /** The line that holds `offset`; what ends a line belongs to it. */
  lineAt(offset: Utf16Offset): number {
    invariant(0 <= offset && offset <= this.text.length, "frame", `offset ${offset} in a text of ${this.text.length}`);
    return this.firstStartFrom(offset + 1) - 1;
  }

  /** Offsets within the line's ending count as its end, those inside a surrogate pair as the pair's start. */
  placeAt(offset: Utf16Offset, encoding: PositionEncoding): Place {
    const line = this.lineAt(offset);
    const start = at(this.starts, line);
    const end = Math.min(pairStart(this.text, offset), this.endOf(line) ?? offset);
    if (encoding === "utf-16") return { line, character: end - start };
    const before = this.text.slice(start, end);
    if (encoding === "utf-8") return { line, character: utf8Length(before) };
    let character = 0;
    for (let index = 0; index < before.length; index += characterSize(before, index).units) character += 1;
    return { line, character };
  }

  /**
   * Past the end of a line counts as its end, as LSP says; inside a character counts as the character's start.
   * Undefined where there is no such line, and for numbers that count nothing (negative or not whole).
   */
  offsetAt(place: Place, encoding: PositionEncoding): Utf16Offset | undefined {
    const cut = this.cutAt(place, encoding);
    return cut === undefined ? undefined : utf16(pairStart(this.text, cut));
  }

  /** As `offsetAt`, but UTF-16 places inside a surrogate pair stay there: an edit must do what its client did. */
  cutAt(place: Place, encoding: PositionEncoding): Utf16Offset | undefined {
    const start = this.startOf(place.line);
    const end = this.endOf(place.line);
    if (start === undefined || end === undefined || !isCount(place.character)) return undefined;
    if (encoding === "utf-16") return utf16(Math.min(start + place.character, end));
    let offset: number = start;
    let left = place.character;
    while (offset < end) {
      const size = characterSize(this.text, offset);
      const taken = encoding === "utf-8" ? size.bytes : 1;
      if (left < taken) break;
      left -= taken;
      offset += size.units;
    }
    return utf16(offset);
  }

  /** The lines of `newText`, which `delta` makes of this text. */
  patched(delta: Delta, newText: string): Lines {
    invariant(delta.oldLength === this.text.length, "frame", `delta fits ${delta.oldLength} units, the text has ${this.text.length}`);
    invariant(delta.newLength === newText.length, "frame", `delta makes ${delta.newLength} units, the text has ${newText.length}`);
    // Whether a line starts at an offset is said by the units on its two sides, so a run decides for both its edges.
    const patches = delta.touched().map((run) => ({
      from: this.firstStartFrom(Math.max(1, run.old.start)),
      to: this.firstStartFrom(Math.max(1, run.old.end + 1)),
      shift: run.new.end - run.old.end,
      starts: startsWithin(newText, Math.max(1, run.new.start), run.new.end),
    }));
    const grown = patches.reduce((sum, patch) => sum + patch.starts.length - (patch.to - patch.from), 0);
    const starts = new Int32Array(this.starts.length + grown);
    let from = 0;
    let to = 0;
    let shift = 0;
    const copyUntil = (end: number): void => {
      starts.set(this.starts.subarray(from, end), to);
      const copiedEnd = to + end - from;
      if (shift !== 0) for (let index = to; index < copiedEnd; index += 1) starts[index] = (starts[index] ?? 0) + shift;
      to = copiedEnd;
    };
    for (const patch of patches) {
      copyUntil(patch.from);
      starts.set(patch.starts, to);
      to += patch.starts.length;
      from = patch.to;
      shift = patch.shift;
    }
    copyUntil(this.starts.length);
    return new Lines(newText, starts);
  }

  /** Index of the first line that starts at `offset` or after it. */
  private firstStartFrom(offset: number): number {
    let low = 0;
    let high = this.starts.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (at(this.starts, middle) < offset) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

const isCount = (value: number): boolean => Number.isSafeInteger(value) && 0 <= value;

/** The offsets in `first`..`last`, both included and at least 1, at which a line of `text` starts. */
function startsWithin(text: string, first: number, last: number): number[] {
  const starts: number[] = [];
  for (let offset = first; offset <= last; offset += 1) {
    const unit = text.charCodeAt(offset - 1);
    if (unit === lineFeed || (unit === carriageReturn && text.charCodeAt(offset) !== lineFeed)) starts.push(offset);
  }
  return starts;
}

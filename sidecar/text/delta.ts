// Owns a text edit as an immutable value: runs that stay and runs that are replaced, from one text to the next.
// Knows no document, no version and no line; tokens and cells have edits of their own. Idea and laws: CodeMirror's ChangeSet.
//
//   old   k e e p [ o l d ] k e e p        sections  4  3:5  4
//   new   k e e p [ n e w e r ] k e e p    positions follow from the lengths and are never stored
import { assert } from "../base/assert";
import { invariant } from "../base/invariants";
import { utf16, type Range, type Utf16Offset } from "./frames";
import { keep, newLengthOf, oldLengthOf, replace, SectionBuilder, SectionReader, type Section } from "./sections";
import { splitsPair } from "./surrogates";

/** What stands in `start`..`end` of the old text gives way to `text`. */
export interface Replacement extends Range<Utf16Offset> {
  readonly text: string;
}

/** A replaced run in the frames of both texts. */
export interface TouchedRun {
  readonly old: Range<Utf16Offset>;
  readonly new: Range<Utf16Offset>;
  readonly text: string;
}

/** On which side of text inserted exactly at an offset the offset ends up. */
export type Bias = "before" | "after";

/** A number is a kept length; a pair is a replaced length and its new text. */
export type DeltaJson = readonly (number | readonly [oldLength: number, text: string])[];

export class Delta {
  /** Length of the only texts that this delta fits. */
  readonly oldLength: number;
  readonly newLength: number;

  private constructor(readonly sections: readonly Section[]) {
    let oldLength = 0;
    let newLength = 0;
    for (const section of sections) {
      oldLength += oldLengthOf(section);
      newLength += newLengthOf(section);
    }
    invariant(Number.isSafeInteger(oldLength), "frame", `a delta fits ${oldLength} units`);
    this.oldLength = oldLength;
    this.newLength = newLength;
  }

  /** Merges neighbours of one kind and drops empty runs; equal edits thereby have equal sections. */
  static of(sections: readonly Section[]): Delta {
    const builder = new SectionBuilder();
    for (const section of sections) builder.add(section);
    return new Delta(builder.finish());
  }

  /** Changes nothing in a text of `length` units. */
  static identity(length: number): Delta {
    return Delta.of([keep(length)]);
  }

  /** `replacements` are offsets into one text of `length` units, sorted and disjoint. */
  static fromReplacements(length: number, replacements: readonly Replacement[]): Delta {
    const builder = new SectionBuilder();
    let offset = 0;
    for (const { start, end, text } of replacements) {
      invariant(offset <= start, "frame", `replacement starts at ${start}, the one before ends at ${offset}`);
      invariant(start <= end, "frame", `replacement runs from ${start} to ${end}`);
      builder.add(keep(start - offset));
      builder.add(replace(end - start, text));
      offset = end;
    }
    invariant(offset <= length, "frame", `replacement ends at ${offset} in a text of ${length}`);
    builder.add(keep(length - offset));
    return new Delta(builder.finish());
  }

  /** Reads `3 3:4 2`: keep 3, replace 3 by the next 4 units of `inserted`, keep 2. Inverse of `print` and `inserted`. */
  static parse(notation: string, inserted: string): Delta {
    const builder = new SectionBuilder();
    let used = 0;
    for (const word of notation.split(" ").filter((part) => part !== "")) {
      const match = /^(\d+)(?::(\d+))?$/.exec(word);
      assert(match !== null, `${JSON.stringify(word)} is no section of a delta`);
      const oldLength = Number(match[1]);
      if (match[2] === undefined) builder.add(keep(oldLength));
      else {
        const text = inserted.slice(used, used + Number(match[2]));
        assert(text.length === Number(match[2]), `${word} needs ${match[2]} inserted units, ${text.length} are left`);
        used += text.length;
        builder.add(replace(oldLength, text));
      }
    }
    assert(used === inserted.length, `${inserted.length} units are inserted, the notation uses ${used}`);
    return new Delta(builder.finish());
  }

  /** @throws Error where `json` is not what `toJson` makes. */
  static fromJson(json: unknown): Delta {
    assert(Array.isArray(json), "a delta in JSON is a list");
    const builder = new SectionBuilder();
    for (const item of json as readonly unknown[]) {
      if (typeof item === "number") builder.add(keep(item));
      else {
        assert(Array.isArray(item) && item.length === 2, "a section in JSON is a number or a pair");
        const [oldLength, text] = item as readonly unknown[];
        assert(typeof oldLength === "number" && typeof text === "string", "a replaced section is a length and a text");
        builder.add(replace(oldLength, text));
      }
    }
    return new Delta(builder.finish());
  }

  toJson(): DeltaJson {
    return this.sections.map((section) => (section.kind === "keep" ? section.length : [section.oldLength, section.text]));
  }

  /** Lengths only, as in `3 3:4 2`; the identity of the empty text prints as nothing. */
  print(): string {
    return this.sections
      .map((section) => (section.kind === "keep" ? `${section.length}` : `${section.oldLength}:${section.text.length}`))
      .join(" ");
  }

  /** All inserted text, in order. */
  inserted(): string {
    return this.sections.map((section) => (section.kind === "keep" ? "" : section.text)).join("");
  }

  isEmpty(): boolean {
    return this.sections.every((section) => section.kind === "keep");
  }

  /** The replaced runs, in order; between them everything is kept. */
  touched(): readonly TouchedRun[] {
    const runs: TouchedRun[] = [];
    let oldOffset = 0;
    let newOffset = 0;
    for (const section of this.sections) {
      const oldEnd = oldOffset + oldLengthOf(section);
      const newEnd = newOffset + newLengthOf(section);
      if (section.kind === "replace") {
        runs.push({
          old: { start: utf16(oldOffset), end: utf16(oldEnd) },
          new: { start: utf16(newOffset), end: utf16(newEnd) },
          text: section.text,
        });
      }
      oldOffset = oldEnd;
      newOffset = newEnd;
    }
    return runs;
  }

  /** The new text. `oldText` has `oldLength` units, and no replaced run begins or ends inside one of its surrogate pairs. */
  apply(oldText: string): string {
    invariant(oldText.length === this.oldLength, "frame", `delta fits ${this.oldLength} units, the text has ${oldText.length}`);
    const parts: string[] = [];
    let offset = 0;
    for (const section of this.sections) {
      invariant(!splitsPair(oldText, offset), "frame", `delta cuts a surrogate pair at ${offset}`);
      const end = offset + oldLengthOf(section);
      parts.push(section.kind === "keep" ? oldText.slice(offset, end) : section.text);
      offset = end;
    }
    return parts.join("");
  }

  /** The delta from the new text back to `oldText`: `d.invert(old).apply(d.apply(old))` equals `old`. */
  invert(oldText: string): Delta {
    invariant(oldText.length === this.oldLength, "frame", `delta fits ${this.oldLength} units, the text has ${oldText.length}`);
    let offset = 0;
    return Delta.of(
      this.sections.map((section) => {
        const start = offset;
        offset += oldLengthOf(section);
        return section.kind === "keep" ? section : replace(section.text.length, oldText.slice(start, offset));
      }),
    );
  }

  /** This and then `next`, as one: `a.compose(b).apply(text)` equals `b.apply(a.apply(text))`. Composing is associative. */
  compose(next: Delta): Delta {
    invariant(this.newLength === next.oldLength, "frame", `a delta to ${this.newLength} units before one from ${next.oldLength}`);
    const builder = new SectionBuilder();
    const first = new SectionReader(this.sections, newLengthOf);
    const second = new SectionReader(next.sections, oldLengthOf);
    for (;;) {
      // Runs without a length in the text between the two pass through; the first one's deletions come first.
      const passed = first.takeEmpty() ?? second.takeEmpty();
      if (passed !== undefined) {
        builder.add(passed);
        continue;
      }
      const a = first.current();
      const b = second.current();
      if (a === undefined || b === undefined) break;
      const length = Math.min(first.left(), second.left());
      // A replaced run is walked in pieces: what it deletes or inserts as a whole goes with its first piece.
      if (a.kind === "replace" && first.isAtStart()) builder.add(replace(a.oldLength, ""));
      if (b.kind === "replace") builder.add(replace(0, second.takeText()));
      if (b.kind === "keep") builder.add(a.kind === "keep" ? keep(length) : replace(0, first.pieceOfText(length)));
      else if (a.kind === "keep") builder.add(replace(length, ""));
      first.advance(length);
      second.advance(length);
    }
    return new Delta(builder.finish());
  }

  /**
   * This edit as it must be made after `over`, both having been written for the same text.
   * Law (the diamond): `a.compose(b.map(a, "after"))` equals `b.compose(a.map(b, "before"))`.
   * Where both insert at one offset, `side` says whether this one's text stands before or after the other's.
   * Text inserted inside a run that `over` deletes stays; a replaced run's text stands at the run's start.
   */
  map(over: Delta, side: Bias): Delta {
    invariant(this.oldLength === over.oldLength, "frame", `a delta from ${this.oldLength} units over one from ${over.oldLength}`);
    const builder = new SectionBuilder();
    const own = new SectionReader(this.sections, oldLengthOf);
    const other = new SectionReader(over.sections, oldLengthOf);
    for (;;) {
      const ownText = own.takeText();
      const otherText = other.takeText();
      if (side === "before") builder.add(replace(0, ownText));
      builder.add(keep(otherText.length));
      if (side === "after") builder.add(replace(0, ownText));
      // What only inserts has been dealt with; the rest of the round walks the old text.
      own.takeEmpty();
      other.takeEmpty();
      const a = own.current();
      const b = other.current();
      if (a === undefined || b === undefined) break;
      const length = Math.min(own.left(), other.left());
      if (b.kind === "keep") builder.add(a.kind === "keep" ? keep(length) : replace(length, ""));
      own.advance(length);
      other.advance(length);
    }
    return new Delta(builder.finish());
  }

  /**
   * Where an offset of the old text stands in the new one. At an insertion `bias` decides; inside a replaced run it goes
   * to the run's start (before) or end (after); at either edge of a replaced run it stays at that edge.
   */
  mapOffset(offset: Utf16Offset, bias: Bias): Utf16Offset {
    invariant(0 <= offset && offset <= this.oldLength, "frame", `offset ${offset} in a text of ${this.oldLength}`);
    let oldStart = 0;
    let newStart = 0;
    for (const section of this.sections) {
      const oldEnd = oldStart + oldLengthOf(section);
      const newEnd = newStart + newLengthOf(section);
      const isInsertion = oldStart === oldEnd;
      if (offset < oldEnd || (offset === oldEnd && bias === "before" && isInsertion)) {
        if (section.kind === "keep") return utf16(newStart + offset - oldStart);
        return utf16(offset === oldStart || bias === "before" ? newStart : newEnd);
      }
      oldStart = oldEnd;
      newStart = newEnd;
    }
    return utf16(newStart);
  }
}

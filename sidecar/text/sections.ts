// Owns the runs that a delta is made of, how they are put together and how they are read in pieces.
// Knows no text but the inserted one; what runs mean together is delta.ts's work.
import { invariant } from "../base/invariants";

/** One run, in UTF-16 code units. In a delta kept and replaced runs alternate and none is empty. */
export type Section =
  | { readonly kind: "keep"; readonly length: number }
  | { readonly kind: "replace"; readonly oldLength: number; readonly text: string };

export const keep = (length: number): Section => ({ kind: "keep", length });
export const replace = (oldLength: number, text: string): Section => ({ kind: "replace", oldLength, text });

export function oldLengthOf(section: Section): number {
  return section.kind === "keep" ? section.length : section.oldLength;
}

export function newLengthOf(section: Section): number {
  return section.kind === "keep" ? section.length : section.text.length;
}

/** Puts sections together so that equal edits have equal sections: neighbours of one kind merge, empty ones vanish. */
export class SectionBuilder {
  private readonly sections: Section[] = [];
  private keptLength = 0;
  private oldLength = 0;
  private texts: string[] = [];

  add(section: Section): void {
    const taken = oldLengthOf(section);
    invariant(Number.isSafeInteger(taken) && 0 <= taken, "frame", `a section takes ${taken} units`);
    if (taken === 0 && newLengthOf(section) === 0) return;
    if (section.kind === "keep") {
      this.endReplaced();
      this.keptLength += section.length;
    } else {
      this.endKept();
      this.oldLength += section.oldLength;
      if (section.text !== "") this.texts.push(section.text);
    }
  }

  finish(): readonly Section[] {
    this.endKept();
    this.endReplaced();
    return this.sections;
  }

  private endKept(): void {
    if (this.keptLength === 0) return;
    this.sections.push(keep(this.keptLength));
    this.keptLength = 0;
  }

  private endReplaced(): void {
    if (this.oldLength === 0 && this.texts.length === 0) return;
    this.sections.push(replace(this.oldLength, this.texts.join("")));
    this.oldLength = 0;
    this.texts = [];
  }
}

/** Walks sections in pieces, measured in the old or in the new text: whichever `lengthOf` says. */
export class SectionReader {
  private index = 0;
  private used = 0;
  private textTaken = false;

  constructor(
    private readonly sections: readonly Section[],
    private readonly lengthOf: (section: Section) => number,
  ) {}

  current(): Section | undefined {
    return this.sections[this.index];
  }

  /** Units of the current section that are still to be walked. */
  left(): number {
    const section = this.current();
    return section === undefined ? 0 : this.lengthOf(section) - this.used;
  }

  isAtStart(): boolean {
    return this.used === 0;
  }

  /** The current section when it has no length in the measured text; the reader moves past it. */
  takeEmpty(): Section | undefined {
    const section = this.current();
    if (section === undefined || this.lengthOf(section) !== 0) return undefined;
    this.next();
    return section;
  }

  /** The inserted text of the current section, once. */
  takeText(): string {
    const section = this.current();
    if (section === undefined || section.kind === "keep" || this.textTaken) return "";
    this.textTaken = true;
    return section.text;
  }

  /** The next `length` units of the inserted text, for a reader that measures the new text. */
  pieceOfText(length: number): string {
    const section = this.current();
    return section === undefined || section.kind === "keep" ? "" : section.text.slice(this.used, this.used + length);
  }

  advance(length: number): void {
    invariant(length <= this.left(), "frame", `${length} units of the ${this.left()} that are left`);
    this.used += length;
    if (this.left() === 0) this.next();
  }

  private next(): void {
    this.index += 1;
    this.used = 0;
    this.textTaken = false;
  }
}

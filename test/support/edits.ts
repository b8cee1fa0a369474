// Owns random edits with a human shape: mostly typing at a point, often deleting backwards, sometimes pasting, rarely
// replacing; now and then several places at once, an undo, the very start and the very end.
// Knows texts and deltas only; what is derived from them is the business of the laws.
import { at } from "../../sidecar/base/assert";
import type { Random } from "../../sidecar/base/random";
import { Delta, type Replacement } from "../../sidecar/text/delta";
import type { ContentChange } from "../../sidecar/text/document";
import { Lines, type PositionEncoding } from "../../sidecar/text/lines";
import { utf16 } from "../../sidecar/text/frames";
import { pairStart } from "../../sidecar/text/surrogates";

export type EditKind = "type" | "deleteBackwards" | "paste" | "replace" | "severalPlaces" | "atStart" | "atEnd" | "undo";

/** An editing session: its text, its cursor, and the deltas that would undo what was done. */
export interface Editing {
  readonly text: string;
  /** UTF-16. */
  readonly cursor: number;
  readonly undo: readonly Delta[];
}

export interface Edit {
  readonly kind: EditKind;
  readonly delta: Delta;
  /** The session after the edit. */
  readonly after: Editing;
}

export const editing = (text: string): Editing => ({ text, cursor: 0, undo: [] });

const weights: readonly (readonly [kind: EditKind, weight: number])[] = [
  ["type", 46], ["deleteBackwards", 22], ["paste", 8], ["replace", 5],
  ["severalPlaces", 6], ["atStart", 3], ["atEnd", 3], ["undo", 7],
];
const undoMax = 50;

/** Characters as one types them, the awkward ones among them: pairs, combining marks, tabs, every line ending, a BOM. */
const characters = [
  ..."abcdefxyz   (){};.,=+_0123", "\n", "\n", "\r\n", "\r\n", "\r", "\t",
  "é", "e\u0301", "ß", "→", "語", "😀", "𝒳", "👩‍👧", "\u200d", "\ufeff",
];

/** Up to `charactersMax` random characters. */
export function randomText(random: Random, charactersMax: number): string {
  return Array.from({ length: random.below(charactersMax + 1) }, () => random.pick(characters)).join("");
}

/** Any delta that fits `text`, of up to `placesMax` replaced runs, none of which cuts a pair. */
export function randomDelta(random: Random, text: string, placesMax: number): Delta {
  const cuts = Array.from({ length: 2 * random.below(placesMax + 1) }, () => randomOffset(random, text)).sort((a, b) => a - b);
  const replacements: Replacement[] = [];
  for (let index = 0; index + 1 < cuts.length; index += 2) {
    const start = at(cuts, index);
    const end = random.chance(0.3) ? start : at(cuts, index + 1);
    replacements.push({ start: utf16(start), end: utf16(end), text: random.chance(0.25) ? "" : randomText(random, 6) });
  }
  return Delta.fromReplacements(text.length, replacements);
}

export function nextEdit(random: Random, now: Editing): Edit {
  const kind = pickKind(random);
  const last = now.undo.at(-1);
  if (kind === "undo") {
    if (last === undefined) return nextEdit(random, now);
    return finish(kind, last, now, now.undo.slice(0, -1));
  }
  const delta = Delta.fromReplacements(now.text.length, replacementsFor(random, kind, now));
  return finish(kind, delta, now, [...now.undo, delta.invert(now.text)].slice(-undoMax));
}

/** The same edit as LSP changes, last place first, as editors send them: no place moves another. */
export function toChanges(text: string, delta: Delta, encoding: PositionEncoding = "utf-16"): readonly ContentChange[] {
  const lines = Lines.of(text);
  const changes = delta.touched().map((run): ContentChange => {
    // No place lies between \r and \n: such an edit takes the half of the ending with it.
    const start = splitsLineEnd(text, run.old.start) ? run.old.start - 1 : run.old.start;
    const end = splitsLineEnd(text, run.old.end) ? run.old.end + 1 : run.old.end;
    return {
      range: { start: lines.placeAt(utf16(start), encoding), end: lines.placeAt(utf16(end), encoding) },
      text: text.slice(start, run.old.start) + run.text + text.slice(run.old.end, end),
    };
  });
  return changes.reverse();
}

function replacementsFor(random: Random, kind: Exclude<EditKind, "undo">, now: Editing): readonly Replacement[] {
  const { text } = now;
  // Most edits go on where the last one ended; the others begin with a jump.
  const cursor = random.chance(0.7) ? now.cursor : randomOffset(random, text);
  switch (kind) {
    case "type": return [replacement(cursor, cursor, typed(random))];
    case "deleteBackwards": return [replacement(pairStart(text, Math.max(0, cursor - 1 - random.below(6))), cursor, "")];
    case "paste": return [replacement(cursor, cursor, randomText(random, 60))];
    case "replace": {
      const end = pairStart(text, Math.min(text.length, cursor + 1 + random.below(20)));
      return [replacement(Math.min(cursor, end), end, randomText(random, 12))];
    }
    case "severalPlaces": return severalPlaces(random, text);
    case "atStart": {
      const end = random.chance(0.5) ? 0 : pairStart(text, Math.min(text.length, 3));
      return [replacement(0, end, typed(random))];
    }
    case "atEnd": {
      const start = random.chance(0.5) ? text.length : pairStart(text, Math.max(0, text.length - 3));
      return [replacement(start, text.length, typed(random))];
    }
  }
}

/** A word renamed, or one thing typed, at up to five places at once. */
function severalPlaces(random: Random, text: string): readonly Replacement[] {
  const inserted = typed(random);
  const length = random.below(4);
  const starts = Array.from({ length: 1 + random.below(5) }, () => randomOffset(random, text)).sort((a, b) => a - b);
  const replacements: Replacement[] = [];
  let free = 0;
  for (const start of starts) {
    if (start < free) continue;
    const end = Math.max(start, pairStart(text, Math.min(text.length, start + length)));
    replacements.push(replacement(start, end, inserted));
    free = end + 1;
  }
  return replacements;
}

function finish(kind: EditKind, delta: Delta, now: Editing, undo: readonly Delta[]): Edit {
  const text = delta.apply(now.text);
  const cursor = delta.touched().at(-1)?.new.end ?? now.cursor;
  return { kind, delta, after: { text, cursor: pairStart(text, cursor), undo } };
}

function pickKind(random: Random): EditKind {
  let left = random.below(weights.reduce((sum, [, weight]) => sum + weight, 0));
  for (const [kind, weight] of weights) {
    if (left < weight) return kind;
    left -= weight;
  }
  return "type";
}

const typed = (random: Random): string => random.pick(characters) + randomText(random, 7);
const replacement = (start: number, end: number, text: string): Replacement => ({ start: utf16(start), end: utf16(end), text });
const randomOffset = (random: Random, text: string): number => pairStart(text, random.below(text.length + 1));
const splitsLineEnd = (text: string, offset: number): boolean => text[offset - 1] === "\r" && text[offset] === "\n";

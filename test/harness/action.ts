// Owns the naming of what happened between one completion and the next: the rows of the report.
// Pure arithmetic on changes in offsets; knows no policy and no figures.
import type { AppliedChange } from "./traceDocument";

/**
 * `open`: the first completion of a trace, when nothing is warm. `again`: asked anew at the same place and text.
 * The others are what the design's figures are told by.
 */
export const actions = [
  "typing",
  "insert above", "delete above", "replace above",
  "insert below", "delete below", "replace below",
  "several places", "jump up", "jump down",
  "again", "open",
] as const;
export type Action = (typeof actions)[number];

export function isAction(name: string): name is Action {
  return (actions as readonly string[]).includes(name);
}

/** A stretch of the text as it is now (`startUtf16`..`endUtf16`) that stands where `removedUtf16` units stood before. */
interface ChangedPlace {
  readonly startUtf16: number;
  readonly endUtf16: number;
  readonly removedUtf16: number;
}

/**
 * Collects changes since the completion before, merged into places in the offsets of the text as it is now.
 * `places` is sorted and disjoint: changes that touch become one place.
 */
export class ActionWatch {
  private places: readonly ChangedPlace[] = [];
  /** Where the completion before was asked, carried through the changes; undefined before the first. */
  private previousUtf16: number | undefined;

  change(change: AppliedChange): void {
    const { startUtf16, endUtf16, insertedUtf16 } = change;
    const touched = this.places.filter((place) => startUtf16 <= place.endUtf16 && place.startUtf16 <= endUtf16);
    const start = Math.min(startUtf16, ...touched.map((place) => place.startUtf16));
    const end = Math.max(endUtf16, ...touched.map((place) => place.endUtf16));
    const grown = insertedUtf16 - (endUtf16 - startUtf16);
    const removed = touched.reduce((sum, place) => sum + place.removedUtf16 - (place.endUtf16 - place.startUtf16), end - start);
    const move = (place: ChangedPlace): ChangedPlace =>
      ({ ...place, startUtf16: place.startUtf16 + grown, endUtf16: place.endUtf16 + grown });
    this.places = [
      ...this.places.filter((place) => place.endUtf16 < startUtf16),
      { startUtf16: start, endUtf16: end + grown, removedUtf16: removed },
      ...this.places.filter((place) => endUtf16 < place.startUtf16).map(move),
    ];
    this.previousUtf16 = carried(this.previousUtf16, change);
  }

  /** What led to a completion at `cursorUtf16` of `text`; the watch then starts over from there. */
  completed(text: string, cursorUtf16: number): Action {
    const action = this.classify(text, cursorUtf16);
    this.places = [];
    this.previousUtf16 = cursorUtf16;
    return action;
  }

  private classify(text: string, cursorUtf16: number): Action {
    const previousUtf16 = this.previousUtf16;
    if (previousUtf16 === undefined) return "open";
    // What was inserted and taken back again has left nothing.
    const left = this.places.filter((place) => place.removedUtf16 > 0 || place.startUtf16 < place.endUtf16);
    const places = joinedByLines(left, text);
    const near = (place: ChangedPlace, offset: number): boolean => {
      const lines = wholeLines(text, place);
      return lines.startUtf16 <= offset && offset <= lines.endUtf16;
    };
    const far = places.filter((place) => !near(place, cursorUtf16) && !near(place, previousUtf16));
    const sameStretch = places.some((place) => near(place, cursorUtf16) && near(place, previousUtf16));
    const jumped = !sameStretch && lineStart(text, previousUtf16) !== lineStart(text, cursorUtf16);
    const [only, ...others] = far;
    if (only !== undefined) return others.length > 0 || jumped ? "several places" : oneFarPlace(only, cursorUtf16);
    if (jumped) return cursorUtf16 < previousUtf16 ? "jump up" : "jump down";
    return places.length > 0 || cursorUtf16 !== previousUtf16 ? "typing" : "again";
  }
}

function oneFarPlace(place: ChangedPlace, cursorUtf16: number): Action {
  const above = place.endUtf16 <= cursorUtf16;
  if (place.removedUtf16 === 0) return above ? "insert above" : "insert below";
  if (place.startUtf16 === place.endUtf16) return above ? "delete above" : "delete below";
  return above ? "replace above" : "replace below";
}

/** Where an offset comes to stand after a change: text inserted exactly there comes before it, as before a cursor. */
function carried(offsetUtf16: number | undefined, change: AppliedChange): number | undefined {
  if (offsetUtf16 === undefined || offsetUtf16 < change.startUtf16) return offsetUtf16;
  if (offsetUtf16 <= change.endUtf16) return change.startUtf16 + change.insertedUtf16;
  return offsetUtf16 + change.insertedUtf16 - (change.endUtf16 - change.startUtf16);
}

/** Places with nothing but the rest of a line between them are one to a person. */
function joinedByLines(places: readonly ChangedPlace[], text: string): readonly ChangedPlace[] {
  const joined: ChangedPlace[] = [];
  for (const place of places) {
    const last = joined.at(-1);
    if (last === undefined || text.slice(last.endUtf16, place.startUtf16).includes("\n")) joined.push(place);
    else {
      const between = place.startUtf16 - last.endUtf16;
      joined[joined.length - 1] = { startUtf16: last.startUtf16, endUtf16: place.endUtf16, removedUtf16: last.removedUtf16 + between + place.removedUtf16 };
    }
  }
  return joined;
}

/** The lines that a place lies on. A place of whole lines doesn't reach into the line after it. */
function wholeLines(text: string, place: ChangedPlace): { readonly startUtf16: number; readonly endUtf16: number } {
  const endsLine = place.endUtf16 > place.startUtf16 && text[place.endUtf16 - 1] === "\n";
  const deletedLines = place.endUtf16 === place.startUtf16 && (place.startUtf16 === 0 || text[place.startUtf16 - 1] === "\n");
  const end = text.indexOf("\n", place.endUtf16);
  const startUtf16 = lineStart(text, place.startUtf16);
  if (endsLine) return { startUtf16, endUtf16: place.endUtf16 - 1 };
  return { startUtf16, endUtf16: deletedLines ? place.startUtf16 : end === -1 ? text.length : end };
}

function lineStart(text: string, offsetUtf16: number): number {
  return offsetUtf16 === 0 ? 0 : text.lastIndexOf("\n", offsetUtf16 - 1) + 1;
}

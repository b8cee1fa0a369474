// Owns the making of a trace from the text before and after a change: hunk by hunk, as a person might have typed it.
// Pure; where the texts come from is gitSource.ts's and npmSource.ts's work.
//
// Law: replayed to the end, the trace gives `after` exactly.
import type { Place } from "../../sidecar/text/frames";
import type { Hunk } from "./lineDiff";
import { lineDiff } from "./lineDiff";
import type { ExtraFields, Trace, TraceChange, TraceEvent } from "./trace";

/** Two versions of one file, with where they come from. */
export interface FileChange {
  readonly uri: string;
  readonly languageId: string;
  readonly before: string;
  readonly after: string;
  /** Goes into the header's `source`: repository and commit, or package and versions. */
  readonly source: ExtraFields;
}

/** A line shorter than this, indentation aside, isn't worth a completion. */
const expectedUtf16Min = 8;
/** Characters typed one by one before the second completion of a line. */
const typedCharacters = 3;

const pauseMs = { beforeJump: 2_000, afterJump: 300, line: 400, character: 150, complete: 200, rest: 500, idle: 1_500 };

/** Whether a trace can be made: places of LSP and lines of the diff must agree, and there must be something to do. */
export function canTrace(change: FileChange): boolean {
  return change.before !== change.after && !hasLoneReturn(change.before) && !hasLoneReturn(change.after);
}

/**
 * The change as a session: at each hunk, from top to bottom, the cursor jumps there, the old lines go in one edit, the
 * new ones come line by line; at the first line worth it a completion is asked, with the indentation typed, and again
 * after three more characters. Between hunks nothing happens for 1.5 s.
 */
export function traceOfHistory(change: FileChange): Trace {
  const writer = new EventWriter();
  for (const hunk of lineDiff(change.before, change.after)) {
    // Hunks above have been applied, so that lines count as in the text after.
    const start: Place = { line: hunk.newStart, character: 0 };
    writer.pause(pauseMs.beforeJump).cursor(start).pause(pauseMs.afterJump);
    if (hunk.oldLines.length > 0) writer.edit(replacement(start, hunk, "")).pause(pauseMs.line);
    const asked = hunk.newLines.findIndex(isWorthCompleting);
    hunk.newLines.forEach((line, index) => writeLine(writer, line, { line: hunk.newStart + index, character: 0 }, index === asked));
    writer.idle(pauseMs.idle);
  }
  return {
    name: change.uri,
    header: { uri: change.uri, languageId: change.languageId, text: change.before, action: undefined, extra: { source: change.source } },
    events: writer.events,
    lineNumbers: writer.events.map((_, index) => index + 2),
  };
}

/** A line taken apart: its indentation, what is written on it, and its end. */
export interface LineParts {
  readonly indentation: string;
  readonly content: string;
  readonly end: string;
}

export function lineParts(line: string): LineParts {
  const match = /^([ \t]*)([^\r\n]*)(\r?\n)?$/.exec(line);
  return { indentation: match?.[1] ?? "", content: match?.[2] ?? "", end: match?.[3] ?? "" };
}

export function isWorthCompleting(line: string): boolean {
  return expectedUtf16Min <= lineParts(line).content.trimEnd().length;
}

/** Inserts `text` at `place`. */
export function insertion(place: Place, text: string): TraceChange {
  return { range: { start: place, end: place }, text };
}

/** Puts `text` in the place of a hunk's old lines, which begin at `start`. */
export function replacement(start: Place, hunk: Pick<Hunk, "oldLines">, text: string): TraceChange {
  const last = hunk.oldLines.at(-1);
  if (last === undefined) return insertion(start, text);
  const end: Place = last.endsWith("\n")
    ? { line: start.line + hunk.oldLines.length, character: 0 }
    : { line: start.line + hunk.oldLines.length - 1, character: last.length };
  return { range: { start, end }, text };
}

/** Collects events with the time between them. */
export class EventWriter {
  readonly events: TraceEvent[] = [];
  private tMs = 0;

  pause(ms: number): this {
    this.tMs += ms;
    return this;
  }
  edit(...changes: readonly TraceChange[]): this {
    return this.add({ kind: "edit", tMs: this.tMs, changes, extra: {} });
  }
  cursor(place: Place): this {
    return this.add({ kind: "cursor", tMs: this.tMs, place, extra: {} });
  }
  complete(place: Place, expect: string): this {
    return this.add({ kind: "complete", tMs: this.tMs, place, expect, extra: {} });
  }
  idle(ms: number): this {
    this.add({ kind: "idle", tMs: this.tMs, idleMs: ms, extra: {} });
    return this.pause(ms);
  }
  /** Types `text` character by character and returns the place behind it. */
  type(place: Place, text: string): Place {
    let { character } = place;
    for (const typed of text) {
      this.pause(pauseMs.character).edit(insertion({ line: place.line, character }, typed));
      character += typed.length;
    }
    return { line: place.line, character };
  }
  private add(event: TraceEvent): this {
    this.events.push(event);
    return this;
  }
}

function writeLine(writer: EventWriter, line: string, start: Place, asked: boolean): void {
  const { indentation, content, end } = lineParts(line);
  if (end !== "") writer.edit(insertion(start, end));
  if (!asked) {
    if (indentation + content !== "") writer.edit(insertion(start, indentation + content));
    writer.pause(pauseMs.line);
    return;
  }
  if (indentation !== "") writer.edit(insertion(start, indentation));
  const place: Place = { line: start.line, character: indentation.length };
  writer.pause(pauseMs.complete).complete(place, content);
  const typed = firstCharacters(content, typedCharacters);
  const further = writer.type(place, typed);
  const rest = content.slice(typed.length);
  writer.pause(pauseMs.complete).complete(further, rest);
  writer.pause(pauseMs.rest).edit(insertion(further, rest)).pause(pauseMs.line);
}

/** Whole characters: a surrogate pair is never parted. */
export function firstCharacters(text: string, count: number): string {
  return Array.from(text).slice(0, count).join("");
}

/** LSP ends a line at a lone carriage return, editors and git don't. */
function hasLoneReturn(text: string): boolean {
  return /\r(?!\n)/.test(text);
}

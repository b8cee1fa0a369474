// Owns the trace format: JSON Lines, one recorded or hand-written editing session a file, and its exact reading and
// writing. Knows nothing of sessions, policies or what the events do to a text: traceDocument.ts applies them.
//
// First line: {"palimpsest":1,"uri":"src/a.ts","languageId":"typescript","text":"…"}, with `action` and `source` where known.
// Then, in order: {"t":ms,"edit":[…]}, {"t":ms,"cursor":…}, {"t":ms,"complete":…,"expect":"…"} and {"t":ms,"idle":ms}.
// Fields not named here are kept and written back: recordings say what was `shown` and whether it was `accepted`.
import type { Place } from "../../sidecar/text/frames";

/** Fields that the format doesn't name. They change nothing, and survive reading and writing. */
export type ExtraFields = Readonly<Record<string, unknown>>;

/** One change of an edit: an LSP range (UTF-16) of the text that the change before it left, and what replaces it. */
export interface TraceChange {
  readonly range: { readonly start: Place; readonly end: Place };
  readonly text: string;
}

export interface TraceHeader {
  readonly uri: string;
  readonly languageId: string;
  /** The document when the session begins. */
  readonly text: string;
  /** The single action of a probe, as action.ts names it. */
  readonly action: string | undefined;
  readonly extra: ExtraFields;
}

/** `tMs` counts from the start of the session and never goes back. */
export type TraceEvent =
  | { readonly kind: "edit"; readonly tMs: number; readonly changes: readonly TraceChange[]; readonly extra: ExtraFields }
  | { readonly kind: "cursor"; readonly tMs: number; readonly place: Place; readonly extra: ExtraFields }
  | { readonly kind: "complete"; readonly tMs: number; readonly place: Place; readonly expect: string | undefined; readonly extra: ExtraFields }
  | { readonly kind: "idle"; readonly tMs: number; readonly idleMs: number; readonly extra: ExtraFields };

export interface Trace {
  /** Where it was read from, for messages. */
  readonly name: string;
  readonly header: TraceHeader;
  readonly events: readonly TraceEvent[];
  /** The line of the file (from 1) that each event stands on, for messages; as long as `events`. */
  readonly lineNumbers: readonly number[];
}

/** The trace can't be read or doesn't fit its own text. The message begins with `file:line`. */
export class TraceError extends Error {
  constructor(name: string, lineNumber: number, detail: string) {
    super(`${name}:${lineNumber}: ${detail}`);
    this.name = "TraceError";
  }
}

/**
 * Reads a whole file. Empty lines are passed over. `parseTrace(name, printTrace(trace))` equals `trace` where the lines
 * are numbered without gaps.
 * @throws TraceError naming the line and what is wrong with it.
 */
export function parseTrace(name: string, content: string): Trace {
  const lines = content.split("\n").map((text, index) => ({ text: text.trim(), number: index + 1 }));
  const [first, ...rest] = lines.filter((line) => line.text.length > 0);
  if (first === undefined) throw new TraceError(name, 1, "the file is empty; a trace begins with a header line");
  const header = readHeader(reader(name, first.number, first.text));
  const events: TraceEvent[] = [];
  let tMs = 0;
  for (const line of rest) {
    const event = readEvent(reader(name, line.number, line.text));
    if (event.tMs < tMs) throw new TraceError(name, line.number, `time goes back: t is ${event.tMs} after ${tMs}`);
    tMs = event.tMs;
    events.push(event);
  }
  return { name, header, events, lineNumbers: rest.map((line) => line.number) };
}

/** The file's content, one line an event, ending in a newline. */
export function printTrace(trace: Pick<Trace, "header" | "events">): string {
  const { uri, languageId, text, action, extra } = trace.header;
  const header = { palimpsest: 1, uri, languageId, ...(action === undefined ? {} : { action }), ...extra, text };
  return [header, ...trace.events.map(plainEvent)].map((line) => JSON.stringify(line) + "\n").join("");
}

function plainEvent(event: TraceEvent): object {
  const { tMs: t, extra } = event;
  switch (event.kind) {
    case "edit":
      return { t, edit: event.changes, ...extra };
    case "cursor":
      return { t, cursor: event.place, ...extra };
    case "complete":
      return { t, complete: event.place, ...(event.expect === undefined ? {} : { expect: event.expect }), ...extra };
    case "idle":
      return { t, idle: event.idleMs, ...extra };
  }
}

/** Takes known fields out of one JSON object by name and kind; what is left over are the extra fields. */
interface Reader {
  fail(detail: string): TraceError;
  has(field: string): boolean;
  text(field: string): string;
  count(field: string): number;
  place(field: string): Place;
  changes(field: string): readonly TraceChange[];
  extra(): ExtraFields;
}

function readHeader(from: Reader): TraceHeader {
  if (!from.has("palimpsest")) throw from.fail('not a trace: the first line has no "palimpsest" field');
  const format = from.count("palimpsest");
  if (format !== 1) throw from.fail(`format ${format} is unknown; this harness reads format 1`);
  return {
    uri: from.text("uri"),
    languageId: from.text("languageId"),
    text: from.text("text"),
    action: from.has("action") ? from.text("action") : undefined,
    extra: from.extra(),
  };
}

const eventFields = ["edit", "cursor", "complete", "idle"] as const;

function readEvent(from: Reader): TraceEvent {
  const kinds = eventFields.filter((field) => from.has(field));
  const [kind] = kinds;
  if (kind === undefined) throw from.fail(`an event has one of the fields ${eventFields.join(", ")}`);
  if (kinds.length > 1) throw from.fail(`an event is one thing, and this is ${kinds.join(" and ")}`);
  const tMs = from.count("t");
  switch (kind) {
    case "edit":
      return { kind, tMs, changes: from.changes("edit"), extra: from.extra() };
    case "cursor":
      return { kind, tMs, place: from.place("cursor"), extra: from.extra() };
    case "complete": {
      const place = from.place("complete");
      return { kind, tMs, place, expect: from.has("expect") ? from.text("expect") : undefined, extra: from.extra() };
    }
    case "idle":
      return { kind, tMs, idleMs: from.count("idle"), extra: from.extra() };
  }
}

function reader(name: string, lineNumber: number, line: string): Reader {
  const fail = (detail: string): TraceError => new TraceError(name, lineNumber, detail);
  const fields = objectOf(parseJson(line, fail), "the line", fail);
  const left = new Map(Object.entries(fields));
  const take = (field: string): unknown => {
    if (!left.has(field)) throw fail(`the field "${field}" is missing`);
    const value = left.get(field);
    left.delete(field);
    return value;
  };
  return {
    fail,
    has: (field) => left.has(field),
    text: (field) => textOf(take(field), `"${field}"`, fail),
    count: (field) => countOf(take(field), `"${field}"`, fail),
    place: (field) => placeOf(take(field), `"${field}"`, fail),
    changes: (field) => changesOf(take(field), fail),
    extra: () => Object.fromEntries(left),
  };
}

type Fail = (detail: string) => TraceError;

function parseJson(line: string, fail: Fail): unknown {
  try {
    return JSON.parse(line);
  } catch (error) {
    throw fail(`not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function objectOf(value: unknown, what: string, fail: Fail): Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw fail(`${what} must be an object`);
  return value as Record<string, unknown>;
}

function textOf(value: unknown, what: string, fail: Fail): string {
  if (typeof value !== "string") throw fail(`${what} must be a text, not ${JSON.stringify(value)}`);
  return value;
}

function countOf(value: unknown, what: string, fail: Fail): number {
  if (typeof value !== "number" || !Number.isFinite(value) || value < 0) {
    throw fail(`${what} must be a number of 0 or more, not ${JSON.stringify(value)}`);
  }
  return value;
}

function placeOf(value: unknown, what: string, fail: Fail): Place {
  const fields = objectOf(value, what, fail);
  const line = countOf(fields["line"], `${what}.line`, fail);
  const character = countOf(fields["character"], `${what}.character`, fail);
  if (!Number.isInteger(line) || !Number.isInteger(character)) throw fail(`${what} must have whole numbers`);
  return { line, character };
}

function changesOf(value: unknown, fail: Fail): readonly TraceChange[] {
  if (!Array.isArray(value)) throw fail('"edit" must be a list of changes');
  return value.map((entry: unknown, index) => {
    const what = `"edit"[${index}]`;
    const change = objectOf(entry, what, fail);
    const range = objectOf(change["range"], `${what}.range`, fail);
    return {
      range: { start: placeOf(range["start"], `${what}.range.start`, fail), end: placeOf(range["end"], `${what}.range.end`, fail) },
      text: textOf(change["text"], `${what}.text`, fail),
    };
  });
}

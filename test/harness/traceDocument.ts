// Owns the plain text that a trace's edits make, with LSP places (UTF-16). It is the harness's own, so that it can be
// the oracle for the sidecar's: it shares no code with sidecar/text. Knows no tokens and no cache.
import type { Place } from "../../sidecar/text/frames";
import type { Trace, TraceChange } from "./trace";
import { TraceError } from "./trace";

/** One change in offsets: `startUtf16`..`endUtf16` of the text before it became `insertedUtf16` units. */
export interface AppliedChange {
  readonly startUtf16: number;
  readonly endUtf16: number;
  readonly insertedUtf16: number;
}

export class TraceDocument {
  private lineStarts: readonly number[];

  constructor(private current: string) {
    this.lineStarts = startsOfLines(current);
  }

  get text(): string {
    return this.current;
  }

  /** Undefined where the place lies outside the text: traces are held to the letter. */
  offsetAt(place: Place): number | undefined {
    const start = this.lineStarts[place.line];
    if (start === undefined) return undefined;
    return place.character <= this.line(place.line).length ? start + place.character : undefined;
  }

  placeAt(offsetUtf16: number): Place {
    let line = 0;
    let end = this.lineStarts.length;
    while (line + 1 < end) {
      const middle = (line + end) >> 1;
      if ((this.lineStarts[middle] ?? 0) <= offsetUtf16) line = middle;
      else end = middle;
    }
    return { line, character: offsetUtf16 - (this.lineStarts[line] ?? 0) };
  }

  /** The text of a line without its end; empty for a line that isn't there. */
  line(index: number): string {
    const start = this.lineStarts[index];
    if (start === undefined) return "";
    return this.current.slice(start, this.lineStarts[index + 1]).replace(/(\r\n|\r|\n)$/, "");
  }

  get lineCount(): number {
    return this.lineStarts.length;
  }

  /** Undefined where the range lies outside the text or ends before it starts; the text stays as it was. */
  apply(change: TraceChange): AppliedChange | undefined {
    const startUtf16 = this.offsetAt(change.range.start);
    const endUtf16 = this.offsetAt(change.range.end);
    if (startUtf16 === undefined || endUtf16 === undefined || endUtf16 < startUtf16) return undefined;
    this.current = this.current.slice(0, startUtf16) + change.text + this.current.slice(endUtf16);
    this.lineStarts = startsOfLines(this.current);
    return { startUtf16, endUtf16, insertedUtf16: change.text.length };
  }
}

/**
 * Follows a trace event by event, so that every user of a trace refuses what doesn't fit in the same words.
 * `visit` sees each event with the document as the event leaves it, and the changes that the event made.
 * @throws TraceError where an event points outside the text.
 */
export function* followTrace(trace: Trace): Generator<FollowedEvent, TraceDocument> {
  const document = new TraceDocument(trace.header.text);
  for (const [index, event] of trace.events.entries()) {
    const fail = (what: string, place: Place): TraceError =>
      new TraceError(trace.name, trace.lineNumbers[index] ?? 0, `${what} ${place.line}:${place.character} is outside the text of ${document.lineCount} lines`);
    const applied: AppliedChange[] = [];
    if (event.kind === "edit") {
      for (const change of event.changes) {
        const done = document.apply(change);
        if (done === undefined) throw fail("the range that starts at", change.range.start);
        applied.push(done);
      }
    }
    if (event.kind === "cursor" || event.kind === "complete") {
      if (document.offsetAt(event.place) === undefined) throw fail("the place", event.place);
    }
    yield { index, event, document, applied };
  }
  return document;
}

export interface FollowedEvent {
  readonly index: number;
  readonly event: Trace["events"][number];
  readonly document: TraceDocument;
  readonly applied: readonly AppliedChange[];
}

/** The text that the trace ends with. @throws TraceError as followTrace. */
export function finalText(trace: Trace): string {
  const events = followTrace(trace);
  let step = events.next();
  while (step.done !== true) step = events.next();
  return step.value.text;
}

/** LSP ends a line at \n, \r\n and \r. */
function startsOfLines(text: string): readonly number[] {
  const starts = [0];
  for (const end of text.matchAll(/\r\n|\r|\n/g)) starts.push(end.index + end[0].length);
  return starts;
}

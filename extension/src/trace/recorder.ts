// Owns one edit trace while it is being recorded: events in order, and what came to be written where a completion was
// asked for. Pure: time and text come in as parameters. The format is the one that the harness replays.
import { limits } from "../limits";
import { WrittenPlace } from "./writtenPlace";

export interface TracePlace {
  readonly line: number;
  readonly character: number;
}

/** One change: an LSP range of the text before it, the same range in UTF-16 offsets, and what replaces it. */
export interface TraceChange {
  readonly range: { readonly start: TracePlace; readonly end: TracePlace };
  readonly startUtf16: number;
  readonly endUtf16: number;
  readonly text: string;
}

/** The document as it was when the recording began. `uri` is a path in the workspace, never one of the machine. */
export interface TraceHead {
  readonly uri: string;
  readonly languageId: string;
  readonly text: string;
}

interface Request {
  readonly written: WrittenPlace;
  shown: string | undefined;
  accepted: string | undefined;
}

type TraceEvent =
  | { readonly t: number; readonly edit: readonly { readonly range: TraceChange["range"]; readonly text: string }[] }
  | { readonly t: number; readonly cursor: TracePlace }
  | { readonly t: number; readonly complete: TracePlace; readonly request: Request };

export class TraceRecorder {
  private readonly events: TraceEvent[] = [];
  private readonly requests = new Map<number, Request>();
  private nextRequest = 1;
  private text: string;
  /** Where the cursor is known to be: a move to it says nothing. */
  private cursorPlace: TracePlace | undefined;

  constructor(
    private readonly head: TraceHead,
    private readonly startedMs: number,
  ) {
    this.text = head.text;
  }

  /** Whether there is room for more; what comes after is not recorded. */
  isFull(): boolean {
    return limits.traceEventsMax <= this.events.length;
  }

  /** Changes of one event, each to the result of the one before. */
  edit(atMs: number, changes: readonly TraceChange[]): void {
    if (this.isFull() || changes.length === 0) return;
    for (const { startUtf16, endUtf16, text } of changes) {
      if (this.text.length < endUtf16) throw new RangeError(`change ${startUtf16}..${endUtf16} is outside a text of ${this.text.length}`);
      // Editors replace what stays the same too: only what differs says where something was written.
      const kept = commonPrefix(this.text.slice(startUtf16, endUtf16), text);
      for (const request of this.requests.values()) request.written.edit(startUtf16 + kept, endUtf16, text.length - kept);
      this.text = this.text.slice(0, startUtf16) + text + this.text.slice(endUtf16);
    }
    for (const request of this.requests.values()) request.written.look(this.text);
    this.cursorPlace = placeAfter(changes.at(-1));
    this.push({ t: this.sinceStart(atMs), edit: changes.map(({ range, text }) => ({ range, text })) });
  }

  /** The cursor moved. Where an edit took it along, that is the edit's doing, and is not recorded. */
  cursor(atMs: number, { line, character }: TracePlace): void {
    if (this.cursorPlace?.line === line && this.cursorPlace.character === character) return;
    this.cursorPlace = { line, character };
    const place: TracePlace = { line, character };
    this.push({ t: this.sinceStart(atMs), cursor: place });
  }

  /** A completion is asked for; gives the number under which its end is told. */
  complete(atMs: number, place: TracePlace, offsetUtf16: number): number {
    const request: Request = { written: new WrittenPlace(offsetUtf16), shown: undefined, accepted: undefined };
    const number = this.nextRequest;
    this.nextRequest += 1;
    if (this.isFull()) return number;
    this.requests.set(number, request);
    for (const [oldest] of this.requests) {
      if (this.requests.size <= limits.tracePlacesMax) break;
      this.requests.delete(oldest);
    }
    this.push({ t: this.sinceStart(atMs), complete: place, request });
    return number;
  }

  /** The suggestion that the request led to: what it would add after the cursor. */
  shown(request: number, text: string): void {
    const known = this.requests.get(request);
    if (known !== undefined) known.shown = text;
  }

  accepted(request: number): void {
    const known = this.requests.get(request);
    if (known?.shown !== undefined) known.accepted = known.shown;
  }

  /**
   * The trace as JSON Lines. `expect` is the accepted text or, without one, what stands there now as far as it was
   * written since; where nothing was, nothing is known.
   */
  finish(): string {
    const lines = [JSON.stringify({ palimpsest: 1, ...this.head }), ...this.events.map((event) => JSON.stringify(wireEvent(event)))];
    return `${lines.join("\n")}\n`;
  }

  private push(event: TraceEvent): void {
    if (!this.isFull()) this.events.push(event);
  }

  private sinceStart(atMs: number): number {
    return Math.max(0, Math.round(atMs - this.startedMs));
  }
}

/** The end of what a change put in. */
function placeAfter(change: TraceChange | undefined): TracePlace | undefined {
  if (change === undefined) return undefined;
  const { start } = change.range;
  const lines = change.text.split(/\r\n|\r|\n/);
  const last = lines.at(-1) ?? "";
  return lines.length === 1
    ? { line: start.line, character: start.character + last.length }
    : { line: start.line + lines.length - 1, character: last.length };
}

/** How many code units two texts begin with alike. */
function commonPrefix(a: string, b: string): number {
  let length = 0;
  while (length < a.length && length < b.length && a.charAt(length) === b.charAt(length)) length += 1;
  return length;
}

function wireEvent(event: TraceEvent): object {
  if (!("complete" in event)) return event;
  const { t, complete, request } = event;
  const written = request.accepted ?? request.written.text;
  const known = written === "" ? {} : { expect: written };
  if (request.shown === undefined) return { t, complete, ...known };
  return { t, complete, ...known, shown: request.shown, accepted: request.accepted !== undefined };
}

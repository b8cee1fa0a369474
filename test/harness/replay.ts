// Owns the driving of one session by one trace under one policy, and what is charged to each completion.
// Knows no engine and no file: it is handed sessions and a clock, and yields one result a completion.
//
// Charged to a completion is every token encoded since the completion before it, whenever it happened. Idle healing
// stands apart. Time in the trace isn't waited for: editToFirstTokenMs runs from the arrival of the last edit or cursor
// move before the request to the first sampled token, all work in between included, the user's own pauses left out.
import { limits } from "../../sidecar/base/limits";
import type { Clock, ManualClock } from "../../sidecar/base/clock";
import type { CompletionRecord, DocumentStatistics, OutcomeKind, Statistics } from "../../sidecar/protocol/data";
import type { CompletionAnswer, CompletionItem, CompletionRequest, SessionsLike } from "../../sidecar/session/events";
import type { PolicyName } from "../../sidecar/session/policy";
import type { Place } from "../../sidecar/text/frames";
import type { Action } from "./action";
import { ActionWatch, isAction } from "./action";
import { ChargeMeter, type Charge } from "./charge";
import type { Loss } from "./score";
import type { Trace, TraceEvent } from "./trace";
import { TraceError } from "./trace";
import type { TraceDocument } from "./traceDocument";
import { followTrace } from "./traceDocument";

/** What the harness asks of the sessions, beside what the editor's server asks. */
export interface ReplayedSessions extends Pick<SessionsLike, "apply" | "complete" | "statistics" | "idle" | "close"> {
  /** Loss of `expected` after the prompt of the latest completion. Leaves cells and counters as they were. */
  scoreExpected(request: CompletionRequest, expected: string): Loss | undefined;
}

/** Manual time stands where the trace says and a slice of idle work costs `manualSliceMs`: results don't depend on the machine. */
export type ReplayTime =
  | { readonly kind: "real"; readonly clock: Clock }
  | { readonly kind: "manual"; readonly clock: ManualClock };

const manualSliceMs = 20;
/** Far more than the longest cache has: healing that never ends is broken off here, and the cells that stay stale are counted. */
const healSlicesMax = 10_000;

export interface ReplayOptions {
  readonly policy: PolicyName;
  readonly time: ReplayTime;
  /** Whether idle events of the trace are used for healing, or passed over. */
  readonly idle: boolean;
  /** Whether pauses between events are idle time too, as they are in an editor. */
  readonly pauses?: boolean;
  /** Whether each completion is measured on cells that idle time has made exact: what healing leaves of a patch's error. */
  readonly healed?: boolean;
}

export interface CompletionResult {
  readonly trace: string;
  /** Which completion of its trace, from 0: with `trace` it names the point, whatever the policy. */
  readonly ordinal: number;
  readonly place: Place;
  readonly action: Action;
  readonly policy: PolicyName;
  readonly outcome: OutcomeKind;
  /** What was suggested from the cursor on; empty where nothing was shown. */
  readonly suggested: string;
  /** What was really written next; undefined where the trace doesn't say or nothing was. */
  readonly expected: string | undefined;
  readonly charge: Charge;
  /** Cells that the document has when the completion had been answered, and how many of them are stale. */
  readonly cells: number;
  readonly cellsStale: number;
  /** Exact cells over all cells of the document when the completion had been answered, 0..1. */
  readonly exactShare: number | undefined;
  readonly editToFirstTokenMs: number | undefined;
  readonly requestMs: number | undefined;
  readonly tokensDecoded: number;
  /** Edits since the completion before. */
  readonly edits: number;
  /** Whether the completion itself had to wait for the rotation of moved cells. */
  readonly waitedForShift: boolean;
  readonly loss: Loss | undefined;
}

type CompleteEvent = Extract<TraceEvent, { readonly kind: "complete" }>;

/** A result with its event and the document as it stands; the document is only valid until the replay goes on. */
export interface ReplayStep {
  readonly result: CompletionResult;
  readonly event: CompleteEvent;
  readonly document: TraceDocument;
}

/**
 * Replays the whole trace and yields after each completion; returns the text that the trace ends with.
 * @throws TraceError where the trace doesn't fit its text, or the sessions lost step or refused a question.
 */
export function* replay(trace: Trace, sessions: ReplayedSessions, options: ReplayOptions): Generator<ReplayStep, string> {
  const uri = trace.header.uri;
  const watch = new ActionWatch();
  const meter = new ChargeMeter(sessions.statistics().totals);
  const nowMs = (): number => options.time.clock.nowMs();
  let ordinal = 0;
  let version = 1;
  let editsSince = 0;
  let previousMs = 0;
  // When the last edit or cursor move arrived, later by what was idle since; undefined when a completion came after it.
  let movedMs: number | undefined;
  const rest = (idleMs: number): void => {
    const spentMs = beIdle(sessions, options.time, idleMs);
    if (movedMs !== undefined) movedMs += spentMs;
  };
  const expectStep = (event: Parameters<ReplayedSessions["apply"]>[0], line: number): void => {
    const lost = sessions.apply(event).find((notice) => notice.kind === "resync");
    if (lost !== undefined) throw new TraceError(trace.name, line, `the session lost step: ${lost.reason}`);
  };
  expectStep({ kind: "open", uri, languageId: trace.header.languageId, version, text: trace.header.text, atMs: nowMs() }, 1);
  const lastCompletion = trace.events.findLastIndex((event) => event.kind === "complete");
  const followed = followTrace(trace);
  for (let next = followed.next(); ; next = followed.next()) {
    if (next.done === true) return next.value.text;
    const { event, document, applied, index } = next.value;
    const line = trace.lineNumbers[index] ?? 0;
    if (options.time.kind === "manual") options.time.clock.advance(Math.max(0, event.tMs - nowMs()));
    const pauseMs = event.tMs - previousMs - limits.idleAfterMs;
    previousMs = event.tMs;
    if (options.pauses === true && 0 < pauseMs && event.kind !== "idle") rest(pauseMs);
    switch (event.kind) {
      case "edit":
        version += 1;
        editsSince += 1;
        movedMs = nowMs();
        applied.forEach((change) => watch.change(change));
        expectStep({ kind: "change", uri, version, changes: event.changes, atMs: movedMs }, line);
        break;
      case "cursor":
        movedMs = nowMs();
        expectStep({ kind: "cursor", uri, place: event.place, atMs: movedMs }, line);
        break;
      case "idle":
        if (options.idle) rest(event.idleMs);
        break;
      case "complete": {
        const action = namedAction(trace, index === lastCompletion, watch.completed(document.text, document.offsetAt(event.place) ?? 0));
        if (options.healed === true) {
          expectStep({ kind: "cursor", uri, place: event.place, atMs: nowMs() }, line);
          healWhole(sessions);
          movedMs = nowMs();
          expectStep({ kind: "cursor", uri, place: event.place, atMs: movedMs }, line);
        }
        const answer = ask(trace, line, sessions, { uri, place: event.place, invoked: false, atMs: movedMs ?? nowMs() });
        movedMs = undefined;
        const result = measure(sessions, event, answer, document, meter, {
          trace: trace.name, ordinal, action, policy: options.policy, edits: editsSince, uri,
        });
        ordinal += 1;
        editsSince = 0;
        yield { result, event, document };
        break;
      }
    }
  }
}

/** What an item adds from the cursor on: it may begin before the cursor, where a token was taken back. */
export function suggestedText(item: CompletionItem, lineBeforeCursor: string): string {
  const already = lineBeforeCursor.slice(item.start.character);
  return item.text.startsWith(already) ? item.text.slice(already.length) : item.text;
}

/** A probe's last completion is the one its action was made for; those before only warm. */
function namedAction(trace: Trace, isLast: boolean, seen: Action): Action {
  const named = trace.header.action;
  return named !== undefined && isAction(named) && isLast ? named : seen;
}

function ask(trace: Trace, line: number, sessions: ReplayedSessions, request: CompletionRequest): CompletionAnswer {
  const reply = sessions.complete(request, () => undefined);
  if (reply.kind === "answer") return reply.answer;
  throw new TraceError(trace.name, line, `the session refused: ${reply.fault.message}`);
}

/** Idle time until nothing is left to do. */
function healWhole(sessions: ReplayedSessions): void {
  for (let slices = 0; slices < healSlicesMax && sessions.idle(() => false).kind === "more"; slices += 1);
}

/** Idle time of `idleMs`; how much of it went by on the clock: less where nothing was left to do, or not yet due. */
function beIdle(sessions: ReplayedSessions, time: ReplayTime, idleMs: number): number {
  const startMs = time.clock.nowMs();
  // Quiet in which nothing is done is skipped.
  let skippedMs = 0;
  const spentMs = (): number => time.clock.nowMs() - startMs + skippedMs;
  const over = (): boolean => spentMs() >= idleMs;
  while (!over()) {
    const quietMs = spentMs();
    const rest = sessions.idle(over, quietMs);
    if (time.kind === "manual") time.clock.advance(manualSliceMs);
    if (rest.kind === "nothing") break;
    const skipMs = Math.max(0, rest.afterQuietMs - spentMs());
    if (time.kind === "manual") time.clock.advance(skipMs);
    else skippedMs += skipMs;
  }
  return time.clock.nowMs() - startMs;
}

type Where = Pick<CompletionResult, "trace" | "ordinal" | "action" | "policy" | "edits"> & { readonly uri: string };

function measure(
  sessions: ReplayedSessions,
  event: CompleteEvent,
  answer: CompletionAnswer,
  document: TraceDocument,
  meter: ChargeMeter,
  where: Where,
): CompletionResult {
  const { uri, ...point } = where;
  const statistics = sessions.statistics();
  const charge = meter.read(statistics.totals);
  const own = statistics.documents.find((entry) => entry.uri === uri);
  const record = latestRecord(statistics, uri);
  const expected = event.expect === undefined || event.expect === "" ? undefined : event.expect;
  const lineBeforeCursor = document.line(event.place.line).slice(0, event.place.character);
  return {
    ...point,
    place: event.place,
    outcome: answer.outcome.kind,
    suggested: answer.item === undefined ? "" : suggestedText(answer.item, lineBeforeCursor),
    expected,
    charge,
    cells: own?.cells ?? 0,
    cellsStale: own?.cellsStale ?? 0,
    exactShare: exactShareOf(own),
    editToFirstTokenMs: record?.editToFirstTokenMs,
    requestMs: record?.requestMs,
    tokensDecoded: record?.tokensDecoded ?? 0,
    waitedForShift: 0 < (record?.cellsShifted ?? 0),
    loss: expected === undefined ? undefined : sessions.scoreExpected({ uri, place: event.place, invoked: false }, expected),
  };
}

function latestRecord(statistics: Statistics, uri: string): CompletionRecord | undefined {
  const record = statistics.recent.at(-1);
  return record?.uri === uri ? record : undefined;
}

function exactShareOf(document: DocumentStatistics | undefined): number | undefined {
  return document === undefined || document.cells === 0 ? undefined : document.cellsExact / document.cells;
}

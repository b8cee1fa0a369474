// Owns a stand-in for the sessions: real texts and versions, made-up completions, a clock of its own turns.
// Lets the server be tested without an engine; what it does in a completion is told by the document's text.
import { realClock } from "../../sidecar/base/clock";
import type { MemberSource } from "../../sidecar/decode/mgd/memberSource";
import type { LedgerView, ModelStatus, Statistics } from "../../sidecar/protocol/data";
import { emptyStatistics, statusAtStart } from "../../sidecar/server/modelStatus";
import type {
  ChangeEvent, CompletionAnswer, CompletionRequest, ContentChange, IdleRest, Interruption, SessionEvent, SessionNotice, SessionReply, SessionsLike,
} from "../../sidecar/session/events";
import { utf16 } from "../../sidecar/text/frames";

type Place = CompletionRequest["place"];

interface StubDocument {
  readonly version: number;
  readonly text: string;
}

/** Words in a document's text that make the stub misbehave. */
export const stubWords = {
  /** The completion runs until it is interrupted (or for ten seconds). */
  slow: "SLOW",
  /** The completion runs until it hears that the document has changed (or for ten seconds); the next one doesn't wait. */
  patient: "PATIENT",
  /** The completion throws. */
  broken: "BROKEN",
  /** The thread ends in the middle of a completion. */
  deadly: "DEADLY",
  /** Once it has been completed in, idle time waits ten seconds for legal names. */
  asking: "ASKING",
  /** The document can't be opened. */
  unopenable: "UNOPENABLE",
} as const;

export class StubSessions implements SessionsLike {
  private readonly held = new Map<string, StubDocument>();
  isSingleLine = false;
  private completions = 0;
  private changes = 0;
  private slices = 0;

  constructor(
    private readonly status: ModelStatus = { ...statusAtStart("stub.gguf", 512, 1), state: { kind: "ready" } },
    private readonly members?: MemberSource,
  ) {}

  apply(event: SessionEvent): readonly SessionNotice[] {
    switch (event.kind) {
      case "open":
        if (event.text.includes(stubWords.unopenable)) throw new Error("the stub can't open it");
        this.held.set(event.uri, { version: event.version, text: event.text });
        return [];
      case "close":
        this.held.delete(event.uri);
        return [];
      case "change":
        return this.change(event.uri, event.version, event.changes);
      case "cursor":
      case "structure":
        return [];
    }
  }

  complete(
    request: CompletionRequest, interrupted: () => Interruption | undefined, edits: () => readonly ChangeEvent[] = () => [],
  ): SessionReply<CompletionAnswer> {
    const document = this.held.get(request.uri);
    if (document === undefined) return { kind: "fault", fault: { kind: "unknownDocument", message: `${request.uri} is not open` } };
    if (request.place.line >= document.text.split("\n").length) {
      return { kind: "fault", fault: { kind: "outOfRange", message: `line ${request.place.line} is beyond the end` } };
    }
    this.completions += 1;
    if (document.text.includes(stubWords.broken)) throw new Error("the stub is broken");
    if (document.text.includes(stubWords.deadly)) process.exit(3);
    if (document.text.includes(stubWords.slow)) {
      const why = spinUntil(interrupted, 10_000);
      if (why !== undefined) return { kind: "answer", answer: { outcome: { kind: why }, version: document.version, item: undefined } };
    }
    if (document.text === stubWords.patient) {
      // The changes are looked at together with the interruption.
      const why = spinUntil(() => interrupted() ?? (0 < edits().length ? "superseded" : undefined), 10_000);
      if (why !== undefined) return { kind: "answer", answer: { outcome: { kind: why }, version: document.version, item: undefined } };
    }
    const item = { text: `«${document.text.length}»${this.isSingleLine ? " in one line" : ""}`, start: request.place, end: request.place };
    return { kind: "answer", answer: { outcome: { kind: "shown" }, version: document.version, item } };
  }

  ledger(uri: string): SessionReply<LedgerView> {
    const document = this.held.get(uri);
    if (document === undefined) return { kind: "fault", fault: { kind: "unknownDocument", message: `${uri} is not open` } };
    return { kind: "answer", answer: { uri, version: document.version, runs: [], text: document.text } };
  }

  dropCache(uri: string | undefined): SessionReply<number> {
    return { kind: "answer", answer: uri === undefined ? this.held.size : 1 };
  }

  /** `cellsKept` tells the changes that came as one, `healTokens` the slices of idle time. */
  documents(): readonly SessionEvent[] {
    return [...this.held].map(([uri, { version, text }]) => ({ kind: "open", uri, languageId: "typescript", version, text, atMs: 0 }));
  }

  statistics(): Statistics {
    const empty = emptyStatistics(this.status, "patch");
    return { ...empty, totals: { ...empty.totals, completions: this.completions, cellsKept: this.changes, healTokens: this.slices } };
  }

  idle(): IdleRest {
    this.slices += 1;
    const [uri] = [...this.held].find(([, { text }]) => text === stubWords.asking) ?? [];
    if (uri !== undefined && 0 < this.completions) {
      const question = { uri, languageId: "typescript", version: 1, cursor: utf16(0), continuation: "x.", kind: "member" as const };
      this.members?.answer(question, realClock.nowMs() + 10_000);
    }
    return this.slices % 3 === 0 ? { kind: "nothing" } : { kind: "more", afterQuietMs: 0 };
  }

  scoreExpected(): undefined {
    return undefined;
  }

  close(): void {
    this.held.clear();
  }

  private change(uri: string, version: number, changes: readonly ContentChange[]): readonly SessionNotice[] {
    const document = this.held.get(uri);
    if (document === undefined) return [];
    this.changes += 1;
    let text = document.text;
    for (const change of changes) {
      if (!("range" in change)) {
        text = change.text;
        continue;
      }
      const lines = text.split("\n");
      if (change.range.end.line >= lines.length) {
        this.held.delete(uri);
        return [{ kind: "resync", uri, reason: `line ${change.range.end.line} is beyond the end` }];
      }
      const offset = ({ line, character }: Place) => lines.slice(0, line).reduce((sum, each) => sum + each.length + 1, 0) + character;
      text = text.slice(0, offset(change.range.start)) + change.text + text.slice(offset(change.range.end));
    }
    this.held.set(uri, { version, text });
    return [];
  }
}

function spinUntil(interrupted: () => Interruption | undefined, ms: number): Interruption | undefined {
  const untilMs = Date.now() + ms;
  const nap = new Int32Array(new SharedArrayBuffer(4));
  while (Date.now() < untilMs) {
    const why = interrupted();
    if (why !== undefined) return why;
    Atomics.wait(nap, 0, 0, 1);
  }
  return undefined;
}

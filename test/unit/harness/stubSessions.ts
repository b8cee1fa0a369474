// Owns sessions with no engine behind them, for tests of the harness: they keep the text, count made-up work and answer
// by a rule. Knows nothing of caches.
import type { Clock } from "../../../sidecar/base/clock";
import type { CacheCounters, CompletionRecord, Statistics } from "../../../sidecar/protocol/data";
import type { CompletionAnswer, CompletionRequest, IdleRest, SessionEvent, SessionNotice, SessionReply } from "../../../sidecar/session/events";
import type { ReplayedSessions } from "../../harness/replay";
import type { Loss } from "../../harness/score";

export interface StubOptions {
  readonly clock: Clock;
  /** Tokens of made-up work for each event, completion and slice of idle work. */
  readonly costs: { readonly change: number; readonly cursor: number; readonly completion: number; readonly healing: number };
  /** Slices until nothing is left to heal. */
  readonly slices: number;
  readonly suggestion: string;
}

const noCounters: CacheCounters = {
  completions: 0, cellsKept: 0, cellsShifted: 0, tokensEncoded: 0, repairTokens: 0, healTokens: 0, prefixTokens: 0, rebuilds: 0,
};

export class StubSessions implements ReplayedSessions {
  readonly events: SessionEvent[] = [];
  totals: CacheCounters = noCounters;
  text = "";
  version = 0;
  closed = false;
  private recent: CompletionRecord[] = [];
  private arrivedMs = 0;
  private slicesLeft: number;

  constructor(private readonly options: StubOptions) {
    this.slicesLeft = options.slices;
  }

  apply(event: SessionEvent): readonly SessionNotice[] {
    this.events.push(event);
    if ("atMs" in event) this.arrivedMs = event.atMs;
    if (event.kind === "open") {
      this.text = event.text;
      this.version = event.version;
    }
    if (event.kind === "cursor") this.add({ tokensEncoded: this.options.costs.cursor });
    if (event.kind !== "change") return [];
    if (event.version !== this.version + 1) return [{ kind: "resync", uri: event.uri, reason: "a version is missing" }];
    this.version = event.version;
    for (const change of event.changes) {
      if (!("range" in change)) throw new Error("the harness sends ranges");
      const [start, end] = [this.offset(change.range.start), this.offset(change.range.end)];
      this.text = this.text.slice(0, start) + change.text + this.text.slice(end);
      this.add({ tokensEncoded: this.options.costs.change });
    }
    this.slicesLeft = this.options.slices;
    return [];
  }

  complete(request: CompletionRequest): SessionReply<CompletionAnswer> {
    this.add({ completions: 1, tokensEncoded: this.options.costs.completion, cellsKept: 7 });
    const outcome = { kind: "shown" } as const;
    this.recent.push({
      uri: request.uri, version: this.version, line: request.place.line, character: request.place.character, outcome, policy: "patch",
      tokensEncoded: this.options.costs.completion, cellsKept: 7, cellsShifted: 0, cellsStale: 3, prefixTokens: 0, tokensDecoded: 5,
      editToFirstTokenMs: this.options.clock.nowMs() - this.arrivedMs, requestMs: 1,
    });
    const item = { text: this.options.suggestion, start: request.place, end: request.place };
    return { kind: "answer", answer: { outcome, version: this.version, item } };
  }

  idle(interrupted: () => boolean): IdleRest {
    if (interrupted() || this.slicesLeft === 0) return { kind: "nothing" };
    this.slicesLeft -= 1;
    this.add({ healTokens: this.options.costs.healing });
    return this.slicesLeft > 0 ? { kind: "more", afterQuietMs: 0 } : { kind: "nothing" };
  }

  statistics(): Statistics {
    return {
      model: { state: { kind: "ready" }, name: "stub", path: "", contextLength: 0, shiftRefusal: undefined, threads: 1 },
      policy: "patch",
      totals: this.totals,
      documents: [
        { uri: "a.ts", version: this.version, cells: 10, cellsExact: 4, cellsStale: 6, counters: this.totals, rebuildReasons: {}, outcome: undefined },
      ],
      outcomes: {},
      repetition: undefined,
      editToFirstTokenMsMedian: undefined,
      editToFirstTokenMsP95: undefined,
      recent: this.recent,
    };
  }

  scoreExpected(_request: CompletionRequest, expected: string): Loss {
    return { nats: expected.length, tokens: 2, bytes: expected.length };
  }

  close(): void {
    this.closed = true;
  }

  private add(added: Partial<CacheCounters>): void {
    const sum = { ...this.totals };
    for (const [name, value] of Object.entries(added)) sum[name as keyof CacheCounters] += value;
    this.totals = sum;
  }

  /** Lines counted the plain way, so that the harness's own arithmetic is checked by another. */
  private offset(place: { readonly line: number; readonly character: number }): number {
    const lines = this.text.split(/(?<=\r\n|\r(?!\n)|\n)/);
    return lines.slice(0, place.line).join("").length + place.character;
  }
}

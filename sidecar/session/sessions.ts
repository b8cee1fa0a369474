// Owns all open documents behind one engine: takes in facts and answers questions. Knows no message and no thread;
// what fails below is mended in recovery.ts.
import { assert } from "../base/assert";
import { realClock, type Clock } from "../base/clock";
import { limits } from "../base/limits";
import { Drafts } from "../decode/draft/drafts";
import { draftSourcesShipped } from "../decode/draft/draftSource";
import type { Engine } from "../engine/engine";
import type { LedgerView, Statistics } from "../protocol/data";
import type { Place } from "../text/frames";
import { leafRuleOf } from "../tokens/leaf";
import { PieceIndex } from "../tokens/pieceIndex";
import { promptTokensMax, type Bench } from "./bench";
import { CellPool } from "./cellPool";
import { expectedLoss } from "./complete";
import { Completer, type CompleterParts } from "./completer";
import { Pace } from "./pace";
import type {
  ChangeEvent, CompletionAnswer, CompletionRequest, ExpectedScore, IdleRest, Interruption, SessionEvent, SessionNotice, SessionReply, SessionsLike,
} from "./events";
import { idleSlice, inOrder, nextIdleWork, quietMsBefore, restOf, type IdleWork } from "./idleWork";
import { ledgerView } from "./ledgerView";
import { refusalOf } from "./outcome";
import { NameMonitors } from "./nameMonitors";
import { policyNamed } from "./policy";
import { prepareNext } from "./prepare";
import { Records } from "./record";
import { Recovery } from "./recovery";
import { Repetition } from "./repetition";
import { Session, type HeldCells, type SessionBasis } from "./session";
import type { SessionsOptions } from "./sessionsOptions";
import { tuningDefault } from "./tuning";

export function createSessions(engine: Engine, options: SessionsOptions): Sessions {
  return new Sessions(engine, options);
}

export class Sessions implements SessionsLike {
  private readonly sessions = new Map<string, Session>();
  private readonly records = new Records();
  private readonly pool: CellPool;
  private readonly recovery: Recovery;
  private readonly bench: Bench;
  private readonly basis: SessionBasis;
  private readonly repetition: Repetition | undefined;
  private readonly monitors: NameMonitors | undefined;
  private readonly special;
  private readonly completer: Completer;
  private readonly completerParts: CompleterParts;
  private readonly clock: Clock;

  /** @throws AssertionError where the policy has no such name and no such notation: flags are checked before. */
  constructor(private readonly engine: Engine, private readonly options: SessionsOptions) {
    const policy = policyNamed(options.policy);
    assert(policy !== undefined, `${options.policy} is no policy`);
    this.clock = options.clock ?? realClock;
    this.pool = new CellPool(engine);
    this.recovery = new Recovery(this.pool, () => this.sessions.values());
    this.basis = {
      encoding: options.encoding ?? "utf-16",
      tokenizer: engine,
      rule: leafRuleOf(engine),
      grammars: options.grammars ?? (() => undefined),
      layout: policy.layout,
    };
    this.special = { fim: engine.capabilities.fim, begin: engine.capabilities.beginToken };
    const { completionTokensMax = limits.completionTokensMax, healing = true, preparing = false } = options;
    const tuning = options.tuning ?? (() => ({ ...tuningDefault, completionTokensMax, healing, preparing }));
    const { vocabularySize, batchesRoundAlike } = engine.capabilities;
    this.bench = {
      engine,
      park: this.pool.park,
      scratch: this.pool.scratch,
      shelf: this.pool.shelf,
      pieces: new PieceIndex(engine, vocabularySize),
      clock: this.clock,
      pace: new Pace(),
      policy,
      get tuning() {
        return tuning();
      },
      get completionTokensMax() {
        return tuning().completionTokensMax;
      },
      completionMsMax: options.completionMsMax ?? limits.completionMsMax,
      drafts: options.drafts === true ? new Drafts({ vocabularySize, batchesRoundAlike, sources: draftSourcesShipped }) : options.drafts || undefined,
    };
    const { repetitionPenalty = true, members: source, memberBudgetMs: budgetMs = () => limits.monitorBudgetMs } = options;
    if (source !== undefined) this.monitors = new NameMonitors({ source, pieces: this.bench.pieces, tokenizer: engine, clock: this.clock, budgetMs });
    if (repetitionPenalty === true) this.repetition = new Repetition(this.basis.grammars, this.bench.pieces, engine, engine.capabilities.endTokens);
    this.completerParts = {
      bench: this.bench, pool: this.pool, recovery: this.recovery, records: this.records, special: this.special, options,
      sessions: () => this.sessions.values(),
      penalties: typeof repetitionPenalty === "object" ? repetitionPenalty : this.repetition,
      monitors: this.monitors,
    };
    this.completer = new Completer(this.completerParts);
  }

  apply(event: SessionEvent): readonly SessionNotice[] {
    if (event.kind === "open") {
      const old = this.sessions.get(event.uri);
      if (old !== undefined) this.forget(old);
      this.sessions.set(event.uri, new Session(event, this.basis));
      return [];
    }
    const session = this.sessions.get(event.uri);
    if (session === undefined) return [{ kind: "resync", uri: event.uri, reason: `${event.uri} is not open` }];
    switch (event.kind) {
      case "change":
        return this.change(session, event);
      case "close":
        this.forget(session);
        this.sessions.delete(event.uri);
        return [];
      case "cursor":
        this.cursorMoved(session, event.place, event.atMs);
        return [];
      case "structure":
        session.structure = { version: event.version, spans: event.spans };
        return [];
    }
  }

  complete(
    request: CompletionRequest, interrupted: () => Interruption | undefined, edits?: () => readonly ChangeEvent[],
  ): SessionReply<CompletionAnswer> {
    const arrivedMs = request.atMs ?? this.clock.nowMs();
    const session = this.sessions.get(request.uri);
    if (session === undefined) return { kind: "fault", fault: { kind: "unknownDocument", message: `${request.uri} is not open` } };
    const refusal = refusalOf(session);
    const cursor = session.document.lines.offsetAt(request.place, this.basis.encoding);
    if (cursor === undefined && refusal === undefined) {
      const { line, character } = request.place;
      const message = `position ${line}:${character} is not in the ${session.document.lines.lineCount} lines of ${request.uri}`;
      return { kind: "fault", fault: { kind: "outOfRange", message } };
    }
    if (refusal !== undefined || cursor === undefined) return this.completer.refused({ session, request, arrivedMs }, refusal ?? { kind: "outOfStep" });
    session.latency.asked(cursor, arrivedMs);
    session.attention = cursor;
    return this.completer.complete({ session, request, cursor, arrivedMs, meanwhile: { interrupted, edits } });
  }

  ledger(uri: string): SessionReply<LedgerView> {
    const session = this.sessions.get(uri);
    if (session === undefined) return { kind: "fault", fault: { kind: "unknownDocument", message: `${uri} is not open` } };
    return { kind: "answer", answer: ledgerView(uri, session.document.version, session.ledger, this.engine, this.special) };
  }

  dropCache(uri: string | undefined): SessionReply<number> {
    const named = uri === undefined ? [...this.sessions.values()] : [this.sessions.get(uri)];
    let dropped = 0;
    for (const session of named) {
      if (session === undefined) return { kind: "fault", fault: { kind: "unknownDocument", message: `${uri} is not open` } };
      const released = this.recovery.run(() => this.pool.release(session), session, 1);
      dropped += released.kind === "done" ? released.result : 0;
    }
    return { kind: "answer", answer: dropped };
  }

  statistics(): Statistics {
    const figures = this.records.statistics(this.options.modelStatus(), this.options.policy, this.sessions.values());
    const repetition = this.bench.tuning.repetitionPenalty ? this.repetition?.statistics() : undefined;
    const drafts = this.bench.drafts?.tally();
    const monitor = this.monitors?.statistics();
    return { ...figures, ...(drafts === undefined ? {} : { drafts }), repetition, ...(monitor === undefined ? {} : { monitor }) };
  }

  documents(): readonly SessionEvent[] {
    const atMs = this.clock.nowMs();
    return [...this.sessions.values()].filter(({ outOfStep }) => !outOfStep).flatMap(({ document, structure }): readonly SessionEvent[] => {
      const { uri, languageId, version, text } = document;
      const open = { kind: "open", uri, languageId, version, text, atMs } as const;
      return structure === undefined ? [open] : [open, { kind: "structure", uri, ...structure }];
    });
  }

  /** One slice of the most useful idle work that is due. */
  idle(interrupted: () => boolean, quietMs = Infinity): IdleRest {
    if (!this.bench.tuning.healing) return { kind: "nothing" };
    const next = this.idleWork().find((work) => quietMsBefore(work) <= quietMs);
    const prepare = (session: Session, held: HeldCells): void => prepareNext(this.completerParts, session, held, interrupted);
    if (next !== undefined && !interrupted()) {
      this.recovery.run(() => idleSlice(next, this.bench, this.special, promptTokensMax(this.bench), interrupted, prepare), next.session, 1);
    }
    return restOf(this.idleWork());
  }

  scoreExpected(request: CompletionRequest, expected: string): ExpectedScore | undefined {
    const session = this.sessions.get(request.uri);
    const held = session?.cells;
    const cursor = session?.document.lines.offsetAt(request.place, this.basis.encoding);
    if (session === undefined || held === undefined || cursor === undefined || expected === "") return undefined;
    const prompt = session.promptAt(cursor, this.special, promptTokensMax(this.bench));
    if (!session.holds(prompt)) return undefined;
    const scored = this.recovery.run(() => expectedLoss(this.bench, held, prompt, expected), session, 1);
    return scored.kind === "done" ? scored.result : undefined;
  }

  /** The state behind one document, for tests and the harness. */
  sessionOf(uri: string): Session | undefined {
    return this.sessions.get(uri);
  }

  /** What was suggested before is not given again: it was written under other settings. */
  forgetSuggestions(): void {
    for (const session of this.sessions.values()) session.suggestion.drop();
  }

  close(): void {
    for (const session of this.sessions.values()) session.close();
    this.sessions.clear();
  }

  /** A session that lost step takes nothing but the whole text. What broke behind a text that was taken in has been rebuilt. */
  private change(session: Session, { version, changes, atMs }: Extract<SessionEvent, { kind: "change" }>): readonly SessionNotice[] {
    const isWhole = changes.some((change) => !("range" in change));
    if (session.outOfStep && !isWhole) return [];
    const changed = this.recovery.run(() => session.change(version, changes, atMs), session, 1);
    const isTaken = session.document.version === version;
    const reason = changed.kind === "done" ? changed.result : isTaken ? undefined : changed.message;
    session.outOfStep = reason !== undefined;
    return reason === undefined ? [] : [{ kind: "resync", uri: session.document.uri, reason }];
  }

  private cursorMoved(session: Session, place: Place, atMs: number): void {
    const cursor = session.document.lines.offsetAt(place, this.basis.encoding);
    session.latency.moved(cursor, atMs);
    // A cursor that moves past a few tokens is left alone: reading ahead of that would make more stale than it saves.
    const { lines } = session.document;
    const { attention } = session;
    const hasLeftLine = cursor !== undefined && (attention === undefined || lines.lineAt(cursor) !== lines.lineAt(attention));
    const hasLeft = hasLeftLine || (cursor !== undefined && session.hasJumped(cursor));
    if (hasLeft) session.latestStir = "cursor";
    session.isBehind ||= hasLeft;
    session.attention = cursor ?? session.attention;
  }

  /** Kind by kind, and of one kind that of the document used last first. */
  private idleWork(): readonly IdleWork[] {
    const latestFirst = [...this.sessions.values()].sort((a, b) => b.lastUse - a.lastUse);
    return inOrder(latestFirst.flatMap((session) => nextIdleWork(session, this.bench) ?? []));
  }

  private forget(session: Session): void {
    this.records.closed(session);
    this.recovery.run(() => this.pool.release(session), session, 1);
    session.close();
  }
}

// Owns the engine thread: loads the model, then takes turns. The only thread that calls the sessions, and through them the engine.
// Knows neither the client nor which engine it drives: `OpenSessions` comes from the composition root.
import { type MessagePort, receiveMessageOnPort } from "node:worker_threads";
import { limits } from "../base/limits";
import { realClock } from "../base/clock";
import { MemberPort } from "../monitors/memberPort";
import type { ModelStatus } from "../protocol/data";
import type { CompletionRequest, SessionEvent, SessionsLike } from "../session/events";
import type { Tuning } from "../session/tuning";
import type { EngineThreadConfig, FromWorker, PostedFact, PostedQuestion, QuestionReply, ToWorker } from "./engineMessages";
import { Inbox } from "./inbox";
import { Interrupts } from "./interrupts";
import { RunWatch } from "./runWatch";
import { statusAtStart } from "./modelStatus";
import { ThreadPriority } from "./threadPriority";

export interface OpenedSessions {
  readonly sessions: SessionsLike;
  /** The model as it is now; `state` is ready. */
  readonly status: ModelStatus;
  tune?(tuning: Tuning): void;
  /** Memory that was freed goes back to the system: some milliseconds of a quiet time. */
  giveMemoryBack?(): void;
  /** Frees the engine; called after the sessions are closed. */
  close(): void;
}

/** How far loading has come, and whether the sidecar still wants it. */
export interface LoadingWatch {
  /** 0 to 1; may be called from within a blocking call. */
  progress(fraction: number): void;
  ending(): boolean;
  /** Something went wrong that loading can do without. */
  trouble(message: string): void;
  /** Who can be asked for legal names; undefined where nobody can. */
  readonly members: MemberPort | undefined;
  /** What a completion may wait for them, in all. */
  memberBudgetMs(): number;
}

/** Loads library and model. @throws Error whose message says what to do. */
export type OpenSessions = (config: EngineThreadConfig, watch: LoadingWatch) => Promise<OpenedSessions> | OpenedSessions;

/** Ends when a `close` arrives. Nothing is read from `port` before the model is there: until then the LSP thread answers alone. */
export async function runEngineWorker(port: MessagePort, config: EngineThreadConfig, open: OpenSessions): Promise<void> {
  const interrupts = new Interrupts(config.interrupts);
  const tell = (message: FromWorker): void => port.postMessage(message);
  const loading = statusAtStart(config.modelPath, config.contextTokens, config.tuning.threadsMax);
  let told = 0;
  const progress = (fraction: number): void => {
    // A hundredth is as fine as anyone can see.
    if (fraction < told + 0.01 && fraction < 1) return;
    told = fraction;
    tell({ kind: "modelStatus", status: { ...loading, state: { kind: "loading", fraction } } });
  };
  const asking = { bell: interrupts.bell, clock: realClock, watchWait: () => interrupts.waitWatch() };
  const members = config.members === undefined ? undefined : new MemberPort({ port: config.members, ...asking });
  let opened: OpenedSessions;
  try {
    const trouble = (message: string): void => tell({ kind: "trouble", message });
    const memberBudgetMs = (): number => interrupts.memberBudgetMs();
    opened = await open(config, { progress, ending: () => interrupts.ending(), trouble, members, memberBudgetMs });
  } catch (error) {
    tell({ kind: "modelStatus", status: { ...loading, state: { kind: "failed", message: messageOf(error) } } });
    port.on("message", (message: ToWorker) => message.kind === "close" && port.close());
    return;
  }
  tell({ kind: "modelStatus", status: opened.status });
  new Turns(port, opened, interrupts, performance.timeOrigin - config.timeOriginMs);
}

class Turns {
  private readonly inbox = new Inbox();
  private readonly sessions: SessionsLike;
  private turning: NodeJS.Immediate | undefined;
  private idleTimer: NodeJS.Timeout | undefined;
  private nextSlice: NodeJS.Immediate | undefined;
  private closed = false;
  /** What arrived while a completion runs and is to be done once it has ended; undefined while none runs. */
  private aside: ToWorker[] | undefined;
  private healing = false;
  private readonly priority = new ThreadPriority();
  /** When the user last did something. */
  private stirredAtMs = realClock.nowMs();
  /** Since loading has freed the most, the first quiet time gives back. */
  private gaveMemoryBackAtMs = -Infinity;

  constructor(
    private readonly port: MessagePort,
    private readonly opened: OpenedSessions,
    private readonly interrupts: Interrupts,
    /** To be taken from a time of the LSP thread to have one of this thread. */
    private readonly clockAheadMs: number,
  ) {
    this.sessions = opened.sessions;
    port.on("message", (message: ToWorker) => this.arrive(message));
    this.waitForIdle();
  }

  private arrive(message: ToWorker): void {
    if (this.closed) return;
    if (this.takesOutOfOrder(message)) return;
    this.inbox.add(message);
    this.turning ??= setImmediate(() => this.turn());
  }

  /** What waits for no turn. */
  private takesOutOfOrder(message: ToWorker): message is Exclude<ToWorker, PostedFact | PostedQuestion> {
    // In the midst of a completion nothing is taken from under it.
    if (this.aside !== undefined && (message.kind === "close" || message.kind === "tune")) this.aside.push(message);
    else if (message.kind === "close") this.close();
    else if (message.kind === "tune") {
      this.opened.tune?.(message.tuning);
      // What idle time may do may have changed.
      if (this.inbox.isEmpty) this.waitForIdle();
    } else return false;
    return true;
  }

  /** One message a turn: between turns the thread's other work (parsers that load) gets on. */
  private turn(): void {
    this.turning = undefined;
    this.drain();
    const turn = this.closed ? undefined : this.inbox.next();
    if (turn === undefined) return;
    // Who only looks at the statistics doesn't disturb.
    if (turn.kind === "fact" || turn.message.question.kind === "complete") {
      this.stirredAtMs = realClock.nowMs();
      this.tellHealing(false);
    }
    switch (turn.kind) {
      case "fact":
        this.apply(turn.message);
        break;
      case "question":
        this.answer(turn.message);
        break;
      case "superseded":
        this.reply(turn.message, { kind: "complete", reply: { kind: "answer", answer: { outcome: { kind: "superseded" }, version: 0, item: undefined } } });
        break;
    }
    if (this.inbox.isEmpty) this.waitForIdle();
    else this.turning ??= setImmediate(() => this.turn());
  }

  private drain(): void {
    for (let received = receiveMessageOnPort(this.port); received !== undefined; received = receiveMessageOnPort(this.port)) {
      const message = received.message as ToWorker;
      if (!this.takesOutOfOrder(message)) this.inbox.add(message);
      if (this.closed) return;
    }
  }

  private apply({ event, sequence }: PostedFact): void {
    try {
      for (const notice of this.sessions.apply(this.onThisClock(event))) this.tell({ kind: "notice", notice, sequence });
    } catch (error) {
      this.tell({ kind: "trouble", message: `${event.kind} of ${event.uri}: ${messageOf(error)}` });
      this.tell({ kind: "notice", notice: { kind: "resync", uri: event.uri, reason: `an error of the sidecar: ${messageOf(error)}` }, sequence });
    }
    this.tell({ kind: "applied" });
  }

  private answer(message: PostedQuestion): void {
    try {
      this.reply(message, this.replyTo(message));
    } catch (error) {
      this.tell({ kind: "trouble", message: `${message.question.kind}: ${messageOf(error)}` });
      this.tell({ kind: "refused", sequence: message.sequence, message: messageOf(error) });
    }
  }

  private replyTo({ question, slot }: PostedQuestion): QuestionReply {
    switch (question.kind) {
      case "complete": {
        const isEdited = slot !== undefined && this.interrupts.isEdited(slot);
        const watch = new RunWatch(question.ask.uri, slot, this.interrupts, this.inbox, () => this.drain());
        // What was edited before it began was asked of a text that is no more: its changes came first.
        const why = isEdited ? "superseded" : watch.interruption();
        if (why !== undefined) return { kind: "complete", reply: { kind: "answer", answer: { outcome: { kind: why }, version: 0, item: undefined } } };
        this.interrupts.workOn(slot);
        this.aside = [];
        try {
          return { kind: "complete", reply: this.sessions.complete(this.requestOnThisClock(question.ask), () => watch.interruption(), watch.edits) };
        } finally {
          const { aside } = this;
          this.aside = undefined;
          for (const message of aside) this.takesOutOfOrder(message);
        }
      }
      case "statistics":
        return { kind: "statistics", reply: { kind: "answer", answer: this.sessions.statistics() } };
      case "documents":
        return { kind: "documents", reply: { kind: "answer", answer: this.sessions.documents() } };
      case "ledger":
        return { kind: "ledger", reply: this.sessions.ledger(question.ask.uri) };
      case "dropCache":
        return { kind: "dropCache", reply: this.sessions.dropCache(question.ask.uri) };
    }
  }

  private reply(message: PostedQuestion, reply: QuestionReply): void {
    this.tell({ kind: "reply", sequence: message.sequence, reply });
  }

  private waitForIdle(): void {
    this.stopIdle();
    this.idleTimer = setTimeout(() => this.idle(), limits.idleAfterMs);
  }

  private quietMs(): number {
    return realClock.nowMs() - this.stirredAtMs;
  }

  /** One slice; it gives way to the next message that arrives. */
  private idle(): void {
    this.stopIdle();
    const seen = this.interrupts.arrivals();
    this.interrupts.workOn(undefined);
    this.drain();
    if (this.closed) return;
    if (!this.inbox.isEmpty) {
      this.turning ??= setImmediate(() => this.turn());
      return;
    }
    try {
      this.giveMemoryBack();
      this.priority.lower();
      const rest = this.sessions.idle(() => this.interrupts.arrivals() !== seen, this.quietMs());
      const waitMs = rest.kind === "nothing" ? undefined : rest.afterQuietMs - this.quietMs();
      this.tellHealing(waitMs !== undefined && waitMs <= 0);
      if (waitMs === undefined) return;
      if (waitMs <= 0) this.nextSlice = setImmediate(() => this.idle());
      else this.idleTimer = setTimeout(() => this.idle(), waitMs);
    } catch (error) {
      // No further slice until something has changed: the same error would come again at once.
      this.tellHealing(false);
      this.tell({ kind: "trouble", message: `idle work: ${messageOf(error)}` });
    } finally {
      this.priority.restore();
    }
  }

  private giveMemoryBack(): void {
    const nowMs = realClock.nowMs();
    if (nowMs < this.gaveMemoryBackAtMs + limits.memoryGivenBackMs) return;
    this.gaveMemoryBackAtMs = nowMs;
    this.opened.giveMemoryBack?.();
  }

  /** Told when it begins and when it ends, not slice by slice. */
  private tellHealing(healing: boolean): void {
    if (healing === this.healing) return;
    this.healing = healing;
    this.tell({ kind: "notice", notice: { kind: "activity", healing }, sequence: 0 });
  }

  private stopIdle(): void {
    clearTimeout(this.idleTimer);
    clearImmediate(this.nextSlice);
  }

  private close(): void {
    if (this.closed) return;
    this.closed = true;
    this.stopIdle();
    try {
      this.sessions.close();
      this.opened.close();
    } finally {
      this.port.close();
    }
  }

  private onThisClock(event: SessionEvent): SessionEvent {
    return "atMs" in event ? { ...event, atMs: event.atMs - this.clockAheadMs } : event;
  }

  private requestOnThisClock(request: CompletionRequest): CompletionRequest {
    return request.atMs === undefined ? request : { ...request, atMs: request.atMs - this.clockAheadMs };
  }

  private tell(message: FromWorker): void {
    this.port.postMessage(message);
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

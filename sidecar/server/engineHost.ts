// Owns which engine thread serves: the one whose model is loaded, another that loads beside it and takes over when it is
// ready, or none while nothing was asked for long. The documents go along; a model that can't be loaded changes nothing, or,
// where none serves yet, another stands in for it.
// Knows no message and no model: `start` comes from the composition root.
import type { ModelStatus } from "../protocol/data";
import type { SessionEvent, SessionQuestions, SessionReply } from "../session/events";
import type { Tuning } from "../session/tuning";
import type { EngineSetup, QuestionKind, QuestionOf } from "./engineMessages";
import type { EngineSide } from "./dispatch";
import { EngineThreadError, type EngineThread, type EngineThreadListener, type RunningCompletion } from "./engineThread";

/** What the LSP thread hears, of the thread that serves alone. */
export interface EngineHostListener extends EngineThreadListener {
  /** A model that was to take over can't be loaded: the one that served serves on. */
  refused(message: string): void;
  /** What is set can't be used: why, and what is used instead. */
  settingFault(message: string): void;
  /** What the engine knew of the documents is gone: their texts are needed again. */
  textsLost(reason: string): void;
}

/** What is used where a setup can't be, and a sentence that says so. */
export interface StandIn {
  readonly setup: EngineSetup;
  readonly told: string;
}

export interface EngineHostParts {
  /** Starts a thread that loads the model; facts are numbered from `sequence` on. */
  readonly start: (setup: EngineSetup, tuning: Tuning, listener: EngineThreadListener, sequence: number) => EngineThread;
  readonly listener: EngineHostListener;
  /** Undefined where nothing is left to try. */
  readonly standInFor: (setup: EngineSetup) => StandIn | undefined;
  readonly nowMs: () => number;
  /** Calls `action` after a while unless what it gives is called first. */
  readonly schedule: (delayMs: number, action: () => void) => () => void;
}

interface Served {
  readonly thread: EngineThread;
  readonly setup: EngineSetup;
}

/** moving: the texts are on their way from a thread to the next, or to nobody; what comes meanwhile waits. */
type Now =
  | ({ readonly kind: "serving" } & Served)
  | { readonly kind: "moving"; readonly from: EngineThread; readonly waiting: SessionEvent[] }
  | { readonly kind: "asleep"; readonly status: ModelStatus; readonly sequence: number; readonly waiting: SessionEvent[] };

export class EngineHost implements EngineSide {
  private now: Now;
  private candidate: Served | undefined;
  /** What stands in for a setup that couldn't be used; `told` until it has been told. */
  private standIn: { readonly wish: EngineSetup; readonly setup: EngineSetup; told: string | undefined } | undefined;
  private lastUseMs: number;
  private cancelCheck: () => void = () => undefined;

  /** @param unloadAfterMs quiet time after which the model is unloaded; undefined: never */
  constructor(
    private readonly parts: EngineHostParts, private setup: EngineSetup, private tuning: Tuning, private unloadAfterMs: number | undefined,
  ) {
    this.lastUseMs = parts.nowMs();
    this.now = { kind: "serving", thread: this.start(setup, 0), setup };
    this.watchIdleness();
  }

  get status(): ModelStatus {
    const { now } = this;
    switch (now.kind) {
      case "serving":
        return now.thread.status;
      case "moving":
        return { ...now.from.status, state: { kind: "loading", fraction: 1 } };
      case "asleep":
        return now.status;
    }
  }

  post(event: SessionEvent): number {
    const isUse = event.kind === "open" || event.kind === "change";
    if (isUse || event.kind === "cursor") this.lastUseMs = this.parts.nowMs();
    const { now } = this;
    switch (now.kind) {
      case "serving":
        return now.thread.post(event);
      case "moving":
        now.waiting.push(event);
        // A number of its own: what the thread before still tells of earlier facts is older.
        return (now.from.sequence += 1);
      case "asleep":
        // To look around in a file wakes nobody; where the cursor is will be told again.
        if (event.kind !== "cursor") now.waiting.push(event);
        return isUse ? this.wake(now.sequence, now.waiting).sequence : now.sequence;
    }
  }

  ask<Kind extends QuestionKind>(question: QuestionOf<Kind>): Promise<SessionReply<SessionQuestions[Kind]["answer"]>> {
    if (this.now.kind === "serving") return this.now.thread.ask(question);
    return Promise.reject(new EngineThreadError("The model is not ready."));
  }

  complete(ask: SessionQuestions["complete"]["ask"], version: number): RunningCompletion {
    this.lastUseMs = this.parts.nowMs();
    const { now } = this;
    if (now.kind === "serving") return now.thread.complete(ask, version);
    if (now.kind === "asleep") this.wake(now.sequence, now.waiting);
    const answer = { outcome: { kind: "modelLoading" as const }, version, item: undefined };
    return { reply: Promise.resolve({ kind: "answer", answer }), interrupt: () => undefined, edited: () => undefined };
  }

  /** What can change under a loaded model changes at once; for the rest another thread loads, and takes over when it is ready. */
  configure(setup: EngineSetup, tuning: Tuning, unloadAfterMs: number | undefined): void {
    this.tuning = tuning;
    if (this.now.kind === "serving") this.now.thread.tune(tuning);
    this.candidate?.thread.tune(tuning);
    this.unloadAfterMs = unloadAfterMs;
    this.watchIdleness();
    if (sameSetup(setup, this.setup)) return;
    this.setup = setup;
    const hadCandidate = this.candidate !== undefined;
    this.giveUpCandidate();
    const { now } = this;
    // The last that was told is how far the one given up had come.
    if (hadCandidate && now.kind === "serving") this.parts.listener.modelStatus(now.thread.status);
    // Whoever takes over or wakes looks at what is wished by then.
    if (now.kind !== "serving" || sameSetup(setup, now.setup)) return;
    if (now.thread.status.state.kind === "failed") return this.startOver(setup);
    this.candidate = { thread: this.start(setup, now.thread.sequence), setup };
  }

  /** Resolves true when every thread ended by itself in time; the caller must end the process otherwise. */
  async close(): Promise<boolean> {
    this.cancelCheck();
    const { now, candidate } = this;
    const threads = [now.kind === "serving" ? now.thread : now.kind === "moving" ? now.from : undefined, candidate?.thread];
    const ends = await Promise.all(threads.map((thread) => thread?.close() ?? true));
    return ends.every((inTime) => inTime);
  }

  private start(setup: EngineSetup, sequence: number): EngineThread {
    const { listener } = this.parts;
    let isReady = false;
    const isServing = (): boolean => this.now?.kind === "serving" && this.now.thread === thread;
    const heard: EngineThreadListener = {
      modelStatus: (status) => {
        // The first word comes before there is anything to compare with.
        if (this.candidate?.thread === thread) this.candidateBecomes(status);
        else if (isServing()) {
          const hasBegun = isReady;
          isReady ||= status.state.kind === "ready";
          // What failed in its work is the client's to start again.
          if (status.state.kind === "failed" && !hasBegun && this.candidate === undefined && this.fallBack(setup, status.state.message)) return;
          listener.modelStatus(status);
          if (isReady) this.tellStandIn(setup);
          // Whoever waits to take over waits for this one to be ready or to fail.
          if (status.state.kind !== "loading" && this.candidate !== undefined) this.candidateBecomes(this.candidate.thread.status);
        }
      },
      notice: (notice, at) => {
        // A document that the thread before has lost doesn't move to the next.
        const isLoss = notice.kind === "resync" && this.now.kind === "moving" && this.now.from === thread;
        if (isServing() || isLoss) listener.notice(notice, at);
      },
      overflow: (uri) => listener.overflow(uri),
      trouble: (message) => listener.trouble(message),
    };
    const thread = this.parts.start(setup, this.tuning, heard, sequence);
    return thread;
  }

  private candidateBecomes(status: ModelStatus): void {
    const { candidate, now } = this;
    if (candidate === undefined || now.kind !== "serving") return;
    const serving = now.thread.status.state.kind;
    if (status.state.kind === "failed" && serving !== "failed") {
      this.giveUpCandidate();
      // What serves is what is wanted now: the same setting again is a new wish.
      this.setup = now.setup;
      this.parts.listener.refused(status.state.message);
      this.parts.listener.modelStatus(now.thread.status);
    } else if (status.state.kind === "failed") {
      this.giveUpCandidate();
      this.fallBack(candidate.setup, status.state.message);
    } else if (status.state.kind === "loading") this.parts.listener.modelStatus(status);
    else if (serving === "ready") void this.move(now.thread, candidate);
    else if (serving === "failed") this.takeOver(candidate, now.thread, undefined, []);
  }

  /** Where no engine serves, something else is tried rather than nothing. */
  private fallBack(setup: EngineSetup, why: string): boolean {
    const standIn = this.parts.standInFor(setup);
    if (standIn === undefined) return false;
    this.standIn = { wish: this.setup, setup: standIn.setup, told: `${why} ${standIn.told}` };
    this.startOver(standIn.setup);
    return true;
  }

  /** Told when it serves, not before: it may fail too. */
  private tellStandIn(setup: EngineSetup): void {
    const { standIn } = this;
    if (standIn?.told === undefined || !sameSetup(setup, standIn.setup)) return;
    this.parts.listener.settingFault(standIn.told);
    standIn.told = undefined;
  }

  /** The texts go from one thread to another, or to sleep. */
  private async move(from: EngineThread, to: Served | undefined): Promise<void> {
    this.candidate = undefined;
    const waiting: SessionEvent[] = [];
    this.now = { kind: "moving", from, waiting };
    // Its answers would come too late; the text is the same, so that whoever asked may ask again.
    from.leaveCompletions();
    const texts = await from.ask<"documents">({ kind: "documents", ask: null }).then(
      (reply) => (reply.kind === "answer" ? reply.answer : undefined),
      () => undefined,
    );
    if (to !== undefined) return this.takeOver(to, from, texts, waiting);
    if (texts === undefined) this.parts.listener.textsLost("the model was unloaded");
    this.now = { kind: "asleep", status: { ...from.status, state: { kind: "unloaded" } }, sequence: from.sequence, waiting: [...(texts ?? []), ...waiting] };
    void from.close();
    this.parts.listener.modelStatus(this.status);
    if (waiting.some(({ kind }) => kind === "change" || kind === "open")) this.wake(from.sequence, this.now.waiting);
  }

  private takeOver(to: Served, from: EngineThread, texts: readonly SessionEvent[] | undefined, waiting: readonly SessionEvent[]): void {
    this.candidate = undefined;
    // Numbers of facts only grow: what was opened under an old one can be told apart from what is told of it later.
    to.thread.sequence = Math.max(to.thread.sequence, from.sequence);
    this.now = { kind: "serving", ...to };
    for (const event of [...(texts ?? []), ...waiting]) to.thread.post(event);
    void from.close();
    if (texts === undefined) this.parts.listener.textsLost("another model was loaded");
    this.parts.listener.modelStatus(to.thread.status);
    // The wish may have changed while the texts moved.
    const { setup } = this;
    this.setup = to.setup;
    this.configure(setup, this.tuning, this.unloadAfterMs);
  }

  private wake(sequence: number, events: readonly SessionEvent[]): EngineThread {
    const { standIn } = this;
    return this.serve(standIn !== undefined && sameSetup(standIn.wish, this.setup) ? standIn.setup : this.setup, sequence, events);
  }

  private serve(setup: EngineSetup, sequence: number, events: readonly SessionEvent[]): EngineThread {
    const thread = this.start(setup, sequence);
    this.now = { kind: "serving", thread, setup };
    this.parts.listener.modelStatus(thread.status);
    for (const event of events) thread.post(event);
    return thread;
  }

  /** The one that serves has failed and holds no text. */
  private startOver(setup: EngineSetup): void {
    const { now } = this;
    if (now.kind !== "serving") return;
    void now.thread.close();
    this.serve(setup, now.thread.sequence, []);
    this.parts.listener.textsLost("another model is loaded");
  }

  private giveUpCandidate(): void {
    const { candidate } = this;
    this.candidate = undefined;
    void candidate?.thread.close();
  }

  private watchIdleness(): void {
    this.cancelCheck();
    const { unloadAfterMs } = this;
    if (unloadAfterMs === undefined) return;
    const leftMs = this.lastUseMs + unloadAfterMs - this.parts.nowMs();
    const { now } = this;
    if (leftMs <= 0 && now.kind === "serving" && this.candidate === undefined && now.thread.status.state.kind === "ready") {
      void this.move(now.thread, undefined);
    }
    this.cancelCheck = this.parts.schedule(leftMs <= 0 ? unloadAfterMs : leftMs, () => this.watchIdleness());
  }
}

function sameSetup(left: EngineSetup, right: EngineSetup): boolean {
  return JSON.stringify(left) === JSON.stringify(right);
}

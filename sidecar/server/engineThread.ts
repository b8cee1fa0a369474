// Owns the LSP thread's side of the engine: the worker, what was asked of it and what still waits for it.
// Never blocks. Knows no JSON-RPC and no document's text; a worker that died is not started again (the client restarts the sidecar).
import { assert } from "../base/assert";
import { limits } from "../base/limits";
import type { ModelStatus } from "../protocol/data";
import type { Interruption, SessionEvent, SessionNotice, SessionQuestions, SessionReply } from "../session/events";
import type { Tuning } from "../session/tuning";
import type { FromWorker, Question, QuestionKind, QuestionOf, QuestionReply, ToWorker } from "./engineMessages";
import { type Interrupts, Slots } from "./interrupts";
import { Outbox, type WaitingItem } from "./outbox";

/** What a worker thread is to this file, so that a test can put another in its place. */
export interface WorkerLike {
  postMessage(message: ToWorker): void;
  on(event: "message", listener: (message: FromWorker) => void): unknown;
  on(event: "error", listener: (error: Error) => void): unknown;
  on(event: "exit", listener: (code: number) => void): unknown;
}

export interface EngineThreadListener {
  modelStatus(status: ModelStatus): void;
  /** `sequence`: the fact after which the notice was given. */
  notice(notice: SessionNotice, sequence: number): void;
  /** Too much waits: the engine no longer holds the document. */
  overflow(uri: string): void;
  trouble(message: string): void;
}

/** Why a question has no reply: the engine thread is gone, too much waits, or a bug of ours. */
export class EngineThreadError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "EngineThreadError";
  }
}

type ReplyTo<Kind extends QuestionKind> = SessionReply<SessionQuestions[Kind]["answer"]>;

interface Pending {
  readonly question: Question;
  /** Undefined while it waits in the outbox. */
  slot: number | undefined;
  readonly settle: (reply: QuestionReply) => void;
  readonly fail: (error: Error) => void;
}

/** A completion on its way. `interrupt` settles it at once; the engine stops within a small batch. */
export interface RunningCompletion {
  readonly reply: Promise<ReplyTo<"complete">>;
  interrupt(why: Interruption | "outOfStep"): void;
  /** Its text has changed, as was posted before: it is settled as superseded at once, and the engine goes on while it writes what is typed. */
  edited(): void;
}

export class EngineThread {
  private readonly outbox = new Outbox();
  private readonly slots = new Slots();
  private readonly pending = new Map<number, Pending>();
  /** Slots of completions that were settled early and that the worker still has to let go of. */
  private readonly settledSlots = new Map<number, number>();
  private readonly ended: Promise<void>;
  private posted = 0;
  private closing = false;

  constructor(
    private readonly worker: WorkerLike,
    private readonly interrupts: Interrupts,
    private modelStatus: ModelStatus,
    private readonly listener: EngineThreadListener,
    /** The number of the latest fact or question. */
    public sequence = 0,
  ) {
    worker.on("message", (message) => this.receive(message));
    worker.on("error", (error) => this.fail(`The engine thread failed: ${error.message}`));
    this.ended = new Promise((resolve) => {
      worker.on("exit", (code) => {
        if (!this.closing) this.fail(`The engine thread ended by itself (code ${code}).`);
        resolve();
      });
    });
  }

  get status(): ModelStatus {
    return this.modelStatus;
  }

  /** The number of this fact: notices that it brings about carry it. Nothing is kept once the model has failed. */
  post(event: SessionEvent): number {
    this.sequence += 1;
    if (this.modelStatus.state.kind === "failed") return this.sequence;
    for (const uri of this.outbox.addFact(this.sequence, event)) this.listener.overflow(uri);
    this.pump();
    return this.sequence;
  }

  /** @throws EngineThreadError (as a rejection) when the engine thread is not ready, dies or has a bug. */
  ask<Kind extends QuestionKind>(question: QuestionOf<Kind>): Promise<ReplyTo<Kind>> {
    return this.put<Kind>(question).reply;
  }

  /** `version`: of the document as the client sees it, told where the completion is interrupted. */
  complete(ask: SessionQuestions["complete"]["ask"], version: number): RunningCompletion {
    const { sequence, reply } = this.put<"complete">({ kind: "complete", ask });
    return {
      reply,
      interrupt: (why) => this.interrupt(sequence, why, version, why === "outOfStep" ? "superseded" : why),
      edited: () => this.interrupt(sequence, "superseded", version, "edited"),
    };
  }

  /** Takes effect from the next turn on. */
  tune(tuning: Tuning): void {
    this.worker.postMessage({ kind: "tune", tuning });
  }

  /** Settles every completion that has no answer yet: this model is about to go, and another may be asked the same. */
  leaveCompletions(): void {
    for (const [sequence, { question }] of [...this.pending]) if (question.kind === "complete") this.interrupt(sequence, "modelLoading", 0, "superseded");
  }

  /** Resolves true when the worker ended by itself in time; the caller must end the process otherwise. */
  async close(): Promise<boolean> {
    this.closing = true;
    this.interrupts.end();
    this.interrupts.arrived();
    this.worker.postMessage({ kind: "close" });
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<false>((resolve) => (timer = setTimeout(() => resolve(false), limits.closeMsMax)));
    const inTime = await Promise.race([this.ended.then(() => true), late]);
    clearTimeout(timer);
    this.failPending(new EngineThreadError("The sidecar is ending."));
    return inTime;
  }

  private put<Kind extends QuestionKind>(question: QuestionOf<Kind>): { readonly sequence: number; readonly reply: Promise<ReplyTo<Kind>> } {
    this.sequence += 1;
    const sequence = this.sequence;
    const reply = new Promise<ReplyTo<Kind>>((resolve, reject) => {
      const { waitingQuestionsMax } = limits;
      if (this.modelStatus.state.kind !== "ready") return reject(new EngineThreadError("The model is not ready."));
      if (this.pending.size >= waitingQuestionsMax) return reject(new EngineThreadError(`More than ${waitingQuestionsMax} requests wait for the engine.`));
      this.pending.set(sequence, {
        question,
        slot: undefined,
        // The reply to a question has the question's name: checked where it arrives.
        settle: (answered) => resolve(answered.reply as ReplyTo<Kind>),
        fail: reject,
      });
      this.outbox.addQuestion(sequence, question);
    });
    this.pump();
    return { sequence, reply };
  }

  /** `told`: what the worker hears of it, where it has begun. */
  private interrupt(sequence: number, why: Interruption | "modelLoading" | "outOfStep", version: number, told: Interruption | "edited"): void {
    const pending = this.pending.get(sequence);
    if (pending === undefined) return;
    this.pending.delete(sequence);
    if (!this.outbox.withdraw(sequence)) {
      assert(pending.slot !== undefined, "a completion that is with the worker has a slot");
      this.settledSlots.set(sequence, pending.slot);
      this.interrupts.interrupt(pending.slot, told);
    }
    pending.settle({ kind: "complete", reply: { kind: "answer", answer: { outcome: { kind: why }, version, item: undefined } } });
  }

  /** Hands over as much as the worker may hold at once; the rest stays where it can be merged and withdrawn. */
  private pump(): void {
    if (this.modelStatus.state.kind !== "ready" || this.closing) return;
    while (this.posted < limits.postedMessagesMax) {
      const item = this.outbox.take();
      if (item === undefined) return;
      this.posted += 1;
      this.worker.postMessage(this.outward(item));
      // After the message, so that a worker that sees the count finds the message too.
      if (disturbs(item)) this.interrupts.arrived();
    }
  }

  private outward(item: WaitingItem): ToWorker {
    if (item.kind === "fact") return item;
    if (item.question.kind !== "complete") return { ...item, slot: undefined };
    const pending = this.pending.get(item.sequence);
    assert(pending !== undefined, "what waits in the outbox is pending");
    pending.slot = this.slots.take();
    this.interrupts.clear(pending.slot);
    return { ...item, slot: pending.slot };
  }

  private receive(message: FromWorker): void {
    switch (message.kind) {
      case "modelStatus":
        this.becomes(message.status);
        break;
      case "notice":
        this.listener.notice(message.notice, message.sequence);
        break;
      case "applied":
        this.posted -= 1;
        break;
      case "reply":
        this.letGo(message.sequence)?.settle(message.reply);
        break;
      case "refused":
        this.letGo(message.sequence)?.fail(new EngineThreadError(message.message));
        break;
      case "trouble":
        this.listener.trouble(message.message);
        break;
    }
    this.pump();
  }

  /** Undefined for a completion that was interrupted: it has its answer. */
  private letGo(sequence: number): Pending | undefined {
    const pending = this.pending.get(sequence);
    const slot = pending?.slot ?? this.settledSlots.get(sequence);
    this.pending.delete(sequence);
    this.settledSlots.delete(sequence);
    this.posted -= 1;
    if (slot !== undefined) this.slots.giveBack(slot);
    return pending;
  }

  private becomes(status: ModelStatus): void {
    this.modelStatus = status;
    if (status.state.kind === "failed") this.outbox.clear();
    this.listener.modelStatus(status);
  }

  private fail(message: string): void {
    if (this.modelStatus.state.kind === "failed") return;
    this.becomes({ ...this.modelStatus, state: { kind: "failed", message } });
    this.failPending(new EngineThreadError(message));
  }

  private failPending(error: Error): void {
    const all = [...this.pending.values()];
    this.pending.clear();
    for (const pending of all) pending.fail(error);
  }
}

/** Who only looks doesn't break off what is being read in idle time: the answer comes between two slices. */
function disturbs(item: WaitingItem): boolean {
  return item.kind === "fact" || (item.question.kind !== "statistics" && item.question.kind !== "ledger");
}

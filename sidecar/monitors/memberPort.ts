// Owns the engine thread's end of the questions: posts them, sleeps for an answer no longer than it may, keeps the answers.
// Knows neither who answers nor what a completion is; the other end is memberDesk.ts.
import { type MessagePort, receiveMessageOnPort } from "node:worker_threads";
import type { Clock } from "../base/clock";
import { limits } from "../base/limits";
import type { MemberSource, MonitorAnswer, MonitorQuestion } from "../decode/mgd/memberSource";
import type { OtherWork } from "../decode/otherWork";
import type { Bell } from "./bell";
import { besideKey, questionKey } from "./questionKey";

/** To the desk. */
export interface PostedQuestion {
  readonly sequence: number;
  readonly question: MonitorQuestion;
}
/** From the desk, which rings behind each. */
export interface PostedAnswer {
  readonly sequence: number;
  readonly answer: MonitorAnswer;
}
/** From the desk, behind an answer, and for nobody to wait for. */
export interface PostedBeside {
  readonly beside: readonly Told[];
}
/** What is told beside an answer, by its key. */
export interface Told {
  readonly key: string;
  readonly answer: MonitorAnswer;
}

export interface MemberPortParts {
  /** Read by nobody else. */
  readonly port: MessagePort;
  /** Rung for an answer, and for an interruption. */
  readonly bell: Pick<Bell, "rings" | "waitPast">;
  readonly clock: Clock;
  /** For a wait that begins: whether it should end before its time, asked whenever the bell has rung. */
  readonly watchWait: () => () => boolean;
}

export class MemberPort implements MemberSource {
  private sequence = 0;
  private readonly pending = new Map<string, number>();
  private readonly keys = new Map<number, string>();
  private readonly answers = new Map<string, MonitorAnswer>();

  constructor(private readonly parts: MemberPortParts) {
    parts.port.unref();
  }

  ask(question: MonitorQuestion): void {
    this.receive();
    const key = questionKey(question);
    if (this.answers.has(key) || this.pending.has(key)) return;
    if (limits.monitorQuestionsMax <= this.pending.size) return this.keep(key, { kind: "open", reason: "too many questions wait" });
    this.sequence += 1;
    this.pending.set(key, this.sequence);
    this.keys.set(this.sequence, key);
    this.parts.port.postMessage({ sequence: this.sequence, question } satisfies PostedQuestion);
  }

  answer(question: MonitorQuestion, untilMs: number, work?: OtherWork): MonitorAnswer | undefined {
    this.ask(question);
    const key = questionKey(question);
    const isInterrupted = this.parts.watchWait();
    const spentMs = work?.spentMs ?? 0;
    for (;;) {
      // Counted before the look, so that a ring between the look and the sleep ends the sleep.
      const rings = this.parts.bell.rings();
      this.receive();
      const answer = this.answers.get(key);
      if (answer !== undefined) return answer;
      if (isInterrupted()) return undefined;
      if (work?.doSome() === true) continue;
      const leftMs = untilMs + ((work?.spentMs ?? 0) - spentMs) - this.parts.clock.nowMs();
      if (leftMs <= 0) return undefined;
      this.parts.bell.waitPast(rings, leftMs);
    }
  }

  told(question: MonitorQuestion, operand: string): MonitorAnswer | undefined {
    this.receive();
    return this.answers.get(besideKey(question, operand));
  }

  private receive(): void {
    for (let received = receiveMessageOnPort(this.parts.port); received !== undefined; received = receiveMessageOnPort(this.parts.port)) {
      const message = received.message as PostedAnswer | PostedBeside;
      if ("beside" in message) {
        for (const told of message.beside) this.keep(told.key, told.answer);
        continue;
      }
      const { sequence, answer } = message;
      const key = this.keys.get(sequence);
      if (key === undefined) continue;
      this.keys.delete(sequence);
      this.pending.delete(key);
      this.keep(key, answer);
    }
  }

  private keep(key: string, answer: MonitorAnswer): void {
    this.answers.set(key, answer);
    const [oldest] = this.answers.keys();
    if (limits.monitorAnswersMax < this.answers.size && oldest !== undefined) this.answers.delete(oldest);
  }
}

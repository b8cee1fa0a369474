// Owns a source of legal names that answers from a script, at once, late or never, on a manual clock. Knows no server.
import type { ManualClock } from "../../sidecar/base/clock";
import type { MemberSource, MonitorAnswer, MonitorQuestion } from "../../sidecar/decode/mgd/memberSource";

export interface ScriptedAnswer {
  readonly answer: MonitorAnswer;
  /** From the asking on; Infinity for never. */
  readonly latencyMs?: number;
}

/** Told the text up to the place that is asked about; undefined for a place that nothing is known of. */
export type MemberScript = (text: string, question: MonitorQuestion) => ScriptedAnswer | undefined;

export const namesAnswer = (...names: readonly string[]): ScriptedAnswer => ({ answer: { kind: "names", names } });

export class ScriptedMembers implements MemberSource {
  /** The texts asked about, in order, and how long was waited in all. */
  readonly asked: string[] = [];
  waitedMs = 0;
  private readonly askedAtMs = new Map<string, number>();

  /** @param before the text before the cursor @param script asked anew for each question @param tellsBeside whether it tells what is asked beside */
  constructor(
    private readonly before: string, private readonly clock: ManualClock, private readonly script: MemberScript, private readonly tellsBeside = false,
  ) {}

  ask(question: MonitorQuestion): void {
    const key = keyOf(question);
    if (this.askedAtMs.has(key)) return;
    this.askedAtMs.set(key, this.clock.nowMs());
    this.asked.push((question.kind === "signature" ? "signature " : "") + this.before + question.continuation);
  }

  /** As its own question would be answered, where the script answers that at once. */
  told({ continuation, beside, ...rest }: MonitorQuestion, operand: string): MonitorAnswer | undefined {
    if (!this.tellsBeside || beside?.includes(operand) !== true) return undefined;
    const scripted = this.script(`${this.before}${continuation}(${operand}`, { ...rest, continuation: `${continuation}(${operand}` });
    return scripted?.latencyMs === undefined ? scripted?.answer : undefined;
  }

  answer(question: MonitorQuestion, untilMs: number): MonitorAnswer | undefined {
    this.ask(question);
    const scripted = this.script(this.before + question.continuation, question) ?? { answer: { kind: "open", reason: "nothing is known" } };
    const thereAtMs = (this.askedAtMs.get(keyOf(question)) ?? 0) + (scripted.latencyMs ?? 0);
    const nowMs = this.clock.nowMs();
    const wakesAtMs = Math.max(nowMs, Math.min(thereAtMs, untilMs));
    this.clock.advance(wakesAtMs - nowMs);
    this.waitedMs += wakesAtMs - nowMs;
    return thereAtMs <= wakesAtMs ? scripted.answer : undefined;
  }
}

function keyOf({ kind, continuation }: MonitorQuestion): string {
  return JSON.stringify([kind, continuation]);
}

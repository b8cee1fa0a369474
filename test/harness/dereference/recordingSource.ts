// Owns the measuring of a monitor's questions: it stands before the source that answers, and keeps how long decoding stood
// still for each answer. Passes everything on unchanged.
import type { Clock } from "../../../sidecar/base/clock";
import type { MemberSource, MonitorAnswer, MonitorQuestion } from "../../../sidecar/decode/mgd/memberSource";
import type { OtherWork } from "../../../sidecar/decode/otherWork";
import type { Waited } from "./generation";

export class RecordingSource implements MemberSource {
  private waited: Waited[] = [];
  private readonly seen = new Set<string>();

  constructor(private readonly source: MemberSource, private readonly clock: Clock) {}

  ask(question: MonitorQuestion): void {
    this.source.ask(question);
  }

  answer(question: MonitorQuestion, untilMs: number, work?: OtherWork): MonitorAnswer | undefined {
    const [startMs, spentMs] = [this.clock.nowMs(), work?.spentMs ?? 0];
    const answer = this.source.answer(question, untilMs, work);
    const waitMs = this.clock.nowMs() - startMs - ((work?.spentMs ?? 0) - spentMs);
    // A look that waits for nothing, and one at what came too late, is no wait.
    const key = `${question.kind} ${question.continuation}`;
    if (this.seen.has(key) || (answer === undefined && untilMs <= startMs)) return answer;
    this.seen.add(key);
    this.waited.push({
      behindUtf16: question.continuation.length,
      kind: question.kind,
      waitMs: Math.round(1_000 * waitMs) / 1_000,
      answer: answer?.kind ?? "late",
      names: answer?.kind === "names" ? answer.names.length : 0,
    });
    return answer;
  }

  told(question: MonitorQuestion, operand: string): MonitorAnswer | undefined {
    return this.source.told(question, operand);
  }

  /** What was waited for since this was asked last. */
  taken(): readonly Waited[] {
    const taken = this.waited;
    this.waited = [];
    this.seen.clear();
    return taken;
  }
}

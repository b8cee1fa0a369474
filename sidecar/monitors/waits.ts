// Owns the figures of one source of answers: how often it was asked, what came of it, and how long it took. Pure bookkeeping.
import { limits } from "../base/limits";
import type { MonitorAnswer } from "../decode/mgd/memberSource";
import type { MonitorSourceStatistics } from "../protocol/data";

export class Waits {
  private asked = 0;
  private inTime = 0;
  private openAnswers = 0;
  private readonly openReasons = new Map<string, number>();
  private readonly latenciesMs: number[] = [];

  ask(): void {
    this.asked += 1;
  }

  answered(answer: MonitorAnswer, latencyMs: number, budgetMs: number): void {
    if (latencyMs <= budgetMs) this.inTime += 1;
    this.latenciesMs.push(latencyMs);
    if (limits.monitorLatenciesMax < this.latenciesMs.length) this.latenciesMs.shift();
    if (answer.kind !== "open") return;
    this.openAnswers += 1;
    // Numbers aside, so that what is the same reason counts as one.
    const reason = answer.reason.replace(/\d+/g, "…");
    if (this.openReasons.has(reason) || this.openReasons.size < limits.monitorReasonsMax) {
      this.openReasons.set(reason, (this.openReasons.get(reason) ?? 0) + 1);
    }
  }

  figures(): Pick<MonitorSourceStatistics, "asked" | "inTime" | "open" | "openReasons" | "waitMsMedian" | "waitMsP95"> {
    const sorted = this.latenciesMs.toSorted((a, b) => a - b);
    const at = (share: number): number | undefined => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
    return {
      asked: this.asked,
      inTime: this.inTime,
      open: this.openAnswers,
      openReasons: Object.fromEntries(this.openReasons),
      waitMsMedian: at(0.5),
      waitMsP95: at(0.95),
    };
  }
}

// Owns the measuring of what processors cost: it stands in for one and adds up the time spent in it, without other work that is done in it.
import type { Clock } from "../../../sidecar/base/clock";
import type { OtherWork } from "../../../sidecar/decode/otherWork";
import type { LogitProcessor } from "../../../sidecar/decode/processor";

export class ProcessorMeter implements LogitProcessor {
  spentMs = 0;

  constructor(private readonly processor: LogitProcessor, private readonly clock: Clock) {}

  acts(): boolean {
    return this.timed(() => this.processor.acts?.() ?? true);
  }

  lower(logits: Float32Array, work?: OtherWork): boolean {
    const spentMs = work?.spentMs ?? 0;
    const acted = this.timed(() => this.processor.lower(logits, work));
    this.spentMs -= (work?.spentMs ?? 0) - spentMs;
    return acted;
  }

  accept(token: number): void {
    this.timed(() => this.processor.accept(token));
  }

  rollBack(count: number): void {
    this.timed(() => this.processor.rollBack(count));
  }

  private timed<Result>(work: () => Result): Result {
    const startMs = this.clock.nowMs();
    const result = work();
    this.spentMs += this.clock.nowMs() - startMs;
    return result;
  }
}

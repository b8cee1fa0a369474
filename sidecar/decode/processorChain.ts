// Owns several processors as one: each is asked in order, behind what those before it lowered.
import type { OtherWork } from "./otherWork";
import type { LogitProcessor } from "./processor";

export class ProcessorChain implements LogitProcessor {
  constructor(private readonly processors: readonly LogitProcessor[]) {}

  acts(): boolean {
    return this.processors.some((processor) => processor.acts?.() !== false);
  }

  lower(logits: Float32Array, work?: OtherWork): boolean {
    let acted = false;
    for (const processor of this.processors) if (processor.acts?.() !== false && processor.lower(logits, work)) acted = true;
    return acted;
  }

  isCloseCall(nats: number): boolean {
    return this.processors.some((processor) => processor.isCloseCall?.(nats) === true);
  }

  accept(token: number): void {
    for (const processor of this.processors) processor.accept(token);
  }

  rollBack(count: number): void {
    for (const processor of this.processors) processor.rollBack(count);
  }
}

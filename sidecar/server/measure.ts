// Owns the measurement of how fast a model runs here: how many tokens a second it reads, and writes. The model is loaded, which
// also proves that it can be. Prints one line of JSON; knows no document.
import type { Clock } from "../base/clock";
import { cellPosition, sequenceId, toEnd, type Engine } from "../engine/engine";

export interface Measured {
  readonly modelName: string;
  readonly fileBytes: number;
  readonly tokensReadPerSecond: number;
  readonly tokensWrittenPerSecond: number;
  /** Why cells can't be moved, where they can't. */
  readonly shiftRefusal: string | undefined;
  readonly fillsInTheMiddle: boolean;
}

/** Prompts of so many tokens are read, then as many tokens written, again and again. */
const promptTokens = 256;
const writtenTokens = 32;

/** Median rates of rounds until `untilMs` is over; at least one round. Leaves the engine empty. */
export function measure(engine: Engine, fileBytes: number, clock: Clock, untilMs: number): Measured {
  const sequence = sequenceId(0);
  const reading: number[] = [];
  const writing: number[] = [];
  const { batchTokensMax, vocabularySize, shift, modelName, fim } = engine.capabilities;
  do {
    const startedMs = clock.nowMs();
    for (let start = 0; start < promptTokens; start += batchTokensMax) {
      // Which tokens they are doesn't matter; that they differ may.
      const tokens = Int32Array.from({ length: Math.min(batchTokensMax, promptTokens - start) }, (_, index) => (37 * (start + index) + 300) % vocabularySize);
      engine.decode(sequence, cellPosition(start), tokens, "last");
    }
    const readMs = clock.nowMs();
    for (let count = 0; count < writtenTokens; count += 1) {
      engine.decode(sequence, cellPosition(promptTokens + count), Int32Array.of((53 * count + 300) % vocabularySize), "last");
    }
    reading.push((1_000 * promptTokens) / Math.max(0.001, readMs - startedMs));
    writing.push((1_000 * writtenTokens) / Math.max(0.001, clock.nowMs() - readMs));
    engine.remove(sequence, toEnd(0));
  } while (clock.nowMs() < untilMs);
  return {
    modelName,
    fileBytes,
    tokensReadPerSecond: Math.round(median(reading)),
    tokensWrittenPerSecond: Math.round(10 * median(writing)) / 10,
    shiftRefusal: shift.kind === "fixed" ? shift.reason : undefined,
    fillsInTheMiddle: fim !== undefined,
  };
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;
}

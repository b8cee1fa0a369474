// Owns the tokens that are decoded while a processor waits for something from outside: those that would be chosen if it made no
// difference. Most often it makes none, and then the wait has cost nothing. Each is decoded alone, as it would have been later, so
// what is written is the same; where a choice is another after all, the cells are taken out again. Knows no processor.
import { limits } from "../base/limits";
import type { Clock } from "../base/clock";
import { cellPosition, toEnd, type Engine, type SequenceId } from "../engine/engine";
import { greedy } from "./sampler";

export interface AheadTask {
  readonly engine: Engine;
  readonly sequence: SequenceId;
  /** Position of the first new token. */
  readonly start: number;
  readonly clock: Clock;
  readonly interrupted: () => boolean;
}

interface AheadToken {
  readonly token: number;
  /** Those behind it: a copy, since the engine keeps only its latest. */
  readonly logits: Float32Array;
}

export class AheadTokens {
  private readonly queue: AheadToken[] = [];
  private current: Float32Array | undefined;
  private tokenMs = 0;
  /** How many may be decoded before a choice confirms one: fewer each time that they were in vain. */
  private most: number = limits.aheadTokensMax;

  constructor(private readonly task: AheadTask) {}

  /** Those behind the latest token taken; undefined where the engine's latest are. */
  get logits(): Float32Array | undefined {
    return this.current;
  }

  /**
   * Decodes one more token, of `tokensMax` behind the `count` that were chosen; false where none is worth it: a token takes long,
   * an end is next, or enough are there. @param logits for the next choice, as far as they are lowered
   */
  decodeOne(logits: Float32Array, count: number, tokensMax: number): boolean {
    const { engine, sequence, start, clock, interrupted } = this.task;
    const next = greedy(logits);
    if (this.queue[0] !== undefined && this.queue[0].token !== next) this.drop(count);
    const token = this.queue.length === 0 ? next : greedy(this.queue[this.queue.length - 1]?.logits ?? logits);
    const isEnough = Math.min(tokensMax, this.most) <= this.queue.length;
    if (isEnough || limits.aheadTokenMsMax < this.tokenMs || engine.capabilities.endTokens.has(token) || interrupted()) return false;
    const startMs = clock.nowMs();
    if (engine.decode(sequence, cellPosition(start + count + this.queue.length), Int32Array.of(token), "last", interrupted) === "interrupted") return false;
    this.tokenMs = clock.nowMs() - startMs;
    this.queue.push({ token, logits: engine.logits().slice() });
    return true;
  }

  /** The token was chosen behind `count` others. True where it was decoded already: its logits are here then. */
  take(token: number, count: number): boolean {
    if (this.queue[0]?.token !== token) {
      this.drop(count);
      return false;
    }
    this.current = this.queue.shift()?.logits;
    this.most = Math.min(limits.aheadTokensMax, 2 * this.most);
    return true;
  }

  /** Takes out of the sequence what was decoded behind the `count` tokens that were chosen: it was in vain. */
  drop(count: number): void {
    this.current = undefined;
    if (this.queue.length === 0) return;
    this.queue.length = 0;
    this.most = Math.max(1, this.most >> 1);
    this.task.engine.remove(this.task.sequence, toEnd(this.task.start + count));
  }
}

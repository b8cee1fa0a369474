// Owns the tokens that are decoded while a processor waits for something from outside: those that would be chosen if it made no
// difference. Most often it makes none, and then the wait has cost nothing. Each is decoded alone, as it would have been later, so
// what is written is the same; where a choice is another after all, the cells are taken out again. Knows no processor.
import { limits } from "../base/limits";
import type { Clock } from "../base/clock";
import { cellPosition, toEnd, type Engine, type SequenceId } from "../engine/engine";
import type { OtherWork } from "./otherWork";
import { greedy } from "./sampler";

/** What the engine's steps of one completion are made in. */
export interface StepsTask {
  readonly engine: Engine;
  readonly sequence: SequenceId;
  /** Position of the first new token. */
  readonly start: number;
  readonly clock: Clock;
  readonly interrupted: () => boolean;
}

/** A choice that is about to be made. */
export interface DueChoice {
  /** As far as they are lowered. */
  readonly logits: Float32Array;
  /** Tokens chosen before. */
  readonly count: number;
  /** Tokens that may follow. */
  readonly tokensMax: number;
  /** Whether the completion would end before the last of `tokens`, or with it. @param logits that the last one was chosen from */
  readonly endsWith: (tokens: readonly number[], logits: Float32Array) => boolean;
}

interface AheadToken {
  readonly token: number;
  /** Those behind it: a copy, since the engine keeps only its latest. */
  readonly logits: Float32Array;
  /** All that it took. */
  readonly spentMs: number;
}

export class AheadTokens implements OtherWork {
  spentMs = 0;
  inVainMs = 0;
  private readonly queue: AheadToken[] = [];
  private taken: Float32Array | undefined;
  private due: DueChoice | undefined;
  /** Unknown before the first: where nobody knows how long one takes, none is decoded in vain. */
  private latestMs = Infinity;

  constructor(private readonly task: StepsTask) {}

  /** Those behind the latest token, where it was decoded ahead; undefined where they are the engine's latest. */
  get logits(): Float32Array | undefined {
    return this.taken;
  }

  /** A token was decoded as usual: how long the next may take. */
  decoded(decodeMs: number): void {
    this.latestMs = decodeMs;
  }

  before(choice: DueChoice): OtherWork {
    this.due = choice;
    return this;
  }

  /** Decodes one more token; false where it takes long, ends the completion, enough are there, or the completion is to stop. */
  doSome(): boolean {
    const startMs = this.task.clock.nowMs();
    const next = this.due === undefined ? undefined : this.decodeOne(this.due);
    const spentMs = this.task.clock.nowMs() - startMs;
    this.spentMs += spentMs;
    if (next !== undefined) this.queue.push({ ...next, spentMs });
    return next !== undefined;
  }

  private decodeOne(due: DueChoice): Omit<AheadToken, "spentMs"> | undefined {
    const { engine, sequence, start, clock, interrupted } = this.task;
    if (limits.aheadTokenMsMax < this.latestMs || interrupted()) return undefined;
    const first = greedy(due.logits);
    if (this.queue[0] !== undefined && this.queue[0].token !== first) this.drop(due.count);
    const from = this.queue.at(-1)?.logits ?? due.logits;
    const token = this.queue.length === 0 ? first : greedy(from);
    if (Math.min(due.tokensMax, limits.aheadTokensMax) <= this.queue.length || engine.capabilities.endTokens.has(token)) return undefined;
    if (due.endsWith([...this.queue.map((ahead) => ahead.token), token], from)) return undefined;
    const startMs = clock.nowMs();
    const position = cellPosition(start + due.count + this.queue.length);
    if (engine.decode(sequence, position, Int32Array.of(token), "last", interrupted) === "interrupted") return undefined;
    this.latestMs = clock.nowMs() - startMs;
    return { token, logits: engine.logits().slice() };
  }

  /** The token was chosen behind `count` others. True where it was decoded already: its logits are here then. */
  take(token: number, count: number): boolean {
    this.due = undefined;
    const isAhead = this.queue[0]?.token === token;
    if (!isAhead) this.drop(count);
    this.taken = this.queue.shift()?.logits;
    return isAhead;
  }

  /** Takes out of the sequence what was decoded behind the `count` tokens that were chosen: it was in vain. */
  drop(count: number): void {
    if (this.queue.length === 0) return;
    this.inVainMs += this.queue.reduce((sum, ahead) => sum + ahead.spentMs, 0);
    this.queue.length = 0;
    this.task.engine.remove(this.task.sequence, toEnd(this.task.start + count));
  }
}

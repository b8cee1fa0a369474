// Owns the engine's steps of one completion: a token alone, or a token with a draft behind it in one batch, whose rows of logits
// are handed out one by one for as long as the choices are the draft's. What was refused is taken out of the sequence. Where nothing
// is drafted, a token that was decoded ahead of its choice stands in for a step.
//
// llama.cpp computes a batch with other kernels than a token alone, which sum in another order. So from the first batch on logits
// may be off by a little, and a choice that a little could change is settled: all cells since then are decoded again one by one,
// as they would have been without drafts (docs/notes/08-drafts.md).
import { at } from "../../base/assert";
import { cellPosition, toEnd, type DecodeResult } from "../../engine/engine";
import { AheadTokens, type DueChoice, type StepsTask } from "../aheadTokens";
import type { OtherWork } from "../otherWork";
import type { Drafts } from "./drafts";
import type { DraftSource, Proposal } from "./draftSource";

/**
 * A choice whose lead is smaller than this, in nats, may have been made by rounding. Over 560 rows of the embedded model the lead
 * of the likeliest token in a batch of 16 and alone differed by 0.021 in the median and 0.229 at most, and no choice changed
 * where it was above 0.03.
 */
export const roundingNats = 0.5;

export interface DraftedBy {
  readonly drafts: Drafts;
  readonly sources: readonly DraftSource[];
}

export class DraftedSteps {
  private readonly tokens: number[] = [];
  private draft: Proposal | undefined;
  /** Of the latest batch, the row whose logits are due; undefined for its only one. */
  private row: number | undefined;
  /** New tokens whose cells were decoded alone, before the first that wasn't. */
  private cleanCount = 0;
  private rounded = false;
  /** What is drafted is ahead already. */
  private readonly ahead: AheadTokens | undefined;

  constructor(private readonly task: StepsTask, private readonly by: DraftedBy | undefined) {
    this.ahead = by === undefined ? new AheadTokens(task) : undefined;
  }

  /** Those behind the latest token. */
  logits(): Float32Array {
    return this.ahead?.logits ?? this.task.engine.logits(this.row);
  }

  /** What can be done while the choice is waited for; undefined where it is better to wait idly. */
  workBefore(choice: Omit<DueChoice, "count">): OtherWork | undefined {
    return this.ahead?.before({ ...choice, count: this.tokens.length });
  }

  /** Whether decoding without drafts could have given slightly other logits. */
  get isRounded(): boolean {
    return this.rounded;
  }

  /** The token was chosen: has its logits ready. @param cut what of a draft can be of use */
  advance(token: number, draftMax: number, cut: (tokens: Int32Array) => Int32Array): DecodeResult {
    const isAhead = this.ahead?.take(token, this.tokens.length) === true;
    this.tokens.push(token);
    if (isAhead) return "decoded";
    for (const source of this.by?.sources ?? []) source.accept(token);
    const { draft, row } = this;
    if (draft !== undefined && row !== undefined && row < draft.tokens.length && draft.tokens[row] === token) {
      this.row = row + 1;
      return "decoded";
    }
    this.endDraft(draft !== undefined && row !== undefined && row < draft.tokens.length);
    const { engine } = this.task;
    const next = this.by?.drafts.choose(this.by.sources, Math.min(draftMax, engine.capabilities.batchTokensMax - 1), cut);
    return this.decode(next);
  }

  /** Decodes anew, one by one, what was decoded in batches. After it the logits are those of decoding without drafts. */
  settle(): DecodeResult {
    const { engine, sequence, start, interrupted } = this.task;
    this.endDraft(false);
    engine.remove(sequence, toEnd(start + this.cleanCount));
    this.by?.drafts.settled(this.tokens.length - this.cleanCount);
    for (; this.cleanCount < this.tokens.length; this.cleanCount += 1) {
      const token = Int32Array.of(at(this.tokens, this.cleanCount));
      if (engine.decode(sequence, cellPosition(start + this.cleanCount), token, "last", interrupted) === "interrupted") return "interrupted";
    }
    this.rounded = false;
    return "decoded";
  }

  /** Tells what became of the draft, if there is one: the completion has ended. What was decoded ahead of it goes. */
  end(): void {
    this.endDraft(false);
    this.ahead?.drop(this.tokens.length);
  }

  private decode(draft: Proposal | undefined): DecodeResult {
    const { engine, sequence, start, clock, interrupted } = this.task;
    const latest = this.tokens.length - 1;
    const batch = Int32Array.of(at(this.tokens, latest), ...(draft?.tokens ?? []));
    const startMs = clock.nowMs();
    const result = engine.decode(sequence, cellPosition(start + latest), batch, draft === undefined ? "last" : "all", interrupted);
    if (result === "interrupted") return result;
    const decodeMs = clock.nowMs() - startMs;
    this.by?.drafts.times.note(batch.length, decodeMs);
    this.ahead?.decoded(decodeMs);
    if (draft === undefined && !this.rounded) this.cleanCount = this.tokens.length;
    if (draft !== undefined) {
      this.rounded ||= engine.capabilities.batchesRoundAlike !== true;
      this.draft = draft;
      this.row = 0;
    }
    return result;
  }

  /** Takes what of the draft wasn't accepted out of the sequence. */
  private endDraft(wasRefused: boolean): void {
    const { draft, row } = this;
    this.draft = undefined;
    this.row = undefined;
    if (draft === undefined || row === undefined) return;
    this.by?.drafts.verified(draft, row, wasRefused);
    // The latest token may be the one that took the draft's place: its cell is still to come.
    const { engine, sequence, start } = this.task;
    const held = engine.positions(sequence)?.max ?? -1;
    const verified = held - draft.tokens.length + row;
    if (verified < held) engine.remove(sequence, toEnd(Math.max(start, verified + 1)));
    if (!this.rounded) this.cleanCount = verified + 1 - start;
  }
}

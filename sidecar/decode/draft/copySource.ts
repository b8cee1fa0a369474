// Owns drafts copied from texts that hold the latest tokens already: what came behind them there may come here too
// (CopySpec, arXiv 2502.08923). Knows no engine. Nothing is indexed, so that no edit makes anything wrong: a scan of 8,000 tokens
// takes some 40 µs, a hundredth of what decoding one token takes.
import type { DraftSource, DraftSourceName, Proposal } from "./draftSource";

/** More equal tokens than this say nothing more. */
const matchedMax = 16;

export class CopySource implements DraftSource {
  private readonly history: Int32Array;
  private length: number;

  /**
   * @param prompt what the model has read, searched itself @param texts searched where the prompt has nothing longer
   * @param matchedMin so many of the latest tokens must be found @param tokensMax tokens that will be accepted
   */
  constructor(
    readonly name: DraftSourceName, prompt: Int32Array, private readonly texts: readonly Int32Array[],
    private readonly matchedMin: number, tokensMax: number, private readonly searchesPrompt: boolean,
  ) {
    this.history = new Int32Array(prompt.length + tokensMax);
    this.history.set(prompt);
    this.length = prompt.length;
  }

  accept(token: number): void {
    if (this.length < this.history.length) this.history[this.length] = token;
    this.length += 1;
  }

  propose(tokensMax: number): Proposal | undefined {
    let best = { matched: this.matchedMin - 1, tokens: undefined as Int32Array | undefined };
    const own = this.history.subarray(0, this.length);
    for (const text of this.searchesPrompt ? [own, ...this.texts] : this.texts) {
      // Of equals the latest: it is the nearest to the cursor.
      for (let end = text.length - 1; best.matched < end && best.matched < matchedMax; end -= 1) {
        if (text[end - 1] !== own[own.length - 1]) continue;
        const matched = this.matchedBefore(text, end, own);
        if (best.matched < matched) best = { matched, tokens: text.subarray(end, end + tokensMax) };
      }
    }
    const { matched, tokens } = best;
    return tokens === undefined || tokens.length === 0 ? undefined : { source: this.name, tokens, matched };
  }

  /** How many tokens before `end` of `text` equal the latest ones. */
  private matchedBefore(text: Int32Array, end: number, own: Int32Array): number {
    let matched = 0;
    while (matched < matchedMax && matched < end && matched < own.length && text[end - 1 - matched] === own[own.length - 1 - matched]) matched += 1;
    return matched;
  }
}

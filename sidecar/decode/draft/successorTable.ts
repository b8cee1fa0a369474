// Owns what the model chose last behind each token, over all completions, and the chains that this makes
// (Token Recycling, arXiv 2408.08696, with one successor instead of eight: on a CPU a second branch costs more than it brings).
import type { DraftSource, Proposal } from "./draftSource";

export class SuccessorTable {
  private readonly successors: Int32Array;

  constructor(vocabularySize: number) {
    this.successors = new Int32Array(vocabularySize).fill(-1);
  }

  /** The table as a source behind `latest`, the token that was chosen or read last. */
  behind(latest: number): DraftSource {
    let current = latest;
    return {
      name: "successors",
      accept: (token) => {
        this.successors[current] = token;
        current = token;
      },
      propose: (tokensMax) => this.chainFrom(current, tokensMax),
    };
  }

  private chainFrom(latest: number, tokensMax: number): Proposal | undefined {
    const tokens: number[] = [];
    for (let token = this.successors[latest] ?? -1; token !== -1 && tokens.length < tokensMax; token = this.successors[token] ?? -1) tokens.push(token);
    return tokens.length === 0 ? undefined : { source: "successors", tokens: Int32Array.from(tokens), matched: 1 };
  }
}

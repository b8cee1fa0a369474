// Owns how often drafts were right, by their source and by how much spoke for them, and what that lets expect. Pure.
import type { DraftSourceName, Proposal } from "./draftSource";

/** The chance of a draft's token, the ones before it being right, by tokens matched; measured on 205 completions of real sessions. */
const priors: readonly (readonly [matched: number, chance: number])[] = [[16, 0.92], [8, 0.87], [5, 0.8], [4, 0.72], [3, 0.65], [2, 0.5], [1, 0.3]];
/** How many tokens a prior counts as. */
const priorTokens = 12;
/** What was seen long ago weighs less. */
const keptShare = 0.98;

interface Seen {
  right: number;
  wrong: number;
}

export class Acceptance {
  private readonly seen = new Map<string, Seen>();

  note({ source, matched }: Pick<Proposal, "source" | "matched">, accepted: number, wasRefused: boolean): void {
    const entry = this.entry(source, matched);
    entry.right = entry.right * keptShare + accepted;
    entry.wrong = entry.wrong * keptShare + (wasRefused ? 1 : 0);
  }

  /** Tokens that are likely to be accepted of a draft of `length`. */
  expected({ source, matched }: Pick<Proposal, "source" | "matched">, length: number): number {
    const { right, wrong } = this.entry(source, matched);
    const chance = right / (right + wrong);
    let sum = 0;
    for (let index = 1, all = chance; index <= length; index += 1, all *= chance) sum += all;
    return sum;
  }

  private entry(source: DraftSourceName, matched: number): Seen {
    const [floor, chance] = priors.find(([least]) => least <= matched) ?? [1, 0.3];
    const key = `${source} ${floor}`;
    const known = this.seen.get(key);
    if (known !== undefined) return known;
    const fresh = { right: chance * priorTokens, wrong: (1 - chance) * priorTokens };
    this.seen.set(key, fresh);
    return fresh;
  }
}

// Owns how hard a repeat is penalised: by what it repeats, and from which copy on. Plain data; the values were measured.

/**
 * What repeats. `content`: units with their text, in strict order. `scattered`: lines with their text, in any order.
 * `numbered`: units whose text differs in numbers only. `structure`: units that have the same productions only. `pattern`:
 * lines that have the same productions only, in any order. `tokens`: a run of tokens inside one line. `wander`: tokens inside
 * one line, in any order.
 */
export type RepeatKind = "content" | "scattered" | "numbered" | "structure" | "pattern" | "tokens" | "wander";

export interface Strength {
  /** Nats that each counted line or copy takes from the logit of a token that would open another copy. */
  readonly nats: number;
  /** How many are let pass before the first is counted. */
  readonly free: number;
}

export type Strengths = Readonly<Record<RepeatKind, Strength>>;

/** The paper's decay of 0.9 a copy, in nats (arXiv 2505.10402 §3): one value for repeats of all kinds, from the first copy on. */
const paperStrength: Strength = { nats: -Math.log(0.9), free: 0 };
/** The paper knows no such repeat. */
const never: Strength = { nats: 0, free: 0 };
export const paperStrengths: Strengths = {
  content: paperStrength, scattered: paperStrength, numbered: paperStrength, structure: paperStrength, tokens: paperStrength,
  pattern: never, wander: never,
};

/**
 * What the editor uses, chosen with the embedded model on generations of 512 tokens that loop, and held against others:
 * docs/notes/06-repetition.md has both.
 * `test/slow/series.test.ts` holds it against legitimate series.
 */
export const shippedStrengths: Strengths = {
  content: { nats: 2, free: 0 },
  scattered: { nats: 1.5, free: 3 },
  numbered: { nats: 1.5, free: 4 },
  structure: { nats: 2, free: 4 },
  pattern: { nats: 1, free: 4 },
  tokens: { nats: 1, free: 4 },
  wander: { nats: 0.5, free: 32 },
};

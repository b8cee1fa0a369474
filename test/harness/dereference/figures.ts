// Owns the figures of the dereference benchmark: of one generation, and of a case's samples. Pure. Definitions are those of
// DotPrompts (arXiv 2306.10763) where it has them.
import { at } from "../../../sidecar/base/assert";
import type { DereferenceCase } from "./case";
import { firstMember, tokensBehindDereference } from "./codeTokens";
import type { Generation, Members } from "./generation";

export interface GenerationFigures {
  /** CR: the file with the generation in it has no error that the original has not; undefined where no compiler was asked. */
  readonly compileOk: boolean | undefined;
  /** NIM: the member at the cursor is the one that was really written. */
  readonly nextIdentifierMatch: boolean;
  /** ISM: identifiers in order, from the first on, that agree with the method's rest; of those that it has. */
  readonly identifierSequenceMatch: number;
  /** PM: tokens, likewise. */
  readonly prefixMatch: number;
  /** What stands at the cursor isn't in the server's list; undefined where there is no list. */
  readonly illegalMember: boolean | undefined;
}

export function figuresOf(sample: DereferenceCase, generation: Pick<Generation, "text" | "newErrors">, members: Members | undefined): GenerationFigures {
  const { language, truth } = sample;
  const expected = tokensBehindDereference(truth, language);
  const own = tokensBehindDereference(generation.text, language);
  return {
    compileOk: generation.newErrors === undefined ? undefined : generation.newErrors.length === 0,
    nextIdentifierMatch: firstMember(generation.text) === firstMember(truth),
    identifierSequenceMatch: sharedShare(own.identifiers, expected.identifiers),
    prefixMatch: sharedShare(own.tokens, expected.tokens),
    illegalMember: members?.names === undefined ? undefined : isIllegal(sample, generation.text, new Set(members.names)),
  };
}

/** Length of the common prefix, of the length of what was expected. */
function sharedShare(own: readonly string[], expected: readonly string[]): number {
  if (expected.length === 0) return own.length === 0 ? 1 : 0;
  const different = expected.findIndex((value, index) => own[index] !== value);
  return different === -1 ? 1 : different / expected.length;
}

/** Behind `?.` a call or an index may stand in a member's place. */
function isIllegal({ trigger }: DereferenceCase, text: string, names: ReadonlySet<string>): boolean {
  const member = firstMember(text);
  if (member === undefined) return !(trigger === "?." && /^\s*[([]/.test(text));
  return !names.has(member);
}

/** Whether the member that was really written is in the server's list; undefined where there is no list. */
export function truthListed(sample: DereferenceCase, members: Members | undefined): boolean | undefined {
  return members?.names?.includes(firstMember(sample.truth) ?? "");
}

/**
 * The best value that `k` of the values are expected to have, drawn without putting back (the unbiased estimator of the
 * paper): the i-th best of n is the best of the drawn in C(n-i, k-1) of C(n, k) draws. Undefined for fewer than k values.
 */
export function scoreAt(k: number, values: readonly number[]): number | undefined {
  const n = values.length;
  if (k < 1 || n < k) return undefined;
  const best = values.toSorted((a, b) => b - a);
  // C(n-1, k-1) / C(n, k) = k / n for the best; each next weight follows from the one before.
  let weight = k / n;
  let score = 0;
  for (let i = 1; i <= n - k + 1; i += 1) {
    score += at(best, i - 1) * weight;
    weight *= (n - i - k + 1) / Math.max(1, n - i);
  }
  return score;
}

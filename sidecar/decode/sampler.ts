// Owns the choice of a token from processed logits: greedy.
import { invariant } from "../base/invariants";

/** The token with the highest logit; the first of equals. */
export function greedy(logits: Float32Array): number {
  const best = likeliest(logits);
  invariant(0 <= best, "choice", `none of ${logits.length} tokens can be chosen`);
  return best;
}

/** As `greedy`; -1 where no token can be chosen. */
export function likeliest(logits: Float32Array): number {
  let best = -1;
  let highest = -Infinity;
  for (let token = 0; token < logits.length; token += 1) {
    const logit = logits[token] ?? -Infinity;
    if (highest < logit) {
      highest = logit;
      best = token;
    }
  }
  return best;
}

/** Whether no other token has a higher logit than the highest of `tokens`: mostly the first one or two say no. */
export function hasLikeliest(logits: Float32Array, tokens: Iterable<number>): boolean {
  let highest = -Infinity;
  for (const token of tokens) highest = Math.max(highest, logits[token] ?? -Infinity);
  for (let token = 0; token < logits.length; token += 1) if (highest < (logits[token] ?? -Infinity)) return false;
  return true;
}

/** As `likeliest`, where `before` was it and some logits have been made impossible since: most often it still is. */
export function likeliestFrom(logits: Float32Array, before: number): number {
  return before !== -1 && logits[before] !== -Infinity ? before : likeliest(logits);
}

/** How far the logit of `token`, a likeliest one, is above that of every other token. */
export function leadOf(logits: Float32Array, token: number): number {
  let second = -Infinity;
  for (let other = 0; other < logits.length; other += 1) {
    const logit = logits[other] ?? -Infinity;
    if (second < logit && other !== token) second = logit;
  }
  return (logits[token] ?? -Infinity) - second;
}

/** Natural logarithm of the probability of `token` among `logits`. */
export function logProbability(logits: Float32Array, token: number): number {
  let highest = -Infinity;
  for (const logit of logits) if (highest < logit) highest = logit;
  let sum = 0;
  for (const logit of logits) sum += Math.exp(logit - highest);
  return (logits[token] ?? -Infinity) - highest - Math.log(sum);
}

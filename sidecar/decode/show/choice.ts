// Owns how sure the model was of one choice: the log-probability of the token it took, and that of an end in its place.
// Pure; knows no text.

export interface Choice {
  /** Nats: the logarithm of the probability of the chosen token among the logits it was chosen from, so 0 at most. */
  readonly logProbability: number;
  /** The same for all end tokens together. */
  readonly endLogProbability: number;
}

/** What is this far below the highest logit adds less than a thousandth to the sum over the largest vocabularies there are. */
const negligibleNats = 20;

export function choiceOf(logits: Float32Array, token: number, endTokens: ReadonlySet<number>): Choice {
  let highest = -Infinity;
  for (let i = 0; i < logits.length; i += 1) {
    const logit = logits[i] ?? -Infinity;
    if (highest < logit) highest = logit;
  }
  const floor = highest - negligibleNats;
  let sum = 0;
  for (let i = 0; i < logits.length; i += 1) {
    const logit = logits[i] ?? -Infinity;
    if (floor < logit) sum += Math.exp(logit - highest);
  }
  const normal = highest + Math.log(sum);
  let ends = 0;
  for (const end of endTokens) ends += Math.exp((logits[end] ?? -Infinity) - normal);
  return { logProbability: (logits[token] ?? -Infinity) - normal, endLogProbability: Math.log(ends) };
}

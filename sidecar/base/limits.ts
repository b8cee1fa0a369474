// Owns every bound in the system, with their relations asserted at load. Units and frames are in the names.
import { assert } from "./assert";

export const limits = {
  /** Documents longer than this are not held: requests on them end in the outcome `documentTooLarge`. */
  documentUtf16Max: 20_000_000,
  /** Structure spans kept for one document; further ones are dropped from the innermost out. */
  structureSpansMax: 20_000,
  /** Tokens encoded in one call of the engine, so that a cancel takes effect soon. */
  batchTokensMax: 128,
  /** Tokens that a completion may have. */
  completionTokensMax: 64,
  completionMsMax: 3_000,
  /** Sequences of the cache: one to park in, one to decode in, the rest for documents. */
  sequencesMax: 16,
  /** Completions kept for the statistics. */
  recentCompletionsMax: 100,
  /** Tokens healed in one slice of idle time. */
  healTokensMax: 32,
  contextTokensDefault: 8_192,
} as const;

assert(limits.healTokensMax <= limits.batchTokensMax, "a slice of healing is one batch");
assert(limits.sequencesMax >= 3, "one sequence to park, one to decode, one document");

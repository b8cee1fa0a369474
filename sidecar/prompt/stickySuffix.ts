// Owns the suffix that stays: an old one is kept while the new one begins alike, so that edits near the cursor don't make
// the engine read it again. Copilot's rule (currentFile.tsx): the same first token, and a Levenshtein distance under a
// tenth over the first fifty. Pure.
import { levenshtein } from "../base/levenshtein";

const comparedTokens = 50;
const differingShareMax = 0.1;

/** `kept` where it still serves, else `fresh`. */
export function stickySuffix(kept: Int32Array | undefined, fresh: Int32Array): Int32Array {
  if (kept === undefined || kept[0] !== fresh[0]) return fresh;
  const left = kept.subarray(0, comparedTokens);
  const right = fresh.subarray(0, comparedTokens);
  return levenshtein(left, right) < differingShareMax * Math.max(left.length, right.length) ? kept : fresh;
}

// Owns the reuse of chunks as llama-server does it under `--cache-reuse` (server-context.cpp): behind the common prefix,
// runs of the cache that the prompt goes on with are moved up to it. The prompt never skips a token, so that one inserted
// token ends all reuse. Here to be measured against; no policy of ours uses it. Pure.
import type { Run } from "./align";

/** @param chunkTokensMin `--cache-reuse`: shorter runs are not moved */
export function chunkRuns(held: Int32Array, target: Int32Array, chunkTokensMin: number): readonly Run[] {
  let prefix = 0;
  while (prefix < held.length && prefix < target.length && held[prefix] === target[prefix]) prefix += 1;
  const runs: Run[] = prefix > 0 ? [{ heldStart: 0, targetStart: 0, length: prefix }] : [];
  let heldIndex = prefix;
  let targetIndex = prefix;
  while (heldIndex < held.length && targetIndex < target.length) {
    let length = 0;
    while (heldIndex + length < held.length && targetIndex + length < target.length && held[heldIndex + length] === target[targetIndex + length]) length += 1;
    if (length < chunkTokensMin) {
      heldIndex += 1;
      continue;
    }
    runs.push({ heldStart: heldIndex, targetStart: targetIndex, length });
    heldIndex += length;
    targetIndex += length;
  }
  return runs;
}

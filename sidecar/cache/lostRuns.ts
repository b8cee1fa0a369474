// Owns what a prompt loses by a patch: what the patch deletes and doesn't read anew elsewhere, as it does the lines that come
// into the middle. Pure.
import { sectionsOf, sourceOf, type Patch } from "./patch";
import { longestSharedRun, sharedTokensMin, type Span } from "./sharedRun";

/** Searches for what is read anew; what is left after as many is given up. */
const searchesMax = 16;

/** Runs of `sharedTokensMin` cells or more, by their positions before the patch, which leads from the tokens `held` to `target`. */
export function lostRuns(patch: Patch, held: Int32Array, target: Int32Array): readonly Span[] {
  const deleted: Span[] = [];
  const encoded: Span[] = [];
  let heldIndex = 0;
  let position = 0;
  for (const { kind, length } of sectionsOf(patch)) {
    const { position: from } = sourceOf(patch, heldIndex);
    if (kind === "delete") deleted.push({ start: from, end: from + length });
    if (kind === "encode") encoded.push({ start: position, end: position + length });
    if (kind !== "encode") heldIndex += length;
    if (kind !== "delete") position += length;
  }
  const lost: Span[] = [];
  for (let searches = 0; searches < searchesMax; searches += 1) {
    const run = deleted.pop();
    if (run === undefined) break;
    if (run.end - run.start < sharedTokensMin) continue;
    const found = longestSharedRun(held, [run], target, encoded, () => true);
    if (found === undefined) lost.push(run);
    else deleted.push({ start: run.start, end: found.fromStart }, { start: found.fromStart + found.length, end: run.end });
  }
  return lost;
}

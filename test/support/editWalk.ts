// Owns a long random walk of edits over one document, patched at each step and compared with the same computed cold.
import { Random } from "../../sidecar/base/random";
import { sequenceId } from "../../sidecar/engine/engine";
import type { Engine } from "../../sidecar/engine/engine";
import { randomTokens } from "./engineSubjects";
import { differenceOverRange } from "./logits";
import { Patched } from "./patched";

export interface WalkResult {
  readonly edits: number;
  /** The largest difference of patched and cold logits, over the cold logits' range. */
  readonly largest: number;
  /** Rotations of the cell that was rotated most often. */
  readonly rotationsMost: number;
}

/**
 * Edits one to three places at a time; some blocks change places, some are cut and pasted later, here or there, and some edits
 * are undone. Compares after every `compareEvery` edits.
 */
export function editWalk(engine: Engine, edits: number, seed: number, compareEvery = 1): WalkResult {
  const random = new Random(seed);
  const patched = new Patched(engine, { park: sequenceId(1), document: sequenceId(0), cold: sequenceId(2), shelves: [sequenceId(3), sequenceId(4)] });
  const tokens = randomTokens(engine, random, 150);
  let before = [...tokens];
  let cut: readonly number[] = [];
  patched.update(tokens);
  let largest = 0;
  let rotationsMost = 0;
  for (let edit = 1; edit <= edits; edit += 1) {
    const latest = [...tokens];
    for (let places = 1 + random.below(3); places > 0; places -= 1) {
      const start = random.below(tokens.length + 1);
      const deleted = random.chance(0.5) ? random.below(tokens.length > 200 ? 25 : 8) : 0;
      tokens.splice(start, deleted, ...randomTokens(engine, random, random.chance(0.7) ? random.below(12) : 0));
    }
    if (random.chance(0.2)) {
      const block = tokens.splice(random.below(tokens.length + 1), 16 + random.below(40));
      tokens.splice(random.below(tokens.length + 1), 0, ...block);
    }
    if (random.chance(0.1) && tokens.length < 250) tokens.splice(random.below(tokens.length + 1), 0, ...cut);
    if (random.chance(0.1)) cut = tokens.splice(random.below(tokens.length + 1), 16 + random.below(40));
    if (random.chance(0.1)) tokens.splice(0, tokens.length, ...before);
    before = latest;
    if (tokens.length === 0) tokens.push(20);
    const { logits } = patched.update(tokens);
    rotationsMost = Math.max(rotationsMost, patched.rotationsMost);
    if (edit % compareEvery === 0) largest = Math.max(largest, differenceOverRange(logits, patched.coldLogits()));
  }
  return { edits, largest, rotationsMost };
}

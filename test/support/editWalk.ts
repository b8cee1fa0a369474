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

/** Edits one to three places at a time, some of them a block that changes places; compares after every `compareEvery` edits. */
export function editWalk(engine: Engine, edits: number, seed: number, compareEvery = 1): WalkResult {
  const random = new Random(seed);
  const patched = new Patched(engine, { park: sequenceId(1), document: sequenceId(0), cold: sequenceId(2) });
  const tokens = randomTokens(engine, random, 150);
  patched.update(tokens);
  let largest = 0;
  let rotationsMost = 0;
  for (let edit = 1; edit <= edits; edit += 1) {
    for (let places = 1 + random.below(3); places > 0; places -= 1) {
      const start = random.below(tokens.length + 1);
      const deleted = random.chance(0.5) ? random.below(tokens.length > 200 ? 25 : 8) : 0;
      tokens.splice(start, deleted, ...randomTokens(engine, random, random.chance(0.7) ? random.below(12) : 0));
    }
    if (random.chance(0.2)) {
      const block = tokens.splice(random.below(tokens.length + 1), 16 + random.below(40));
      tokens.splice(random.below(tokens.length + 1), 0, ...block);
    }
    if (tokens.length === 0) tokens.push(20);
    const { logits } = patched.update(tokens);
    rotationsMost = Math.max(rotationsMost, patched.rotationsMost);
    if (edit % compareEvery === 0) largest = Math.max(largest, differenceOverRange(logits, patched.coldLogits()));
  }
  return { edits, largest, rotationsMost };
}

// Owns the proof that rounding doesn't pile up: ten thousand random edits on the shipped kind of cache (F16) and its cap of rotations.
// One layer of random weights: K and V depend on the token alone, so that a patched cache must give a cold one's logits.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { editWalk } from "../support/editWalk";
import { openRandomLlama, removeRandomModels } from "../support/randomLlama";

after(removeRandomModels);

const editCount = 10_000;
/** Of the range of the cold logits. Two neighbouring tokens that change places make nearly three times this. */
const bound = 4e-4;

test(`patched logits stay within ${bound} of their range over ${editCount} edits`, () => {
  const engine = openRandomLlama({ contextLength: 1_024 });
  try {
    const { shift } = engine.capabilities;
    assert.ok(shift.kind === "shiftable");
    const { largest, rotationsMost } = editWalk(engine, editCount, 7, 5);
    console.log(`    ${editCount} edits, cells rotated up to ${rotationsMost} times: patched and cold logits differ by at most ${largest.toExponential(1)} of their range`);
    assert.equal(rotationsMost, shift.shiftsMax);
    assert.ok(largest <= bound, `${largest}`);
  } finally {
    engine.close();
  }
});

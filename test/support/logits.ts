// Owns how far two rows of logits are apart.
import assert from "node:assert/strict";
import { at } from "../../sidecar/base/assert";

/** The largest difference between logits of one token, over the range of the expected ones. */
export function differenceOverRange(got: Float32Array, expected: Float32Array): number {
  assert.equal(got.length, expected.length);
  let largest = 0;
  let low = Infinity;
  let high = -Infinity;
  for (let token = 0; token < expected.length; token += 1) {
    const value = at(expected, token);
    low = Math.min(low, value);
    high = Math.max(high, value);
    largest = Math.max(largest, Math.abs(at(got, token) - value));
  }
  assert.ok(high > low, "the logits say nothing");
  return largest / (high - low);
}

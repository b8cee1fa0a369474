// The edit distance against its definition, on random words.
import assert from "node:assert/strict";
import { test } from "node:test";
import { levenshtein } from "../../../sidecar/base/levenshtein";
import { Random } from "../../../sidecar/base/random";

/** Levenshtein distance by its definition. */
function distance(left: string, right: string): number {
  if (left === "" || right === "") return left.length + right.length;
  const replaced = distance(left.slice(1), right.slice(1)) + (left[0] === right[0] ? 0 : 1);
  return Math.min(replaced, distance(left.slice(1), right) + 1, distance(left, right.slice(1)) + 1);
}

test("levenshtein is what its definition says, on random words", () => {
  const random = new Random(11);
  const word = (): string => Array.from({ length: random.below(7) }, () => random.pick(["a", "b", "c"])).join("");
  for (let round = 0; round < 300; round += 1) {
    const [left, right] = [word(), word()];
    assert.equal(levenshtein(left, right), distance(left, right), `levenshtein(${JSON.stringify(left)}, ${JSON.stringify(right)})`);
    assert.equal(levenshtein(left, right), levenshtein(right, left));
  }
});

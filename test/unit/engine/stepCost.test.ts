// Owns the examples of what a rotation is held to cost: the measured figure for the embedded model, and its proportions.
import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { readModelFile } from "../../../sidecar/engine/llama/modelFile";
import { shiftCostTokensOf } from "../../../sidecar/engine/llama/stepCost";

const shape = readModelFile(join(process.cwd(), "sidecar/models/palimpsest-nano-50m-q8_0.gguf"));
const weights = 50_600_000;

test("the embedded model's rotation at 8,192 tokens costs some 90 tokens of prefill", () => {
  const cost = shiftCostTokensOf(shape, 8_192, "f16", weights);
  assert.ok(75 <= cost && cost <= 105, `${cost}`);
});

test("the cost grows with the context, and weighs less in a larger model", () => {
  const cost = shiftCostTokensOf(shape, 8_192, "f16", weights);
  assert.ok(Math.abs(shiftCostTokensOf(shape, 2_048, "f16", weights) - cost / 4) <= 1);
  assert.ok(Math.abs(shiftCostTokensOf(shape, 8_192, "f16", 10 * weights) - cost / 10) <= 1);
  assert.ok(shiftCostTokensOf(shape, 8_192, "q8_0", weights) > cost);
});

// Owns the table of caches that can be shifted and those that can't, with their reasons.
import assert from "node:assert/strict";
import { test } from "node:test";
import { shiftCapability } from "../../../sidecar/engine/llama/shiftCapability";
import type { CacheFacts } from "../../../sidecar/engine/llama/shiftCapability";

const plain: CacheFacts = {
  cacheType: "f16", keyHeadSize: 128, ropeScaling: "none", ropeAttentionFactor: 1, latentAttention: false, ropeType: 2,
  recurrent: false, hybrid: false, memoryCanShift: true, slidingWindow: 0,
};

const cases: readonly (readonly [name: string, facts: Partial<CacheFacts>, expected: number | RegExp])[] = [
  ["F16", {}, 100],
  ["F32", { cacheType: "f32" }, 100],
  ["Q8_0", { cacheType: "q8_0" }, 10],
  ["Q8_0 with heads of 64", { cacheType: "q8_0", keyHeadSize: 64 }, 10],
  ["F16 with heads of 80", { keyHeadSize: 80 }, 100],
  ["linear scaling", { ropeScaling: "linear" }, 100],
  ["normal rotary order", { ropeType: 0 }, 100],
  ["a sliding window with a full cache", { slidingWindow: 1_024 }, 100],
  ["Q8_0 with heads of 80", { cacheType: "q8_0", keyHeadSize: 80 }, /head size 80/],
  ["Q4_0", { cacheType: "q4_0" }, /don't stand a single shift/],
  ["BF16", { cacheType: "bf16" }, /BF16/],
  ["YaRN", { ropeScaling: "yarn" }, /yarn/],
  ["LongRoPE", { ropeScaling: "longrope" }, /longrope/],
  ["an attention factor", { ropeAttentionFactor: 1.19 }, /scales its keys/],
  ["M-RoPE", { ropeType: 8 }, /several dimensions/],
  ["interleaved M-RoPE", { ropeType: 40 }, /several dimensions/],
  ["no rotary positions", { ropeType: -1 }, /no rotary positions/],
  ["latent attention", { latentAttention: true }, /latent/],
  ["recurrent", { recurrent: true }, /recurrent/],
  ["hybrid", { hybrid: true }, /partly recurrent/],
  ["a sliding window without a full cache", { slidingWindow: 1_024, memoryCanShift: false }, /sliding window/],
  ["llama.cpp says no", { memoryCanShift: false }, /can't shift/],
];
for (const [name, facts, expected] of cases) {
  test(`${name}: ${typeof expected === "number" ? `${expected} shifts` : "fixed"}`, () => {
    const capability = shiftCapability({ ...plain, ...facts });
    if (typeof expected === "number") assert.deepEqual(capability, { kind: "shiftable", shiftsMax: expected });
    else assert.ok(capability.kind === "fixed" && expected.test(capability.reason), JSON.stringify(capability));
  });
}

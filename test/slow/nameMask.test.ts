// What a mask costs in CPU time with a vocabulary of 150,000 tokens: a bound that is to hold on any machine of today.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Random } from "../../sidecar/base/random";
import { legalNames, restsOf, settingOf } from "../../sidecar/decode/mgd/legalNames";
import { NameMask } from "../../sidecar/decode/mgd/nameMask";
import { PieceTrie } from "../../sidecar/decode/mgd/pieceTrie";
import { PieceIndex } from "../../sidecar/tokens/pieceIndex";

const tokenCount = 150_000;
const roundCount = 41;
const parts = ["get", "set", "name", "item", "value", "count", "list", "Map", "of", "to", "String", "index", "add", "user", "order", "_", "id", "is", "on", "Change"] as const;
const letters = "etaoinsrhldcumfpgwybvkxjqzETAOINSRHLDCUMFPGWYBVKXJQZ_0123456789.()  \n\t";

function randomPiece(random: Random, token: number): Uint8Array {
  if (token < 256) return Uint8Array.of(token);
  const lead = random.chance(0.5) ? " " : "";
  return Buffer.from(lead + Array.from({ length: 1 + random.below(10) }, () => letters.charAt(Math.floor(random.next() ** 2 * letters.length))).join(""));
}

const cpuMs = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
};

test("1,000 names are masked in 2 ms", (context) => {
  const random = new Random(1);
  const pieces = Array.from({ length: tokenCount }, (_, token) => randomPiece(random, token));
  const index = new PieceIndex({ tokenise: () => new Int32Array(0), pieceOf: (token) => pieces[token] ?? new Uint8Array(0) }, tokenCount);
  const startMs = cpuMs();
  const mask = new NameMask(new PieceTrie(index));
  context.diagnostic(`trie: ${(cpuMs() - startMs).toFixed(1)} ms`);
  const names = new Set<string>();
  while (names.size < 1_000) names.add(Array.from({ length: 2 + random.below(4) }, () => random.pick(parts)).join(""));
  const legal = legalNames([...names], { kind: "member", quote: undefined, words: [] });
  const rests = restsOf(legal, new Uint8Array(0), new Uint8Array(0));
  const setting = settingOf({ lead: "none", others: "", quote: undefined }, false);
  const logits = Float32Array.from({ length: tokenCount }, () => random.next());
  const tookMs = Array.from({ length: roundCount }, () => {
    const lowered = logits.slice();
    const beforeMs = cpuMs();
    assert.equal(mask.lower(lowered, rests, setting), true);
    return cpuMs() - beforeMs;
  }).sort((a, b) => a - b);
  const median = tookMs[roundCount >> 1] ?? Infinity;
  context.diagnostic(`mask: median ${median.toFixed(2)} ms`);
  assert.ok(median <= 2, `median ${median} ms`);
});

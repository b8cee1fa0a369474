// The figures against brute force and against values worked out by hand.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Random } from "../../../sidecar/base/random";
import { bootstrap, editSimilarity, exactMatch, excessLoss, mean, median, quantile, ratioOfMedians } from "../../harness/score";

test("similarity runs from 0 to 100 over first lines", () => {
  assert.equal(editSimilarity("return a;\nmore", "return a;"), 100);
  assert.equal(editSimilarity("", ""), 100);
  assert.equal(editSimilarity("", "abcd"), 0);
  assert.equal(editSimilarity("abcd", "abxd"), 75);
});

test("a match is of first lines, white space at their ends aside", () => {
  assert.ok(exactMatch("a = 1  \n  b", "a = 1"));
  assert.ok(exactMatch("a\r\n", "a"));
  assert.ok(!exactMatch(" a", "a"));
});

test("quantiles are values that occurred, medians of even counts lie between", () => {
  const random = new Random(3);
  for (let round = 0; round < 200; round += 1) {
    const values = Array.from({ length: 1 + random.below(12) }, () => random.below(10));
    for (const share of [0, 0.05, 0.5, 0.95, 1]) {
      const found = quantile(values, share);
      assert.ok(found !== undefined && values.includes(found));
      assert.ok(values.filter((value) => value <= found).length >= share * values.length, `quantile([${values}], ${share})`);
      assert.ok(values.filter((value) => value < found).length < Math.max(share * values.length, 1), `quantile([${values}], ${share})`);
    }
    const middle = median(values) ?? NaN;
    assert.ok(values.filter((value) => value < middle).length <= values.length / 2);
    assert.ok(values.filter((value) => middle < value).length <= values.length / 2);
  }
  assert.equal(median([1, 2, 3, 10]), 2.5);
  assert.equal(median([]), undefined);
  assert.equal(mean([]), undefined);
  assert.equal(quantile([], 0.5), undefined);
});

test("excess loss is the difference of sums, a token", () => {
  const cold = { nats: 4, tokens: 2, bytes: 8 };
  assert.equal(excessLoss([{ own: { ...cold, nats: 5 }, cold }, { own: { nats: 12, tokens: 6, bytes: 9 }, cold: { nats: 10, tokens: 6, bytes: 9 } }]), 3 / 8);
  assert.equal(excessLoss([]), undefined);
});

test("a ratio needs something to divide by", () => {
  assert.equal(ratioOfMedians([{ over: 3, under: 10 }, { over: 5, under: 30 }, { over: 90, under: 20 }]), 0.25);
  assert.equal(ratioOfMedians([{ over: 3, under: 0 }]), undefined);
});

test("the bootstrap repeats by its seed, holds the mean about as often as it says, and needs two groups", () => {
  const random = new Random(5);
  assert.equal(bootstrap([[1, 2]], mean, 1), undefined);
  let held = 0;
  for (let round = 0; round < 100; round += 1) {
    // Twelve coins thrown thirty times: the mean is 6.
    const groups = Array.from({ length: 30 }, () => [Array.from({ length: 12 }, () => random.below(2)).reduce((sum, coin) => sum + coin, 0)]);
    const interval = bootstrap(groups, mean, round);
    assert.deepEqual(bootstrap(groups, mean, round), interval);
    if (interval !== undefined && interval.low <= 6 && 6 <= interval.high) held += 1;
  }
  assert.ok(85 <= held, `95 % intervals held the mean in ${held} of 100`);
});

// An evaluation on fake engines: what is measured, broken off, taken up, shared and kept.
import assert from "node:assert/strict";
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { findTraces, readTrace } from "../../../harness/corpus";
import { ColdCache } from "../../../harness/evaluate/coldCache";
import { ColdReference } from "../../../harness/evaluate/coldReference";
import { frontierOf } from "../../../harness/evaluate/figures";
import { mergedResults, ResultsFile } from "../../../harness/evaluate/resultsFile";
import { ofShard } from "../../../harness/evaluate/traceShare";
import { WarmEngine } from "../../../harness/evaluate/warmEngine";
import { UsageError } from "../../../harness/usageError";
import { FakeEngine } from "../../../support/fakeEngine";
import { conditions, evaluateOnFakes, StoringFakeEngine, timeless, tokenizer } from "./fakeParts";

const traces = findTraces([join(process.cwd(), "test/corpus")]).map(readTrace);
const folder = mkdtempSync(join(tmpdir(), "evaluation-"));
after(() => rmSync(folder, { recursive: true }));
const whole = evaluateOnFakes(traces, { resultsPath: join(folder, "whole.jsonl"), coldFolder: join(folder, "cold") });

test("what reads all and what keeps an exact prefix answer as a cold cache does; a patch may not", async () => {
  const { points } = await whole;
  const rows = frontierOf(points, ["cold", "prefix", "patch"], 1).filter((row) => row.group === "all");
  const [cold, prefix, patch] = rows;
  for (const exact of [cold, prefix]) {
    assert.equal(exact?.lineEqualsCold?.value, 1);
    assert.equal(exact?.excessLoss?.value, 0);
    assert.equal(exact?.exactShare, 1);
  }
  assert.ok(patch !== undefined && cold !== undefined);
  assert.ok((patch.tokensEncoded?.value ?? Infinity) < (prefix?.tokensEncoded?.value ?? 0));
  assert.equal(cold.shareOfCold?.value, 1);
  assert.ok((patch.lineEqualsCold?.value ?? 1) < 1, "the hash chain shows what was not read again");
});

test("the first completion of a trace is answered by no cold cache, all others by two", async () => {
  const { points } = await whole;
  for (const { result, cold, psm, promptTokens } of points) {
    assert.equal(cold === undefined, result.action === "open");
    assert.equal(psm === undefined, result.action === "open");
    if (cold !== undefined) assert.equal(cold.promptTokens, promptTokens);
    if (cold !== undefined) assert.equal(cold.loss === undefined, result.expected === undefined);
  }
});

test("a cold cache's prefix is reused without a difference", async () => {
  const { points } = await evaluateOnFakes(traces, { keep: "none" });
  assert.deepEqual(timeless(points), timeless((await whole).points));
});

test("with all results at hand nothing is replayed, and with cold answers at hand none is computed", async () => {
  const first = await whole;
  assert.ok(first.counts.computed > 0 && first.counts.found > 0, "policies of one layout share their cold answers");
  const again = await evaluateOnFakes(traces, { coldFolder: join(folder, "cold") });
  assert.equal(again.counts.computed, 0);
  assert.deepEqual(timeless(again.points), timeless(first.points));
  const taken = await evaluateOnFakes(traces, { resultsPath: join(folder, "whole.jsonl"), progress: () => assert.fail("something was replayed") });
  assert.deepEqual(timeless(taken.points), timeless(first.points));
});

test("broken off and taken up, even in the middle of a line, it says the same as in one go", async () => {
  const resultsPath = join(folder, "broken.jsonl");
  let completions = 0;
  const stopAfter = (count: number): { interrupted: () => boolean; progress: () => void } => {
    completions = 0;
    return { interrupted: () => completions >= count, progress: () => void (completions += 1) };
  };
  const asked = (await whole).points.length;
  const cut = await evaluateOnFakes(traces, { resultsPath, ...stopAfter(Math.floor(asked / 2)) });
  assert.ok(0 < cut.points.length && cut.points.length < asked, "whole traces until then");
  const lines = readFileSync(resultsPath, "utf8").split("\n");
  writeFileSync(resultsPath, lines.slice(0, -2).join("\n") + "\n" + (lines.at(-2) ?? "").slice(0, 100));
  const taken = await evaluateOnFakes(traces, { resultsPath, ...stopAfter(Infinity) });
  assert.ok(completions < asked, "what was whole isn't replayed");
  assert.deepEqual(timeless(taken.points), timeless((await whole).points));
});

test("shards merged say the same as one process, and what two of them have counts once", async () => {
  const paths = [1, 2].map((index) => join(folder, `shard-${index}.jsonl`));
  for (const [index, resultsPath] of paths.entries()) {
    await evaluateOnFakes(ofShard(traces, { index: index + 1, count: 2 }), { resultsPath, coldFolder: join(folder, "cold") });
  }
  const merged = mergedResults([...paths, ...paths]);
  assert.deepEqual(merged.conditions, conditions);
  assert.deepEqual(timeless(merged.units.flatMap((unit) => unit.points)), timeless((await whole).points));
});

test("a first read that another policy has made is taken from memory, and nothing else changes", async () => {
  const engine = new StoringFakeEngine({ tokenizer });
  const warm = new WarmEngine(engine);
  const { points } = await evaluateOnFakes(traces, { engine: warm, warm });
  assert.ok(engine.restored > 0);
  assert.deepEqual(timeless(points), timeless((await whole).points));
});

test("cells that stand elsewhere answer alike where nothing is rounded", async () => {
  const [trace] = traces;
  assert.ok(trace !== undefined);
  const cache = new ColdCache(undefined, "test");
  const displaced = new ColdReference({ engine: new FakeEngine({ tokenizer }), identity: "fake", cache, keep: "prefix", cellsBefore: 13 });
  const { points } = await evaluateOnFakes([trace], { displaced, policies: ["patch"] });
  displaced.close();
  for (const { cold, displaced: moved } of points) assert.deepEqual(moved, cold);
  assert.equal(cache.counts.computed, points.length - 1, "all but the first completion");
});

test("after healing a patch answers as a cold cache does", async () => {
  const { points } = await evaluateOnFakes(traces, { policies: ["patch"], healed: true });
  const row = frontierOf(points, ["patch"], 1).find(({ group }) => group === "all");
  assert.equal(row?.lineEqualsCold?.value, 1);
  assert.equal(row?.excessLoss?.value, 0);
  assert.equal(row?.exactShare, 1);
});

test("results under other conditions are neither taken up nor merged", async () => {
  await whole;
  const path = join(folder, "whole.jsonl");
  const other = join(folder, "other.jsonl");
  new ResultsFile(other, { ...conditions, contextLength: 512 }, "build").close();
  const refused = (error: unknown): boolean => error instanceof UsageError && /contextLength: 4096 and 512/.test(error.message);
  assert.throws(() => new ResultsFile(path, { ...conditions, contextLength: 512 }, "build"), refused);
  assert.throws(() => mergedResults([path, other]), refused);
  appendFileSync(join(folder, "else.jsonl"), '{"palimpsest":1,"uri":"a.ts"}\n');
  assert.throws(() => mergedResults([join(folder, "else.jsonl")]), /holds no results of an evaluation/);
  assert.throws(() => mergedResults([join(folder, "none.jsonl")]), /there is nothing in/);
});

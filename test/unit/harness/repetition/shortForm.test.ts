// The short form on the fake engine: methods stand in for the shipped penalty in the sessions, and are compared point by point.
import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { at } from "../../../../sidecar/base/assert";
import { setVerify } from "../../../../sidecar/base/invariants";
import { PieceIndex } from "../../../../sidecar/tokens/pieceIndex";
import { findTraces, readTrace } from "../../../harness/corpus";
import { rigOn } from "../../../harness/rig";
import { BenchmarkFile } from "../../../harness/repetition/benchmarkFile";
import { methodNamed } from "../../../harness/repetition/methods/method";
import { repetitionCommand } from "../../../harness/repetition/repetitionOptions";
import { shortRows } from "../../../harness/repetition/shortFigures";
import type { ShortForm } from "../../../harness/repetition/shortForm";
import { shortForm } from "../../../harness/repetition/shortForm";
import { tracesFor } from "../../../harness/repetition/shortRun";
import { FakeEngine } from "../../../support/fakeEngine";

const corpus = [join(process.cwd(), "test/corpus/invoice.ts.jsonl"), join(process.cwd(), "test/corpus/weather.py.jsonl")];
const traces = findTraces(corpus).map(readTrace);

test("a method writes what it would write alone, completion by completion; greedy has no penalty", async () => {
  const engine = new FakeEngine();
  const rig = rigOn({ engine, modelPath: "", threads: () => 1, threadsAsked: 1, gpu: "cpu", grammarOf: () => Promise.resolve(undefined), verify: setVerify });
  const bench = { rig, pieces: new PieceIndex(engine, engine.capabilities.vocabularySize), seed: 1, grammarOf: () => undefined, interrupted: () => false };
  for (const trace of traces.slice(0, 1)) {
    const written = async (name: string): Promise<readonly string[]> => (await shortForm(bench, trace, methodNamed(name)))?.completions.map(({ suggested }) => suggested) ?? [];
    const greedy = await written("greedy");
    assert.equal(greedy.length, trace.events.filter(({ kind }) => kind === "complete").length);
    assert.deepEqual(await written("greedy"), greedy);
    assert.deepEqual(await written("penalty:1"), greedy, "a penalty of 1 changes nothing");
    assert.deepEqual(await written("temperature:0.05"), await written("temperature:0.05"), "sampling is seeded");
    assert.notDeepEqual(await written("temperature:2"), greedy);
  }
  assert.equal(await shortForm({ ...bench, interrupted: () => true }, at(traces, 0), methodNamed("greedy")), undefined);
  rig.close();
});

test("rows compare exact match and similarity on the same completions", () => {
  const form = (trace: string, method: string, suggested: readonly string[]): ShortForm => ({
    kind: "short", trace, languageId: "python", method,
    completions: suggested.map((text, ordinal) => ({ ordinal, suggested: text, expected: "abcd", acts: method === "rpg" ? 2 : 0, changes: text === "abxx" ? 1 : 0 })),
  });
  const forms = [form("t", "greedy", ["abcd", "xxxx"]), form("u", "greedy", ["abcd"]), form("t", "rpg", ["abcd", "abxx"]), form("u", "rpg", ["abxx"])];
  const [greedy, rpg] = shortRows(forms, ["greedy", "rpg"], 1);
  assert.deepEqual([greedy?.completions, greedy?.exactMatch, greedy?.differs], [3, 2 / 3, 0]);
  assert.deepEqual([rpg?.exactMatch, rpg?.editSimilarity, rpg?.differs, rpg?.acted, rpg?.changed], [1 / 3, 200 / 3, 2 / 3, 1, 2 / 3]);
  assert.equal(rpg?.exactMatchOverGreedy?.value, -1 / 3);
  assert.equal(rpg?.editSimilarityOverGreedy?.value, 0);
});

test("shards have between them the traces of one run", () => {
  const drawn = (shard: string): readonly string[] => {
    const command = repetitionCommand([...corpus, "--scenario", "short", "--cases", "1", "--shard", shard]);
    assert.equal(command.kind, "repetition");
    return command.kind === "repetition" ? tracesFor(command).map(({ name }) => name) : [];
  };
  assert.deepEqual(drawn("1/1"), traces.map(({ name }) => name));
  assert.deepEqual([...drawn("1/2"), ...drawn("2/2")], drawn("1/1"));
});

test("a file that is no result is refused", () => {
  assert.throws(() => new BenchmarkFile(at(corpus, 0), {}), /holds no results of the repetition benchmark/);
});

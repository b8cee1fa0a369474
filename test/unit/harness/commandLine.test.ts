// The command line: what it understands, and how it refuses the rest.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Random } from "../../../sidecar/base/random";
import { parseCommand } from "../../harness/commandLine";
import { draw, drawTraces, findTraces, readTrace } from "../../harness/corpus";
import type { Trace } from "../../harness/trace";
import { UsageError } from "../../harness/usageError";

function checkRefused(line: string, message: string): void {
  test(`refused: ${line}`, () => {
    assert.throws(() => parseCommand(line.split(" ").filter((word) => word !== "")), (error: unknown) => {
      assert.ok(error instanceof UsageError, String(error));
      assert.ok(error.message.includes(message), error.message);
      return true;
    });
  });
}

checkRefused("play", '"play" is no command; there are replay, report, evaluate, repetition, dereference, speed, decode, trace, demo and help');
checkRefused("replay", "at least one trace file or folder");
checkRefused("replay a --policy warm", '"warm" is no policy; there are cold, prefix, patch');
checkRefused("replay a --policy=", '"" is no policy');
checkRefused("replay a --limit 0", '--limit must be a whole number of 1 or more, not "0"');
checkRefused("replay a --limit=-3", "--limit must be a whole number");
checkRefused("replay a --threads two", '--threads must be a whole number of 1 or more, not "two"');
checkRefused("replay a --context 1e3", "--context must be a whole number");
checkRefused("replay a --gpu metal", '--gpu must be one of cpu, cuda, vulkan, not "metal"');
checkRefused("replay a --flash-attention on", '--flash-attention must be auto or off, not "on"');
checkRefused("replay a --seed x", "--seed must be a whole number");
checkRefused("replay a --time slow", "--time must be real or manual");
checkRefused("replay a --polciy cold", "--polciy");
checkRefused("replay a --json", "--json");
checkRefused("trace git .", "trace needs --out FOLDER");
checkRefused("trace git --out o", "trace git needs one repository");
checkRefused("trace git a b --out o", "trace git needs one repository");
checkRefused("trace svn a --out o", "git, npm or diff");
checkRefused("trace npm a@1 --out o", "NAME@V1 NAME@V2");
checkRefused("trace diff a --out o", "OLD NEW");
checkRefused("trace diff a b --commits 3 --out o", "are for trace git");
checkRefused("trace diff a b c --out o", 'doesn\'t know what to do with "c"');
checkRefused("demo file", "file");
checkRefused("report", "at least one file that replay --json wrote");

test("defaults", () => {
  assert.equal(parseCommand([]).kind, "help");
  assert.equal(parseCommand(["evaluate", "--help"]).kind, "help");
  assert.equal(parseCommand(["replay", "traces", "-h"]).kind, "help");
  assert.equal(parseCommand(["replay", "--", "--help"]).kind, "replay");
  assert.deepEqual(parseCommand(["replay", "a", "b"]), {
    kind: "replay", paths: ["a", "b"], policies: ["cold", "prefix", "patch"],
    engine: { modelPath: undefined, threads: undefined, contextLength: undefined, gpu: "cpu", flashAttention: undefined },
    jsonPath: undefined, markdownPath: undefined, limit: undefined, perAction: undefined, seed: 1, verify: false, idle: true, pauses: false, manualTime: false,
  });
  assert.deepEqual(parseCommand(["trace", "git", ".", "--out", "o"]), {
    kind: "trace", source: { kind: "git", repository: ".", commits: 50, file: undefined }, out: "o", seed: 1,
  });
});

test("every option is heard, each policy once", () => {
  const line = "replay a --policy patch,cold,patch --model m --json j --markdown k --limit 5 --per-action 2 --threads 1 --context 4096 --gpu vulkan"
    + " --flash-attention auto --seed 9 --time manual --no-idle --verify";
  assert.deepEqual(parseCommand(line.split(" ")), {
    kind: "replay", paths: ["a"], policies: ["patch", "cold"],
    engine: { modelPath: "m", threads: 1, contextLength: 4096, gpu: "vulkan", flashAttention: "auto" },
    jsonPath: "j", markdownPath: "k", limit: 5, perAction: 2, seed: 9, verify: true, idle: false, pauses: false, manualTime: true,
  });
});

test("missing files and folders without traces are named", () => {
  assert.throws(() => findTraces(["no/such/folder"]), /^UsageError: there is no file or folder no\/such\/folder$/);
  assert.throws(() => findTraces(["sidecar/base"]), /^UsageError: the folder sidecar\/base holds no trace/);
  assert.throws(() => readTrace("no.jsonl"), /^UsageError: there is no file no.jsonl$/);
  assert.equal(new Set(findTraces(["test/corpus", "test/corpus/invoice.ts.jsonl"])).size, findTraces(["test/corpus"]).length);
});

test("a draw keeps the order, repeats by its seed and takes every action alike", () => {
  const values = Array.from({ length: 20 }, (_, index) => index);
  const drawn = draw(values, 6, new Random(2));
  assert.equal(drawn.length, 6);
  assert.deepEqual(drawn, drawn.toSorted((a, b) => a - b));
  assert.deepEqual(drawn, draw(values, 6, new Random(2)));
  assert.deepEqual(draw(values, 99, new Random(2)), values);
  const traces = values.map((index): Trace => ({
    name: String(index), header: { uri: "a", languageId: "b", text: "", action: index < 15 ? "typing" : "jump up", extra: {} }, events: [], lineNumbers: [],
  }));
  const sample = drawTraces(traces, { perAction: 3, limit: undefined }, new Random(4));
  assert.deepEqual(sample.map((trace) => trace.header.action), ["typing", "typing", "typing", "jump up", "jump up", "jump up"]);
  assert.equal(drawTraces(traces, { perAction: 3, limit: 2 }, new Random(4)).length, 2);
});

test("decode is told what it shares with the others", () => {
  assert.deepEqual(parseCommand("decode a --always --no-idle --shard 2/16 --json o --draft copy".split(" ")), {
    kind: "decode", paths: ["a"], engine: { modelPath: undefined, threads: undefined, contextLength: undefined, gpu: "cpu", flashAttention: undefined },
    sources: ["copy"], always: true, idle: false, shard: { index: 2, count: 16 }, limit: undefined, seed: 1, jsonPath: "o", timingsPath: undefined,
  });
});

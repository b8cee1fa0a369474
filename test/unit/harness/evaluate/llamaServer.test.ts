// A llama-server of the user's, played by a script of ours: started, asked, measured and ended.
import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { realClock } from "../../../../sidecar/base/clock";
import { findTraces, readTrace } from "../../../harness/corpus";
import { frontierOf } from "../../../harness/evaluate/figures";
import { LlamaServer } from "../../../harness/evaluate/llamaServer";
import { UsageError } from "../../../harness/usageError";
import { evaluateOnFakes, tokenizer } from "./fakeParts";

const path = join(process.cwd(), "test/support/fakeLlamaServer.mjs");

function start(model: string, startMsMax = 10_000): Promise<LlamaServer> {
  return LlamaServer.start({ path, modelPath: model, contextLength: 4_096, threads: 1, tokenizer, clock: realClock, startMsMax });
}

async function refuses(name: string, starting: Promise<LlamaServer>, message: RegExp): Promise<void> {
  await assert.rejects(starting, (error) => error instanceof UsageError && message.test(error.message), name);
}

test("what can't be used is refused with its reason", async () => {
  await refuses("ends at once", start("missing.gguf"), /it ended with 3\nerror: no such model/);
  await refuses("never ready", start("slow.gguf", 300), /wasn't ready after 0 s/);
  const absent = LlamaServer.start({ path: join(path, "nothing"), modelPath: "", contextLength: 1, threads: 1, tokenizer, clock: realClock, startMsMax: 10_000 });
  await refuses("no such program", absent, /there is no llama-server at/);
});

test("it gets the prompts of its two layouts in the order of the trace, and stands beside the policies as one of its own", async () => {
  const [trace] = findTraces([join(process.cwd(), "test/corpus")]).map(readTrace);
  assert.ok(trace !== undefined);
  const server = await start("model.gguf");
  try {
    const { points } = await evaluateOnFakes([trace], { server, policies: ["llama-server", "llama-vim", "patch"] });
    const served = points.filter((point) => point.served !== undefined);
    assert.deepEqual([...new Set(served.map((point) => point.result.policy))].toSorted(), ["llama-server", "llama-vim"]);
    assert.ok(served.every((point) => point.served?.suggested.startsWith("served(64 1 4096 0 64)")), served[0]?.served?.suggested);
    for (const { result, served: answer, promptTokens } of served) {
      // The token at the cursor goes along, since the server can't heal it.
      const read = answer?.tokensEncoded ?? 0;
      assert.ok(1 <= read && read <= promptTokens + 2, `${read} of ${promptTokens}`);
      assert.equal(answer?.promptMs, 2 * read);
      if (result.action === "open") assert.ok(promptTokens / 2 < read, `${read} of ${promptTokens}: the first prompt of a trace shares little with the one before`);
    }
    const rows = frontierOf(points, ["llama-server", "llama-vim", "patch"], 1).filter((row) => row.group === "all");
    assert.deepEqual(rows.map((row) => row.policy), ["llama-server", "llama-vim", "patch", "llama-server (real)", "llama-vim (real)"]);
    const real = rows.find((row) => row.policy === "llama-server (real)");
    assert.ok(real?.excessLoss === undefined && real?.tokensEncoded !== undefined && real.timesFaster !== undefined);
  } finally {
    server.close();
  }
});

test("an answer without timings is refused", async () => {
  const server = await start("odd.gguf");
  try {
    const [trace] = findTraces([join(process.cwd(), "test/corpus")]).map(readTrace);
    assert.ok(trace !== undefined);
    await assert.rejects(evaluateOnFakes([trace], { server, policies: ["llama-vim"] }), /no content or no timings/);
  } finally {
    server.close();
  }
});

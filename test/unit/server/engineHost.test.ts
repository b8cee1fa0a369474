// Owns the tests of which engine serves: another model that takes over or is refused, one that is unloaded and comes back.
// Over real worker threads with stub sessions; the bundled test file is its own worker program.
import assert from "node:assert/strict";
import { test } from "node:test";
import { isMainThread, parentPort, workerData } from "node:worker_threads";
import type { ModelStatus } from "../../../sidecar/protocol/data";
import type { EngineSetup, EngineThreadConfig } from "../../../sidecar/server/engineMessages";
import { runEngineWorker } from "../../../sidecar/server/engineWorker";
import { statusAtStart } from "../../../sidecar/server/modelStatus";
import { tuningDefault } from "../../../sidecar/session/tuning";
import { EngineHostRig, setup, unloadAfterMs, uri } from "../../support/engineHostRig";
import { StubSessions, stubWords } from "../../support/stubSessions";

function withRig(name: string, body: (rig: EngineHostRig) => Promise<void>, atStart: EngineSetup = setup, ready = "one ready"): void {
  test(name, { timeout: 20_000 }, async () => {
    const rig = new EngineHostRig(atStart);
    try {
      await rig.until(ready);
      await body(rig);
    } finally {
      assert.equal(await rig.close(), true);
    }
  });
}

function declareTests(): void {
  withRig("another model takes over when it is loaded, and has the documents as they are by then", async (rig) => {
    rig.open("four");
    assert.equal(await rig.complete(), "«4»");
    rig.choose("two.gguf");
    rig.type("+");
    assert.equal(await rig.complete(), "«5»");
    await rig.until("two ready");
    assert.equal(await rig.complete(), "«5»");
    rig.type("+");
    assert.equal(await rig.complete(), "«6»");
    assert.deepEqual(rig.resyncs, []);
    assert.deepEqual(rig.messages, []);
  });

  withRig("a model that can't be loaded leaves the old one in place, and says so", async (rig) => {
    rig.open("four");
    rig.choose("fails.gguf");
    await rig.until("one ready");
    while (rig.messages.length === 0) await new Promise((resolve) => setImmediate(resolve));
    assert.deepEqual(rig.messages, ["fails.gguf can't be loaded one stays in use."]);
    assert.equal(await rig.complete(), "«4»");
    // The same wish once more is tried once more.
    rig.choose("fails.gguf");
    while (rig.messages.length === 1) await new Promise((resolve) => setImmediate(resolve));
    rig.choose("two.gguf");
    await rig.until("two ready");
    assert.equal(await rig.complete(), "«4»");
  });

  withRig("a change of mind back to the model that serves: the client hears of that one", async (rig) => {
    rig.open("four");
    rig.choose("two.gguf");
    rig.choose("one.gguf");
    assert.equal(rig.statuses.at(-1), "one ready");
    assert.equal(await rig.complete(), "«4»");
  });

  withRig("a change of mind while a model loads: the last wish counts", async (rig) => {
    rig.open("four");
    rig.choose("two.gguf");
    rig.choose("three.gguf");
    await rig.until("three ready");
    rig.choose("two.gguf");
    rig.choose("three.gguf");
    assert.equal(await rig.complete(), "«4»");
    assert.ok(!rig.statuses.includes("two ready"), rig.statuses.join());
  });

  withRig("a completion that runs while another model takes over may be asked for again, and has not failed", async (rig) => {
    rig.open(stubWords.slow);
    rig.choose("two.gguf");
    const running = rig.complete();
    await rig.until("two ready");
    assert.equal(await running, undefined);
    assert.deepEqual(rig.outcomes, ["modelLoading"]);
  });

  withRig("unloaded when nothing was asked for long, loaded again by the next edit, with nothing lost", async (rig) => {
    rig.open("four");
    rig.pass(unloadAfterMs - 1);
    rig.type("+");
    rig.pass(unloadAfterMs - 1);
    assert.equal(rig.statuses.at(-1), "one ready");
    rig.pass(1);
    await rig.until("one unloaded");
    rig.dispatch.cursor({ textDocument: { uri }, position: { line: 0, character: 1 } });
    assert.equal(rig.statuses.at(-1), "one unloaded");
    // Nobody asks a language server anything meanwhile: its memory is given back too.
    assert.equal(rig.monitor.at(-1), "rests");
    rig.type("+");
    await rig.until("one ready");
    assert.equal(rig.monitor.at(-1), "wakes");
    assert.equal(await rig.complete(), "«6»");
    assert.deepEqual(rig.resyncs, []);
  });

  withRig("a request wakes the model, and is told that it is loading; another model chosen meanwhile is the one that wakes", async (rig) => {
    rig.open("four");
    rig.pass(unloadAfterMs);
    await rig.until("one unloaded");
    rig.choose("two.gguf");
    assert.equal(rig.statuses.at(-1), "one unloaded");
    assert.equal(await rig.complete(), undefined);
    assert.deepEqual(rig.outcomes, ["modelLoading"]);
    await rig.until("two ready");
    assert.equal(await rig.complete(), "«4»");
  });

  withRig("what the user asks by key of a model that was unloaded, or is just being, wakes it and is answered", async (rig) => {
    rig.open("four");
    rig.pass(unloadAfterMs);
    await rig.until("one unloaded");
    assert.equal(await rig.complete("byKey"), "«4»");
    rig.pass(unloadAfterMs);
    assert.equal(await rig.complete("byKey"), "«4»");
    assert.deepEqual(rig.outcomes, ["shown", "shown"]);
    assert.deepEqual(rig.started, ["one.gguf", "one.gguf", "one.gguf"]);
  });

  withRig("what the user asks by key while another model takes over is answered by that", async (rig) => {
    rig.open(stubWords.slow);
    const asked = rig.complete("byKey");
    rig.choose("two.gguf");
    assert.equal(await asked, `«${stubWords.slow.length}»`);
    assert.equal(rig.statuses.at(-1), "two ready");
  });

  withRig("a change of mind while the texts move starts one thread, not one that is forgotten", async (rig) => {
    rig.open(stubWords.slow);
    rig.choose("two.gguf");
    // It is given up when the texts begin to move.
    await rig.complete();
    rig.choose("three.gguf");
    await rig.until("three ready");
    assert.deepEqual(rig.started, ["one.gguf", "two.gguf", "three.gguf"]);
  });

  withRig("a change of mind while the model is being unloaded starts no thread before it wakes", async (rig) => {
    rig.open("four");
    rig.pass(unloadAfterMs);
    rig.choose("two.gguf");
    await rig.until("one unloaded");
    assert.deepEqual(rig.started, ["one.gguf"]);
    await rig.complete();
    await rig.until("two ready");
    assert.equal(await rig.complete(), "«4»");
    assert.deepEqual(rig.started, ["one.gguf", "two.gguf"]);
  });

  withRig("a document that is lost after another model took over is asked for again", async (rig) => {
    rig.open("four");
    rig.choose("two.gguf");
    for (let edits = 0; edits < 20; edits += 1) rig.type("+");
    rig.open("four");
    await rig.until("two ready");
    rig.misplace();
    await rig.complete();
    assert.deepEqual(rig.resyncs, ["line 9 is beyond the end"]);
  });

  withRig("a document that is lost while the texts move is asked for again", async (rig) => {
    rig.open("four");
    rig.misplace();
    rig.pass(unloadAfterMs);
    await rig.until("one unloaded");
    assert.deepEqual(rig.resyncs, ["line 9 is beyond the end"]);
  });

  withRig("a model that can't be loaded at the start has another stand in for it, and that is said once", async (rig) => {
    rig.open("four");
    assert.equal(await rig.complete(), "«4»");
    assert.deepEqual(rig.messages, ["fails.gguf can't be loaded Model one serves."]);
    rig.pass(unloadAfterMs);
    await rig.until("one unloaded");
    rig.type("+");
    await rig.until("one ready");
    assert.deepEqual([rig.started, rig.messages.length], [["fails.gguf", "one.gguf", "one.gguf"], 1]);
    rig.choose("two.gguf");
    await rig.until("two ready");
  }, { ...setup, modelPath: "fails.gguf" });

  withRig("a graphics card that can't be used at the start leaves the model to the processor", async (rig) => {
    assert.deepEqual(rig.messages, ["there is no card The processor computes."]);
    rig.open("four");
    assert.equal(await rig.complete(), "«4»");
  }, { ...setup, modelPath: "two.gguf", gpu: "vulkan" }, "two ready");

  withRig("where nothing can stand in, the model has failed", async (rig) => {
    assert.deepEqual([rig.messages, rig.started.length], [[], 1]);
    rig.choose("fails.gguf");
    await rig.until("one ready");
    assert.deepEqual(rig.messages, ["fails.gguf can't be loaded Model one serves."]);
  }, { ...setup, verify: false }, "one failed");

  withRig("what is tuned takes effect on the thread that serves", async (rig) => {
    rig.open("four");
    rig.choose("one.gguf", { ...tuningDefault, singleLine: true });
    assert.equal(await rig.complete(), "«4» in one line");
  });

  withRig("a document that is excluded is neither read nor completed, until it no longer is", async (rig) => {
    rig.open("four");
    rig.dispatch.exclude(() => "a.ts is excluded");
    assert.equal(await rig.complete(), undefined);
    rig.type("+");
    assert.equal(await rig.complete(), undefined);
    assert.deepEqual(rig.outcomes, ["switchedOff", "switchedOff"]);
    assert.equal((await rig.dispatch.statistics()).documents.length, 0);
    rig.dispatch.exclude(() => undefined);
    assert.deepEqual(rig.resyncs, ["it is no longer excluded"]);
    rig.open("+four");
    assert.equal(await rig.complete(), "«5»");
  });
}

if (isMainThread) declareTests();
else if (parentPort !== null) {
  void runEngineWorker(parentPort, workerData as EngineThreadConfig, (config) => {
    if (config.gpu !== "cpu") throw new Error("there is no card");
    if (!config.verify && config.modelPath === "one.gguf") throw new Error("one.gguf is broken");
    if (config.modelPath === "fails.gguf") throw new Error("fails.gguf can't be loaded");
    const status: ModelStatus = { ...statusAtStart(config.modelPath, 512, 1), state: { kind: "ready" } };
    const sessions = new StubSessions(status);
    return { sessions, status, tune: ({ singleLine }) => (sessions.isSingleLine = singleLine), close: () => undefined };
  });
}

// Owns the tests of which engine serves: another model that takes over or is refused, one that is unloaded and comes back.
// Over real worker threads with stub sessions; the bundled test file is its own worker program.
import assert from "node:assert/strict";
import { test } from "node:test";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import { ManualClock, realClock } from "../../../sidecar/base/clock";
import type { ModelStatus } from "../../../sidecar/protocol/data";
import { Dispatch } from "../../../sidecar/server/dispatch";
import { EngineHost } from "../../../sidecar/server/engineHost";
import type { EngineSetup, EngineThreadConfig } from "../../../sidecar/server/engineMessages";
import { EngineThread } from "../../../sidecar/server/engineThread";
import { runEngineWorker } from "../../../sidecar/server/engineWorker";
import { Interrupts } from "../../../sidecar/server/interrupts";
import { statusAtStart } from "../../../sidecar/server/modelStatus";
import { tuningDefault, type Tuning } from "../../../sidecar/session/tuning";
import { StubSessions, stubWords } from "../../support/stubSessions";

const uri = "file:///a.ts";
const unloadAfterMs = 60_000;
const setup: EngineSetup = {
  modelPath: "one.gguf", contextTokens: 512, memoryBytesMax: undefined, libraryFolder: undefined, gpu: "cpu", policy: "patch", verify: true,
};

/** A server whose clock stands still until it is told to go on. */
class Rig {
  readonly statuses: string[] = [];
  readonly messages: string[] = [];
  readonly resyncs: string[] = [];
  readonly outcomes: string[] = [];
  /** The models that threads were started with. */
  readonly started: string[] = [];
  readonly dispatch: Dispatch;
  private readonly clock = new ManualClock();
  private readonly timers = new Set<{ readonly atMs: number; readonly action: () => void }>();
  private readonly workers: Worker[] = [];
  private readonly host: EngineHost;
  private version = 1;
  private wake = (): void => undefined;

  constructor() {
    this.dispatch = new Dispatch(() => this.host, {
      modelStatus: (status) => {
        this.statuses.push(`${status.name} ${status.state.kind}`);
        this.wake();
      },
      outcome: ({ outcome }) => this.outcomes.push(outcome.kind),
      activity: () => undefined,
      resync: ({ reason }) => this.resyncs.push(reason),
      log: () => undefined,
      showMessage: (message) => this.messages.push(message),
    }, realClock, "patch");
    this.host = new EngineHost({
      start: (wanted, tuning, listener, sequence) => {
        const interrupts = new Interrupts();
        const config: EngineThreadConfig = {
          ...wanted, tuning, positionEncoding: "utf-16", interrupts: interrupts.buffer, timeOriginMs: performance.timeOrigin,
        };
        const worker = new Worker(__filename, { workerData: config });
        this.started.push(wanted.modelPath);
        this.workers.push(worker);
        return new EngineThread(worker, interrupts, statusAtStart(wanted.modelPath, 512, 1), listener, sequence);
      },
      listener: this.dispatch,
      nowMs: () => this.clock.nowMs(),
      schedule: (delayMs, action) => {
        const timer = { atMs: this.clock.nowMs() + delayMs, action };
        this.timers.add(timer);
        return () => this.timers.delete(timer);
      },
    }, setup, tuningDefault, unloadAfterMs);
  }

  /** Resolves when that was the latest status. */
  async until(status: string): Promise<void> {
    while (this.statuses.at(-1) !== status) await new Promise<void>((resolve) => (this.wake = resolve));
  }

  open(text: string): void {
    this.dispatch.didOpen({ textDocument: { uri, languageId: "typescript", version: this.version, text } });
  }

  type(text: string): void {
    this.version += 1;
    const start = { line: 0, character: 0 };
    this.dispatch.didChange({ textDocument: { uri, version: this.version }, contentChanges: [{ range: { start, end: start }, text }] });
  }

  /** A change that the sessions can't place, and so lose the document with. */
  misplace(): void {
    this.version += 1;
    const start = { line: 9, character: 0 };
    this.dispatch.didChange({ textDocument: { uri, version: this.version }, contentChanges: [{ range: { start, end: start }, text: "" }] });
  }

  async complete(): Promise<string | undefined> {
    const params = { textDocument: { uri }, position: { line: 0, character: 0 }, context: { triggerKind: 2 } };
    const list = await this.dispatch.inlineCompletion(params, { isCancelled: false, onCancel: () => undefined });
    return list.items[0]?.insertText;
  }

  choose(modelPath: string, tuning: Tuning = tuningDefault): void {
    this.host.configure({ ...setup, modelPath }, tuning, unloadAfterMs);
  }

  pass(ms: number): void {
    this.clock.advance(ms);
    for (const timer of [...this.timers]) {
      if (this.clock.nowMs() < timer.atMs) continue;
      this.timers.delete(timer);
      timer.action();
    }
  }

  async close(): Promise<boolean> {
    const inTime = await this.host.close();
    // What the host has forgotten would keep the tests from ending.
    await Promise.all(this.workers.map((worker) => worker.terminate()));
    return inTime;
  }
}

function withRig(name: string, body: (rig: Rig) => Promise<void>): void {
  test(name, async () => {
    const rig = new Rig();
    try {
      await rig.until("one ready");
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

  withRig("a completion that runs while another model takes over is superseded, not failed", async (rig) => {
    rig.open(stubWords.slow);
    rig.choose("two.gguf");
    const running = rig.complete();
    await rig.until("two ready");
    assert.equal(await running, undefined);
    assert.deepEqual(rig.outcomes, ["superseded"]);
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
    rig.type("+");
    await rig.until("one ready");
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

  withRig("a change of mind while the texts move starts one thread, not one that is forgotten", async (rig) => {
    rig.open(stubWords.slow);
    rig.choose("two.gguf");
    // It is superseded when the texts begin to move.
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
    if (config.modelPath === "fails.gguf") throw new Error("fails.gguf can't be loaded");
    const status: ModelStatus = { ...statusAtStart(config.modelPath, 512, 1), state: { kind: "ready" } };
    const sessions = new StubSessions(status);
    return { sessions, status, tune: ({ singleLine }) => (sessions.isSingleLine = singleLine), close: () => undefined };
  });
}

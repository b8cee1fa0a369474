// Owns the tests of dispatch and engine thread together, over a real worker thread that runs stub sessions.
// The bundled test file is its own worker program, as the sidecar's bundle is.
import assert from "node:assert/strict";
import { test } from "node:test";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import { realClock } from "../../../sidecar/base/clock";
import { limits } from "../../../sidecar/base/limits";
import type { ModelStatus } from "../../../sidecar/protocol/data";
import type { OutcomeParams, ResyncParams } from "../../../sidecar/protocol/messages";
import { type Cancellation, Dispatch } from "../../../sidecar/server/dispatch";
import { RequestError } from "../../../sidecar/server/requestError";
import type { EngineThreadConfig } from "../../../sidecar/server/engineMessages";
import { EngineThread } from "../../../sidecar/server/engineThread";
import { runEngineWorker } from "../../../sidecar/server/engineWorker";
import { Interrupts } from "../../../sidecar/server/interrupts";
import { statusAtStart } from "../../../sidecar/server/modelStatus";
import { tuningDefault } from "../../../sidecar/session/tuning";
import { StubSessions, stubWords } from "../../support/stubSessions";

const uri = "file:///a.ts";
const never: Cancellation = { isCancelled: false, onCancel: () => undefined };

interface Rig {
  readonly dispatch: Dispatch;
  readonly outcomes: OutcomeParams[];
  readonly resyncs: ResyncParams[];
  /** Whether cells are healed, at each change. */
  readonly healings: boolean[];
  readonly logs: string[];
  /** Resolves with the first status of that kind. */
  status(kind: ModelStatus["state"]["kind"]): Promise<ModelStatus>;
  open(text: string, of?: string, version?: number): void;
  change(version: number, text: string, of?: string): void;
  complete(of?: string, line?: number, cancellation?: Cancellation): Promise<string | undefined>;
  close(): Promise<boolean>;
}

function startRig(modelPath = "stub.gguf"): Rig {
  const interrupts = new Interrupts();
  const config: EngineThreadConfig = {
    modelPath,
    contextTokens: 512,
    memoryBytesMax: undefined,
    tuning: { ...tuningDefault, threadsMax: 1 },
    libraryFolder: undefined,
    gpu: "cpu",
    policy: "patch",
    verify: true,
    positionEncoding: "utf-16",
    interrupts: interrupts.buffer,
    timeOriginMs: performance.timeOrigin,
  };
  const outcomes: OutcomeParams[] = [];
  const resyncs: ResyncParams[] = [];
  const healings: boolean[] = [];
  const logs: string[] = [];
  const statuses: ModelStatus[] = [];
  let wake = (): void => undefined;
  const dispatch = new Dispatch(() => engine, {
    modelStatus: (status) => {
      statuses.push(status);
      wake();
    },
    outcome: (params) => outcomes.push(params),
    activity: ({ healing }) => healings.push(healing),
    resync: (params) => resyncs.push(params),
    log: (message) => logs.push(message),
    showMessage: (message) => logs.push(message),
  }, realClock, "patch");
  const engine = new EngineThread(new Worker(__filename, { workerData: config }), interrupts, statusAtStart(modelPath, 512, 1), dispatch);
  const notify = (method: string, params: unknown, take: (params: unknown) => void) => dispatch.notify(() => take(params), method, params);
  return {
    dispatch, outcomes, resyncs, healings, logs,
    status: async (kind) => {
      for (;;) {
        const found = statuses.find((status) => status.state.kind === kind);
        if (found !== undefined) return found;
        await new Promise<void>((resolve) => (wake = resolve));
      }
    },
    open: (text, of = uri, version = 1) => {
      const params = { textDocument: { uri: of, languageId: "typescript", version, text } };
      notify("textDocument/didOpen", params, (params) => dispatch.didOpen(params));
    },
    change: (version, text, of = uri) => {
      const start = { line: 0, character: 0 };
      const params = { textDocument: { uri: of, version }, contentChanges: [{ range: { start, end: start }, text }] };
      notify("textDocument/didChange", params, (params) => dispatch.didChange(params));
    },
    complete: async (of = uri, line = 0, cancellation = never) => {
      const list = await dispatch.inlineCompletion({ textDocument: { uri: of }, position: { line, character: 0 }, context: { triggerKind: 2 } }, cancellation);
      return list.items[0]?.insertText;
    },
    close: () => engine.close(),
  };
}

/** Runs `body` on a rig whose model is ready; whatever happens, the worker ends in time. */
async function withRig(body: (rig: Rig) => Promise<void>): Promise<void> {
  const rig = startRig();
  try {
    await rig.status("ready");
    await body(rig);
  } finally {
    assert.equal(await rig.close(), true, "the engine thread ends in time");
  }
}

/** A cancellation that the test pulls. */
function cancellable(): Cancellation & { cancel(): void } {
  const listeners: (() => void)[] = [];
  return { isCancelled: false, onCancel: (listener) => listeners.push(listener), cancel: () => listeners.forEach((listener) => listener()) };
}

const kindsOf = (outcomes: readonly OutcomeParams[]): readonly string[] => outcomes.map(({ outcome }) => outcome.kind);

function declareTests(): void {
  test("a document's life: open, change, complete, ledger, statistics, drop, close", () => withRig(async (rig) => {
    rig.open("12345");
    assert.equal(await rig.complete(), "«5»");
    rig.change(2, "678");
    assert.equal(await rig.complete(), "«8»");
    assert.equal((await rig.dispatch.ledger({ textDocument: { uri } })).text, "67812345");
    assert.deepEqual(await rig.dispatch.dropCache({}), { cellsDropped: 1 });
    assert.deepEqual((await rig.dispatch.statistics()).outcomes, { shown: 2 });
    rig.dispatch.didClose({ textDocument: { uri } });
    await assert.rejects(rig.complete(), (error) => error instanceof RequestError && error.fault === "invalidParams");
    assert.deepEqual(kindsOf(rig.outcomes), ["shown", "shown"]);
  }));

  test("a position beyond the end is an error, not an outcome", () => withRig(async (rig) => {
    rig.open("one line");
    await assert.rejects(rig.complete(uri, 5), (error) => error instanceof RequestError && error.fault === "invalidParams");
    assert.deepEqual(rig.outcomes, []);
  }));

  test("a cancel answers at once, and the next completion does not wait for the cancelled one", () => withRig(async (rig) => {
    rig.open(stubWords.slow);
    rig.open("quick", "file:///b.ts");
    const cancellation = cancellable();
    const slow = rig.complete(uri, 0, cancellation);
    // A quick question is answered before the completion, so that the slow one is with the engine when the cancel comes.
    await rig.dispatch.statistics();
    const cancelledAtMs = performance.now();
    cancellation.cancel();
    await assert.rejects(slow, (error) => error instanceof RequestError && error.fault === "requestCancelled");
    assert.ok(performance.now() - cancelledAtMs < 200);
    assert.equal(await rig.complete("file:///b.ts"), "«5»");
    assert.ok(performance.now() - cancelledAtMs < 2_000, "the engine stopped within a small batch");
    assert.deepEqual(kindsOf(rig.outcomes), ["cancelled", "shown"]);
  }));

  test("a change and a newer request supersede", () => withRig(async (rig) => {
    rig.open(`${stubWords.slow}\n`);
    const first = rig.complete();
    const second = rig.complete(uri, 1);
    assert.equal(await first, undefined);
    rig.change(2, "x");
    assert.equal(await second, undefined);
    rig.dispatch.didClose({ textDocument: { uri } });
    rig.open("now");
    assert.equal(await rig.complete(), "«3»");
    assert.deepEqual(kindsOf(rig.outcomes), ["superseded", "superseded", "shown"]);
  }));

  test("two requests for the same state are one run, and each has its answer; one cancelled leaves the other its own", () => withRig(async (rig) => {
    rig.open("12345");
    assert.deepEqual(await Promise.all([rig.complete(), rig.complete(), rig.complete()]), ["«5»", "«5»", "«5»"]);
    assert.equal((await rig.dispatch.statistics()).totals.completions, 1);
    rig.open(stubWords.slow);
    const cancellation = cancellable();
    const [first, second] = [rig.complete(uri, 0, cancellation), rig.complete()];
    cancellation.cancel();
    await assert.rejects(first, (error) => error instanceof RequestError && error.fault === "requestCancelled");
    rig.dispatch.didClose({ textDocument: { uri } });
    assert.equal(await second, undefined);
    assert.deepEqual(kindsOf(rig.outcomes), ["shown", "shown", "shown", "cancelled", "superseded"]);
  }));

  test("cancelled by all, and asked for again at once: the run goes on", () => withRig(async (rig) => {
    rig.open(stubWords.slow);
    const [left, right] = [cancellable(), cancellable()];
    const all = [left, right].map((each) => rig.complete(uri, 0, each).catch((error: Error) => error.message));
    left.cancel();
    right.cancel();
    const third = rig.complete();
    assert.deepEqual(await Promise.all(all), ["The request was cancelled.", "The request was cancelled."]);
    rig.dispatch.didClose({ textDocument: { uri } });
    assert.equal(await third, undefined);
    assert.deepEqual(kindsOf(rig.outcomes), ["cancelled", "cancelled", "superseded"]);
    assert.ok((await rig.dispatch.statistics()).totals.completions <= 1, "it is begun once at most");
  }));

  test("cancelled, and then edited, as editors do: the run goes on for whoever asks next", () => withRig(async (rig) => {
    rig.open(stubWords.patient);
    const cancellation = cancellable();
    const first = rig.complete(uri, 0, cancellation).catch((error: Error) => error.message);
    cancellation.cancel();
    rig.change(2, "x");
    assert.equal(await first, "The request was cancelled.");
    assert.equal(await rig.complete(), `«${stubWords.patient.length + 1}»`);
    assert.deepEqual(kindsOf(rig.outcomes), ["cancelled", "shown"]);
  }));

  // A slow completion of the stub says yes to whatever is typed: it goes on until somebody else ends it.
  const ends: Readonly<Record<string, (rig: Rig) => Promise<void> | void>> = {
    "a cancel of the request that came for it": async (rig) => {
      const cancellation = cancellable();
      const next = rig.complete(uri, 0, cancellation).catch((error: Error) => error.message);
      cancellation.cancel();
      assert.equal(await next, "The request was cancelled.");
    },
    "a move of the cursor": (rig) => rig.dispatch.cursor({ textDocument: { uri }, position: { line: 0, character: 0 } }),
    "the document's end": (rig) => rig.dispatch.didClose({ textDocument: { uri } }),
    "a request for another document": () => undefined,
  };
  for (const [name, end] of Object.entries(ends)) {
    test(`typed on, a completion is answered at once and goes on; ${name} ends it`, () => withRig(async (rig) => {
      rig.open(stubWords.slow);
      rig.open("quick", "file:///b.ts");
      const slow = rig.complete();
      rig.change(2, "x");
      assert.equal(await slow, undefined);
      rig.change(3, "y");
      const startMs = performance.now();
      await end(rig);
      assert.equal(await rig.complete("file:///b.ts"), "«5»");
      assert.ok(performance.now() - startMs < 2_000, "the engine stopped within a small batch");
    }));
  }

  test("typed on, the run goes on until its end, and the next request comes behind it", () => withRig(async (rig) => {
    rig.open(stubWords.patient);
    const first = rig.complete();
    // A round trip of the engine thread, so that the completion has begun: it ends once it has heard of the change.
    rig.change(2, "x");
    assert.equal(await first, undefined);
    assert.equal(await rig.complete(), `«${stubWords.patient.length + 1}»`);
    assert.ok((await rig.dispatch.statistics()).totals.completions <= 2);
    assert.deepEqual(kindsOf(rig.outcomes), ["superseded", "shown"]);
  }));

  test("more slow requests than slots, in as many documents: each is answered", () => withRig(async (rig) => {
    const count = limits.postedMessagesMax + 8;
    const all = Array.from({ length: count }, (_, index) => {
      rig.open(stubWords.slow, `file:///${index}.ts`);
      const cancellation = cancellable();
      return { cancellation, answer: rig.complete(`file:///${index}.ts`, 0, cancellation).catch((error: Error) => error.message) };
    });
    for (const { cancellation } of all) cancellation.cancel();
    await Promise.all(all.map(({ answer }) => answer));
    assert.equal(kindsOf(rig.outcomes).filter((kind) => kind === "cancelled").length, count);
    rig.open("quick");
    assert.equal(await rig.complete(), "«5»");
  }));

  test("versions that go back, changes that can't be read and changes out of range lose step; the full text brings it back", () => withRig(async (rig) => {
    const unreadable = { textDocument: { uri, version: "two" } };
    const beyond = { line: 7, character: 0 };
    for (const [index, spoil] of [
      () => rig.change(1, "same version"),
      () => rig.dispatch.notify(() => rig.dispatch.didChange(unreadable), "textDocument/didChange", unreadable),
      () => rig.dispatch.didChange({ textDocument: { uri, version: 9 }, contentChanges: [{ range: { start: beyond, end: beyond }, text: "" }] }),
    ].entries()) {
      rig.open("12345", uri, 1);
      spoil();
      // A round trip, so that the engine thread has said what it has to say.
      await rig.dispatch.statistics();
      assert.equal(rig.resyncs.length, index + 1, `case ${index}`);
      assert.equal(await rig.complete(), undefined);
      assert.equal(rig.outcomes.at(-1)?.outcome.kind, "outOfStep");
      rig.dispatch.didChange({ textDocument: { uri, version: 20 }, contentChanges: [{ text: "whole" }] });
      assert.equal(await rig.complete(), "«5»");
      rig.dispatch.didClose({ textDocument: { uri } });
    }
  }));

  test("a document that can't be opened is asked for a few times, not for ever", () => withRig(async (rig) => {
    // As a client does: each resync is answered with the full text.
    for (let answered = -1, round = 0; round < 20; round += 1) {
      if (rig.resyncs.length > answered) {
        answered = rig.resyncs.length;
        rig.dispatch.notify(() => rig.dispatch.didClose({ textDocument: { uri } }), "textDocument/didClose", undefined);
        rig.open(stubWords.unopenable);
      }
      await rig.dispatch.statistics();
    }
    assert.equal(rig.resyncs.length, limits.resyncsMax);
    assert.equal(await rig.complete(), undefined);
    assert.equal(rig.outcomes.at(-1)?.outcome.kind, "outOfStep");
    assert.equal(rig.resyncs.length, limits.resyncsMax);
  }));

  test("10,000 edits at once: all of them arrive, joined to a few", () => withRig(async (rig) => {
    rig.open("");
    for (let version = 2; version <= 10_001; version += 1) rig.change(version, "x");
    assert.equal(await rig.complete(), "«10000»");
    const { totals } = await rig.dispatch.statistics();
    assert.ok(totals.cellsKept < 1_000, `${totals.cellsKept} changes reached the engine`);
    assert.deepEqual(rig.resyncs, []);
  }));

  test("a document too large is not held; its full text within the limit is", () => withRig(async (rig) => {
    rig.open("x".repeat(limits.documentUtf16Max + 1));
    assert.equal(await rig.complete(), undefined);
    assert.deepEqual(kindsOf(rig.outcomes), ["documentTooLarge"]);
    rig.dispatch.didChange({ textDocument: { uri, version: 2 }, contentChanges: [{ text: "small" }] });
    assert.equal(await rig.complete(), "«5»");
  }));

  test("a completion that throws is engineFailed, and the thread goes on", () => withRig(async (rig) => {
    rig.open(stubWords.broken);
    assert.equal(await rig.complete(), undefined);
    assert.deepEqual(rig.outcomes.at(-1)?.outcome, { kind: "engineFailed", detail: "the stub is broken" });
    rig.open("whole", "file:///b.ts");
    assert.equal(await rig.complete("file:///b.ts"), "«5»");
  }));

  test("the worker dies: what is pending ends, what comes later says why", async () => {
    const rig = startRig();
    await rig.status("ready");
    rig.open(stubWords.deadly);
    assert.equal(await rig.complete(), undefined);
    assert.equal(rig.outcomes.at(-1)?.outcome.kind, "modelFailed");
    assert.match(rig.outcomes.at(-1)?.outcome.detail ?? "", /ended by itself \(code 3\)/);
    assert.equal(await rig.complete(), undefined);
    assert.equal((await rig.dispatch.statistics()).model.state.kind, "failed");
    assert.deepEqual(await rig.dispatch.dropCache(undefined), { cellsDropped: 0 });
    assert.equal(await rig.close(), true);
  });

  test("before the model is there, and when it fails to load, each request says so", async () => {
    const rig = startRig("fails.gguf");
    rig.open("12345");
    assert.equal(await rig.complete(), undefined);
    assert.match((await rig.dispatch.ledger({ textDocument: { uri } })).text, /loading/);
    await rig.status("failed");
    assert.equal(await rig.complete(), undefined);
    assert.deepEqual(rig.outcomes.map(({ outcome }) => outcome), [{ kind: "modelLoading" }, { kind: "modelFailed", detail: "fails.gguf can't be loaded" }]);
    assert.equal(await rig.close(), true);
  });

  test("documents opened while the model loads are there when it is ready", async () => {
    const rig = startRig();
    rig.open("12345");
    rig.change(2, "6");
    await rig.status("ready");
    assert.equal(await rig.complete(), "«6»");
    assert.equal(await rig.close(), true);
  });

  test("idle work runs when it is quiet, until there is no more", () => withRig(async (rig) => {
    let slices = 0;
    for (const untilMs = Date.now() + 5_000; slices < 3 && Date.now() < untilMs; ) {
      await new Promise((resolve) => setTimeout(resolve, 2 * limits.idleAfterMs));
      slices = (await rig.dispatch.statistics()).totals.healTokens;
    }
    assert.equal(slices % 3, 0);
    assert.ok(slices >= 3);
    assert.deepEqual(rig.healings.slice(0, 2), [true, false]);
    assert.equal(rig.healings.at(-1), false);
  }));
}

if (isMainThread) declareTests();
else if (parentPort !== null) {
  void runEngineWorker(parentPort, workerData as EngineThreadConfig, (config) => {
    if (config.modelPath === "fails.gguf") throw new Error("fails.gguf can't be loaded");
    const status: ModelStatus = { ...statusAtStart(config.modelPath, 512, 1), state: { kind: "ready" } };
    return { sessions: new StubSessions(status), status, close: () => undefined };
  });
}

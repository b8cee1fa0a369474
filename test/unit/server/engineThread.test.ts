// Owns the tests of dispatch and engine thread together, over a real worker thread that runs stub sessions.
import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { limits } from "../../../sidecar/base/limits";
import { RequestError } from "../../../sidecar/server/requestError";
import { condition } from "../../editor/condition";
import { stubWords } from "../../support/stubSessions";
import { cancellable, kindsOf, memoryGivenBack, runAsTestOrWorker, startRig, textAwaitedMsMax, uri, withRig } from "../../support/engineThreadRig";


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

  test("memory that was freed is given back in the first quiet time, and not in each that follows", () => withRig(async (rig) => {
    const times = (): number => rig.logs.filter((line) => line.includes(memoryGivenBack)).length;
    rig.open("12345");
    await condition("memory is given back", 5_000, () => times() === 1);
    for (let version = 2; version < 5; version += 1) {
      rig.change(version, "6");
      await rig.complete();
      await pause(2 * limits.idleAfterMs);
    }
    assert.equal(times(), 1);
  }));

  test("a request doesn't wait for what idle time waits for", () => withRig(async (rig) => {
    rig.open(stubWords.asking);
    await rig.complete();
    await rig.asksForNames;
    const askedAtMs = performance.now();
    assert.equal(await rig.complete(), `«${stubWords.asking.length}»`);
    assert.ok(performance.now() - askedAtMs < 5_000, "the wait ended with the request");
    rig.dispatch.didClose({ textDocument: { uri } });
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

  test("what was asked of a text that is lost meanwhile is answered when the text has come again", () => withRig(async (rig) => {
    rig.open(`${stubWords.slow}\n`);
    const inFlight = rig.complete();
    rig.dispatch.textsLost("other language servers are asked");
    const behindIt = rig.complete();
    rig.dispatch.didClose({ textDocument: { uri } });
    rig.open("again");
    assert.equal(await inFlight, "«5»");
    assert.equal(await behindIt, "«5»");
    assert.deepEqual(kindsOf(rig.outcomes), ["shown", "shown"]);
  }));

  test("it is not where another text comes, nor where the client takes it back", () => withRig(async (rig) => {
    rig.open(`${stubWords.slow}\n`);
    const slow = rig.complete();
    rig.dispatch.textsLost("other language servers are asked");
    rig.dispatch.didClose({ textDocument: { uri } });
    rig.open("typed on", uri, 2);
    assert.equal(await slow, undefined);
    rig.dispatch.textsLost("they are asked again");
    const cancellation = cancellable();
    const takenBack = rig.complete(uri, 0, cancellation);
    // It has begun to wait by then.
    await pause(20);
    cancellation.cancel();
    await assert.rejects(takenBack, (error) => error instanceof RequestError && error.fault === "requestCancelled");
    assert.deepEqual(kindsOf(rig.outcomes), ["superseded", "cancelled"]);
  }));

  test("nor for longer than a text may take to come", () => withRig(async (rig) => {
    rig.open("open");
    rig.dispatch.textsLost("other language servers are asked");
    const startedMs = performance.now();
    assert.equal(await rig.complete(), undefined);
    const ms = performance.now() - startedMs;
    assert.ok(textAwaitedMsMax - 1 <= ms && ms < 10 * textAwaitedMsMax, `${ms} ms`);
    assert.deepEqual(kindsOf(rig.outcomes), ["outOfStep"]);
  }));

  test("nor where the document stays closed, or may no longer be read", () => withRig(async (rig) => {
    rig.open("closed");
    rig.dispatch.textsLost("other language servers are asked");
    const closed = rig.complete();
    rig.dispatch.didClose({ textDocument: { uri } });
    assert.equal(await closed, undefined);
    rig.open("excluded", uri, 3);
    rig.dispatch.textsLost("they are asked again");
    const excluded = rig.complete();
    rig.dispatch.exclude(() => "It holds secrets.");
    assert.equal(await excluded, undefined);
    assert.deepEqual(kindsOf(rig.outcomes), ["outOfStep", "switchedOff"]);
    assert.equal(rig.resyncs.length, 2);
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

  test("what the user asks by key before the model is there is answered when it is, or has failed, or the text has changed", async () => {
    const byKey = (rig: ReturnType<typeof startRig>): Promise<string | undefined> => rig.complete(uri, 0, undefined, "byKey");
    const rig = startRig();
    rig.open("12345");
    const overtaken = byKey(rig);
    rig.change(2, "6");
    assert.equal(await overtaken, undefined);
    assert.equal(await byKey(rig), "«6»");
    assert.deepEqual(kindsOf(rig.outcomes), ["superseded", "shown"]);
    assert.equal(await rig.close(), true);
    const closing = startRig();
    closing.open("12345");
    const closed = byKey(closing);
    closing.dispatch.didClose({ textDocument: { uri } });
    assert.equal(await closed, undefined);
    assert.deepEqual(kindsOf(closing.outcomes), ["superseded"]);
    assert.equal(await closing.close(), true);
    const failing = startRig("fails.gguf");
    failing.open("12345");
    assert.equal(await byKey(failing), undefined);
    assert.deepEqual(kindsOf(failing.outcomes), ["modelFailed"]);
    assert.equal(await failing.close(), true);
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

runAsTestOrWorker(declareTests);

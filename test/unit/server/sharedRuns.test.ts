// Owns the tests of completions that several requests share, or that go on while somebody types: over a real worker thread.
import assert from "node:assert/strict";
import { test } from "node:test";
import { RequestError } from "../../../sidecar/server/requestError";
import { stubWords } from "../../support/stubSessions";
import { cancellable, kindsOf, runAsTestOrWorker, uri, withRig, type EngineThreadRig } from "../../support/engineThreadRig";

function declareTests(): void {
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

  test("what the editor asks by itself joins what was asked by key; a key supersedes what the editor asked", () => withRig(async (rig) => {
    const [never, byKey] = [cancellable(), "byKey"] as const;
    rig.open("12345");
    assert.deepEqual(await Promise.all([rig.complete(uri, 0, never, byKey), rig.complete()]), ["«5»", "«5»"]);
    assert.equal((await rig.dispatch.statistics()).totals.completions, 1);
    assert.deepEqual(await Promise.all([rig.complete(), rig.complete(uri, 0, never, byKey)]), [undefined, "«5»"]);
    assert.deepEqual(kindsOf(rig.outcomes), ["shown", "shown", "superseded", "shown"]);
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
  const ends: Readonly<Record<string, (rig: EngineThreadRig) => Promise<void> | void>> = {
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
}

runAsTestOrWorker(declareTests);

// Owns the tests of dispatch alone, over an engine that only takes note, under a manual clock.
import assert from "node:assert/strict";
import { test } from "node:test";
import { ManualClock } from "../../../sidecar/base/clock";
import { limits } from "../../../sidecar/base/limits";
import { Awaited } from "../../../sidecar/server/awaited";
import { Dispatch, type EngineSide } from "../../../sidecar/server/dispatch";
import { structureKinds } from "../../../sidecar/protocol/messages";
import type { SessionEvent } from "../../../sidecar/session/events";
import { statusAtStart } from "../../../sidecar/server/modelStatus";

const uri = "file:///a.ts";

const ignore = (): void => undefined;

/** An engine that is ready and never answers. */
class SilentEngine implements EngineSide {
  readonly status = { ...statusAtStart("silent.gguf", 512, 1), state: { kind: "ready" } } as const;
  readonly posted: SessionEvent[] = [];
  post(event: SessionEvent): number {
    this.posted.push(event);
    return 1;
  }
  ask(): never {
    throw new Error("no question is asked here");
  }
  complete(): never {
    throw new Error("no completion is asked of the engine here");
  }
}

test("asked for its full text too often, a client is asked again after a while, when it speaks of the document", async () => {
  const clock = new ManualClock();
  const resyncs: string[] = [];
  const outward = { modelStatus: ignore, outcome: ignore, activity: ignore, log: ignore, showMessage: ignore, resync: (params: { uri: string }) => resyncs.push(params.uri) };
  const engine = new SilentEngine();
  const dispatch = new Dispatch(() => engine, outward, clock, "patch", new Awaited(0));
  const open = (): void => dispatch.didOpen({ textDocument: { uri, languageId: "typescript", version: 1, text: "a" } });
  const change = (version: number): void => dispatch.didChange({ textDocument: { uri, version }, contentChanges: [] });
  for (let time = 0; time < limits.resyncsMax + 3; time += 1) {
    open();
    change(1);
  }
  assert.equal(resyncs.length, limits.resyncsMax);
  clock.advance(limits.resyncWindowMs - 1);
  change(2);
  assert.equal(resyncs.length, limits.resyncsMax);
  clock.advance(1);
  change(3);
  assert.equal(resyncs.length, limits.resyncsMax + 1);
  change(4);
  const position = { line: 0, character: 0 };
  const answer = await dispatch.inlineCompletion({ textDocument: { uri }, position }, { isCancelled: false, onCancel: ignore });
  assert.deepEqual(answer.items, []);
  assert.equal(resyncs.length, limits.resyncsMax + 1, "asked once for each loss of step");
});

test("of a structure with too many spans the innermost are left out, as where the sidecar parses itself", () => {
  const engine = new SilentEngine();
  const outward = { modelStatus: ignore, outcome: ignore, activity: ignore, log: ignore, showMessage: ignore, resync: ignore };
  const dispatch = new Dispatch(() => engine, outward, new ManualClock(), "patch");
  dispatch.didOpen({ textDocument: { uri, languageId: "typescript", version: 1, text: "a" } });
  const spans: number[] = [];
  for (let start = 0; start < limits.structureSpansMax; start += 1) spans.push(0, 10 * start, 10 * start + 9, 2, 10 * start + 1, 10 * start + 2);
  dispatch.structure({ textDocument: { uri, version: 1 }, spans });
  const structure = engine.posted.at(-1);
  assert.ok(structure?.kind === "structure");
  assert.equal(structure.spans.length, limits.structureSpansMax);
  assert.ok(structure.spans.every(({ kind }) => kind === structureKinds[0]));
});

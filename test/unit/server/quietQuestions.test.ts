// Owns that looking doesn't disturb: a question for figures reaches the worker without breaking off idle work, all else does.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { FromWorker } from "../../../sidecar/server/engineMessages";
import { EngineThread, type WorkerLike } from "../../../sidecar/server/engineThread";
import { Interrupts } from "../../../sidecar/server/interrupts";
import { statusAtStart } from "../../../sidecar/server/modelStatus";

const uri = "file:///a.ts";

/** Whether what is asked or told raises the count by which idle work is broken off. */
function checkDisturbs(name: string, isDisturbing: boolean, act: (engine: EngineThread) => unknown): void {
  test(`${name} ${isDisturbing ? "breaks" : "doesn't break"} off idle work`, () => {
    const interrupts = new Interrupts();
    const listeners: ((message: FromWorker) => void)[] = [];
    let posted = 0;
    const worker: WorkerLike = {
      postMessage: () => (posted += 1),
      on: (event: string, listener: never) => (event === "message" ? listeners.push(listener) : undefined),
    };
    const ignore = (): void => undefined;
    const loading = statusAtStart("stub.gguf", 512, 1);
    const engine = new EngineThread(worker, interrupts, loading, { modelStatus: ignore, notice: ignore, overflow: ignore, trouble: ignore });
    for (const listener of listeners) listener({ kind: "modelStatus", status: { ...loading, state: { kind: "ready" } } });
    const before = interrupts.arrivals();
    act(engine);
    assert.equal(posted, 1);
    assert.equal(interrupts.arrivals() !== before, isDisturbing);
  });
}

checkDisturbs("a question for the statistics", false, (engine) => void engine.ask<"statistics">({ kind: "statistics", ask: null }));
checkDisturbs("a question for the ledger", false, (engine) => void engine.ask<"ledger">({ kind: "ledger", ask: { uri } }));
checkDisturbs("dropping the cache", true, (engine) => void engine.ask<"dropCache">({ kind: "dropCache", ask: { uri } }));
checkDisturbs("a cursor move", true, (engine) => engine.post({ kind: "cursor", uri, place: { line: 0, character: 0 }, atMs: 0 }));

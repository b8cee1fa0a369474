// A request by key waits for the model that is loading, and for nothing else.
import { deepEqual, equal } from "node:assert/strict";
import { test } from "node:test";
import { ModelWait } from "../../../extension/src/inline/modelWait";
import type { ModelState } from "../../../sidecar/protocol/data";

const loading: ModelState = { kind: "loading", fraction: 0.5 };

class Token {
  isCancellationRequested = false;
  readonly listeners = new Set<() => void>();

  readonly onCancellationRequested = (listener: () => void): { dispose(): void } => {
    this.listeners.add(listener);
    return { dispose: () => void this.listeners.delete(listener) };
  };

  cancel(): void {
    this.isCancellationRequested = true;
    for (const listener of [...this.listeners]) listener();
  }
}

type Step = ModelState | "cancel" | "sidecarEnded";

/** `expected`: what the request is told behind all steps; "waits" where it hasn't been told anything. */
function checkWait(name: string, before: readonly ModelState[], steps: readonly Step[], expected: boolean | "waits"): void {
  test(name, async () => {
    const wait = new ModelWait();
    const token = new Token();
    for (const state of before) wait.modelStatus({ state });
    let told: boolean | "waits" = "waits";
    const over = wait.isOver(token);
    if (typeof over === "boolean") told = over;
    else void over.then((isOver) => (told = isOver));
    for (const step of steps) {
      if (step === "cancel") token.cancel();
      else if (step === "sidecarEnded") wait.sidecarEnded();
      else wait.modelStatus({ state: step });
    }
    await Promise.resolve();
    equal(told, expected);
    deepEqual(token.listeners.size, expected === "waits" ? 1 : 0, "nothing listens any more");
  });
}

checkWait("nothing is waited for before anything is known", [], [], true);
checkWait("nothing is waited for while a model serves", [loading, { kind: "ready" }], [], true);
checkWait("a model that loads is waited for", [loading], [loading, loading], "waits");
checkWait("until it is ready", [loading], [loading, { kind: "ready" }], true);
checkWait("until it failed: the answer says why", [loading], [{ kind: "failed", message: "no model" }], true);
checkWait("until the sidecar has ended", [loading], ["sidecarEnded"], true);
checkWait("until the editor takes the request back", [loading], ["cancel", { kind: "ready" }], false);

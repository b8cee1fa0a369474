// Owns a rig of dispatch and engine thread together, over a real worker thread that runs stub sessions.
// The bundled test file is its own worker program, as the sidecar's bundle is: it ends in `runAsTestOrWorker`.
import assert from "node:assert/strict";
import { isMainThread, MessageChannel, parentPort, Worker, workerData } from "node:worker_threads";
import { realClock } from "../../sidecar/base/clock";
import type { ModelStatus } from "../../sidecar/protocol/data";
import type { OutcomeParams, ResyncParams } from "../../sidecar/protocol/messages";
import { Awaited } from "../../sidecar/server/awaited";
import { type Cancellation, Dispatch } from "../../sidecar/server/dispatch";
import type { EngineThreadConfig } from "../../sidecar/server/engineMessages";
import { EngineThread } from "../../sidecar/server/engineThread";
import { runEngineWorker } from "../../sidecar/server/engineWorker";
import { Interrupts } from "../../sidecar/server/interrupts";
import { statusAtStart } from "../../sidecar/server/modelStatus";
import { tuningDefault } from "../../sidecar/session/tuning";
import { StubSessions } from "./stubSessions";

/** Where the text doesn't come, a test need not wait as long as a user's editor may take. */
export const textAwaitedMsMax = 300;
export const uri = "file:///a.ts";
const never: Cancellation = { isCancelled: false, onCancel: () => undefined };

export interface EngineThreadRig {
  readonly dispatch: Dispatch;
  readonly outcomes: OutcomeParams[];
  readonly resyncs: ResyncParams[];
  /** Whether cells are healed, at each change. */
  readonly healings: boolean[];
  readonly logs: string[];
  /** Resolves when the engine thread asks for legal names; nobody answers. */
  readonly asksForNames: Promise<void>;
  /** Resolves with the first status of that kind. */
  status(kind: ModelStatus["state"]["kind"]): Promise<ModelStatus>;
  open(text: string, of?: string, version?: number): void;
  change(version: number, text: string, of?: string): void;
  /** `trigger`: whether the editor asks by itself, or the user by key. */
  complete(of?: string, line?: number, cancellation?: Cancellation, trigger?: "automatic" | "byKey"): Promise<string | undefined>;
  close(): Promise<boolean>;
}

export function startRig(modelPath = "stub.gguf"): EngineThreadRig {
  const interrupts = new Interrupts();
  const { port1, port2: members } = new MessageChannel();
  const asksForNames = new Promise<void>((resolve) => port1.once("message", () => resolve()));
  port1.unref();
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
    members,
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
  }, realClock, "patch", new Awaited(textAwaitedMsMax));
  const worker = new Worker(__filename, { workerData: config, transferList: [members] });
  const engine = new EngineThread(worker, interrupts, statusAtStart(modelPath, 512, 1), dispatch);
  const notify = (method: string, params: unknown, take: (params: unknown) => void) => dispatch.notify(() => take(params), method, params);
  return {
    dispatch, outcomes, resyncs, healings, logs, asksForNames,
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
    complete: async (of = uri, line = 0, cancellation = never, trigger = "automatic") => {
      const context = { triggerKind: trigger === "byKey" ? 1 : 2 };
      const list = await dispatch.inlineCompletion({ textDocument: { uri: of }, position: { line, character: 0 }, context }, cancellation);
      return list.items[0]?.insertText;
    },
    close: () => engine.close(),
  };
}

/** Runs `body` on a rig whose model is ready; whatever happens, the worker ends in time. */
export async function withRig(body: (rig: EngineThreadRig) => Promise<void>): Promise<void> {
  const rig = startRig();
  try {
    await rig.status("ready");
    await body(rig);
  } finally {
    assert.equal(await rig.close(), true, "the engine thread ends in time");
  }
}

/** The log says so whenever the engine thread gives memory back. */
export const memoryGivenBack = "memory is given back";

/** A cancellation that the test pulls. */
export function cancellable(): Cancellation & { cancel(): void } {
  const controller = new AbortController();
  return {
    get isCancelled() {
      return controller.signal.aborted;
    },
    onCancel: (listener) => controller.signal.addEventListener("abort", listener),
    cancel: () => controller.abort(),
  };
}

export const kindsOf = (outcomes: readonly OutcomeParams[]): readonly string[] => outcomes.map(({ outcome }) => outcome.kind);

/** In the main thread the tests are declared; in the worker that they start, the engine thread runs on stub sessions. */
export function runAsTestOrWorker(declareTests: () => void): void {
  if (isMainThread) declareTests();
  else if (parentPort !== null) {
    void runEngineWorker(parentPort, workerData as EngineThreadConfig, (config, { members, trouble }) => {
      if (config.modelPath === "fails.gguf") throw new Error("fails.gguf can't be loaded");
      const status: ModelStatus = { ...statusAtStart(config.modelPath, 512, 1), state: { kind: "ready" } };
      return { sessions: new StubSessions(status, members), status, giveMemoryBack: () => trouble(memoryGivenBack), close: () => undefined };
    });
  }
}

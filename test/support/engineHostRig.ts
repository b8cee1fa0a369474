// Owns an engine host behind a dispatch, over real worker threads, with a clock that stands still until it is told to go on.
// The bundled test file is the workers' program.
import { Worker } from "node:worker_threads";
import { ManualClock, realClock } from "../../sidecar/base/clock";
import { Dispatch } from "../../sidecar/server/dispatch";
import { EngineHost } from "../../sidecar/server/engineHost";
import type { EngineSetup, EngineThreadConfig } from "../../sidecar/server/engineMessages";
import { EngineThread } from "../../sidecar/server/engineThread";
import { Interrupts } from "../../sidecar/server/interrupts";
import { restingWith } from "../../sidecar/server/monitoredEngine";
import { statusAtStart } from "../../sidecar/server/modelStatus";
import { tuningDefault, type Tuning } from "../../sidecar/session/tuning";

export const uri = "file:///a.ts";
export const unloadAfterMs = 60_000;
export const setup: EngineSetup = {
  modelPath: "one.gguf", contextTokens: 512, memoryBytesMax: undefined, libraryFolder: undefined, gpu: "cpu", policy: "patch", verify: true,
};

/** A server as a client drives it. */
export class EngineHostRig {
  readonly statuses: string[] = [];
  readonly messages: string[] = [];
  readonly resyncs: string[] = [];
  readonly outcomes: string[] = [];
  /** What the monitor was told to do, in order. */
  readonly monitor: string[] = [];
  /** The models that threads were started with. */
  readonly started: string[] = [];
  readonly dispatch: Dispatch;
  private readonly clock = new ManualClock();
  private readonly timers = new Set<{ readonly atMs: number; readonly action: () => void }>();
  private readonly workers: Worker[] = [];
  private readonly host: EngineHost;
  private version = 1;
  private wake = (): void => undefined;

  constructor(atStart: EngineSetup) {
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
      listener: restingWith({ rest: () => this.monitor.push("rests"), wake: () => this.monitor.push("wakes") }, this.dispatch),
      standInFor: (wanted) => {
        if (wanted.gpu !== "cpu") return { setup: { ...wanted, gpu: "cpu" }, told: "The processor computes." };
        return wanted.modelPath === setup.modelPath ? undefined : { setup, told: "Model one serves." };
      },
      nowMs: () => this.clock.nowMs(),
      schedule: (delayMs, action) => {
        const timer = { atMs: this.clock.nowMs() + delayMs, action };
        this.timers.add(timer);
        return () => this.timers.delete(timer);
      },
    }, atStart, tuningDefault, unloadAfterMs);
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

  async complete(trigger: "automatic" | "byKey" = "automatic"): Promise<string | undefined> {
    const params = { textDocument: { uri }, position: { line: 0, character: 0 }, context: { triggerKind: trigger === "byKey" ? 1 : 2 } };
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

// Owns a monitor's answers for a program that decodes on its main thread: language servers are spoken with on a worker thread,
// as the sidecar does on its LSP thread. Knows no editor.
import { MessageChannel, type MessagePort, Worker } from "node:worker_threads";
import { realClock } from "../base/clock";
import type { MonitorSourceStatistics } from "../protocol/data";
import type { SessionEvent } from "../session/events";
import { Bell } from "./bell";
import type { WorkspaceFolder } from "./languageServer";
import { MemberPort } from "./memberPort";
import { MonitorService } from "./monitorService";
import type { MonitorSettings } from "./monitorSettings";

/** What the worker is started with: the program hands `workerData` of this kind to `runMonitorThread`. */
export interface MonitorThreadConfig {
  readonly kind: "monitorThread";
  readonly settings: MonitorSettings;
  readonly folders: readonly WorkspaceFolder[];
  readonly bell: Bell["shared"];
  readonly members: MessagePort;
}

type ToThread =
  | { readonly kind: "event"; readonly event: SessionEvent }
  | { readonly kind: "ask"; readonly id: number; readonly what: "settled" | "statistics" | "close" };
type FromThread =
  | { readonly kind: "reply"; readonly id: number; readonly statistics: readonly MonitorSourceStatistics[] }
  | { readonly kind: "log"; readonly message: string };

export class MonitorThread {
  readonly source: MemberPort;
  private readonly worker: Worker;
  private readonly waiting = new Map<number, (statistics: readonly MonitorSourceStatistics[]) => void>();
  private lastId = 0;

  /** @param program the bundle that calls `runMonitorThread` where its `workerData` is a MonitorThreadConfig */
  constructor(program: string, settings: MonitorSettings, folders: readonly WorkspaceFolder[], log: (message: string) => void) {
    const bell = Bell.new();
    const { port1, port2 } = new MessageChannel();
    const workerData: MonitorThreadConfig = { kind: "monitorThread", settings, folders, bell: bell.shared, members: port2 };
    this.worker = new Worker(program, { workerData, transferList: [port2] });
    this.source = new MemberPort({ port: port1, bell, clock: realClock, interrupted: () => false });
    this.worker.on("message", (message: FromThread) => {
      if (message.kind === "log") return log(message.message);
      this.waiting.get(message.id)?.(message.statistics);
      this.waiting.delete(message.id);
    });
    this.worker.on("error", (error) => log(`the monitor's thread failed: ${error.message}`));
    // What waits for a thread that is gone has waited for nothing.
    this.worker.on("exit", () => this.waiting.forEach((resolve) => resolve([])));
  }

  apply(event: SessionEvent): void {
    this.post({ kind: "event", event });
  }

  /** Settles when the servers of the open documents have read them, or are down. */
  async settled(): Promise<void> {
    await this.ask("settled");
  }

  statistics(): Promise<readonly MonitorSourceStatistics[]> {
    return this.ask("statistics");
  }

  /** Settles when no server's process is left. */
  async close(): Promise<void> {
    await this.ask("close");
    await this.worker.terminate();
  }

  private ask(what: "settled" | "statistics" | "close"): Promise<readonly MonitorSourceStatistics[]> {
    this.lastId += 1;
    const id = this.lastId;
    return new Promise((resolve) => {
      this.waiting.set(id, resolve);
      this.post({ kind: "ask", id, what });
    });
  }

  private post(message: ToThread): void {
    this.worker.postMessage(message);
  }
}

/** The worker's side: serves until it is terminated. */
export function runMonitorThread(port: MessagePort, config: MonitorThreadConfig): void {
  const tell = (message: FromThread): void => port.postMessage(message);
  const schedule = (delayMs: number, action: () => void): (() => void) => {
    const timer = setTimeout(action, delayMs);
    return () => clearTimeout(timer);
  };
  const service = new MonitorService({
    settings: config.settings,
    folders: config.folders,
    encoding: "utf-16",
    path: process.env["PATH"] ?? "",
    clock: realClock,
    schedule,
    log: (message) => tell({ kind: "log", message }),
    askEditor: undefined,
  });
  service.serve(config.members, new Bell(config.bell.words, config.bell.index));
  const answer = async (id: number, what: "settled" | "statistics" | "close"): Promise<void> => {
    if (what === "settled") await service.settled();
    if (what === "close") await service.close();
    tell({ kind: "reply", id, statistics: service.statistics() });
  };
  port.on("message", (message: ToThread) => {
    if (message.kind === "event") service.apply(message.event);
    else void answer(message.id, message.what);
  });
}

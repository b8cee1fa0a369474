// Owns a monitored language server on a thread of its own, as the sidecar has it the other way round: here decoding is what
// the main thread does. Keeps one document of each project open, so that the server keeps the project.
import { once } from "node:events";
import { pathToFileURL } from "node:url";
import { MessageChannel, Worker } from "node:worker_threads";
import { realClock } from "../../../sidecar/base/clock";
import type { MemberSource } from "../../../sidecar/decode/mgd/memberSource";
import { Bell } from "../../../sidecar/monitors/bell";
import { MemberPort } from "../../../sidecar/monitors/memberPort";
import type { ServerChoice } from "../../../sidecar/monitors/monitorSettings";
import type { SessionEvent } from "../../../sidecar/session/events";
import type { MonitorHost, ServerHealth, ShownDocument } from "./monitorHost";
import type { FromMonitorWorker, MonitorWorkerData, ToMonitorWorker } from "./monitorWorker";
import type { Project } from "./projectFiles";

export interface ThreadedHostParts {
  /** The program that `serveMonitor` runs in when it is started as a worker. */
  readonly program: string;
  readonly languageIds: readonly string[];
  readonly server: ServerChoice;
  readonly projects: readonly Project[];
  readonly say: (line: string) => void;
}

export class ThreadedHost implements MonitorHost {
  readonly source: MemberSource;
  private readonly worker: Worker;
  /** The open document of each project's folder. */
  private readonly open = new Map<string, string>();

  constructor(private readonly parts: ThreadedHostParts) {
    const { program, languageIds, server, projects, say } = parts;
    const { port1, port2 } = new MessageChannel();
    const bell = Bell.new();
    const workerData: MonitorWorkerData = {
      kind: "monitorWorker",
      port: port2,
      bell: bell.shared,
      servers: Object.fromEntries(languageIds.map((languageId) => [languageId, server])),
      folders: projects.map(({ name, folder }) => ({ name, uri: pathToFileURL(folder).href })),
    };
    this.worker = new Worker(program, { workerData, transferList: [port2] });
    this.worker.on("message", (message: FromMonitorWorker) => {
      if (message.kind === "log") say(message.message);
    });
    this.source = new MemberPort({ port: port1, bell, clock: realClock, watchWait: () => () => false });
  }

  change({ uri, version, text }: ShownDocument): void {
    this.tell({ kind: "change", uri, version, changes: [{ text }], atMs: realClock.nowMs() });
  }

  show({ uri, languageId, version, text }: ShownDocument): void {
    const folder = this.folderOf(uri);
    const open = this.open.get(folder);
    this.tell({ kind: "open", uri, languageId, version, text, atMs: realClock.nowMs() });
    if (open !== undefined && open !== uri) this.tell({ kind: "close", uri: open });
    this.open.set(folder, uri);
  }

  async settled(): Promise<ServerHealth> {
    this.send({ kind: "settle" });
    const message = await this.hears("settled");
    return message.kind === "settled" ? message.health : { restarts: 0, failure: undefined };
  }

  async close(): Promise<void> {
    this.send({ kind: "close" });
    await this.hears("closed");
    await this.worker.terminate();
  }

  private async hears(kind: FromMonitorWorker["kind"]): Promise<FromMonitorWorker> {
    const ended = new AbortController();
    const onExit = (): void => ended.abort(new Error("the thread that speaks with the language server has ended"));
    this.worker.once("exit", onExit);
    try {
      for (;;) {
        const [message] = (await once(this.worker, "message", { signal: ended.signal })) as [FromMonitorWorker];
        if (message.kind === kind) return message;
      }
    } finally {
      this.worker.off("exit", onExit);
    }
  }

  private folderOf(uri: string): string {
    return this.parts.projects.find(({ folder }) => uri.startsWith(`${pathToFileURL(folder).href}/`))?.folder ?? "";
  }

  private tell(event: SessionEvent): void {
    this.send({ kind: "event", event });
  }

  private send(message: ToMonitorWorker): void {
    this.worker.postMessage(message);
  }
}

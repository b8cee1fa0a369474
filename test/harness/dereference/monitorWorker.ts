// Owns the thread that speaks with the language server while another decodes: the sidecar's own service, told of
// documents by messages as the sidecar is by its client. Knows no case.
import { parentPort, workerData } from "node:worker_threads";
import type { MessagePort } from "node:worker_threads";
import { realClock } from "../../../sidecar/base/clock";
import { Bell } from "../../../sidecar/monitors/bell";
import type { WorkspaceFolder } from "../../../sidecar/monitors/languageServer";
import { monitorSettingsDefault } from "../../../sidecar/monitors/monitorSettings";
import type { ServerChoice } from "../../../sidecar/monitors/monitorSettings";
import { MonitorService } from "../../../sidecar/monitors/monitorService";
import type { SessionEvent } from "../../../sidecar/session/events";
import type { ServerHealth } from "./monitorHost";

/** What the thread is started with. */
export interface MonitorWorkerData {
  readonly kind: "monitorWorker";
  readonly port: MessagePort;
  readonly bell: Bell["shared"];
  readonly servers: Readonly<Record<string, ServerChoice>>;
  readonly folders: readonly WorkspaceFolder[];
}

export type ToMonitorWorker =
  | { readonly kind: "event"; readonly event: SessionEvent }
  /** Answered by `settled` once the server has read what it was told. */
  | { readonly kind: "settle" }
  /** Answered by `closed`, the last message. */
  | { readonly kind: "close" };

export type FromMonitorWorker =
  | { readonly kind: "settled"; readonly health: ServerHealth }
  | { readonly kind: "closed" }
  | { readonly kind: "log"; readonly message: string };

/** Serves until it is told to close. */
export function serveMonitor(): void {
  const { port, bell, servers, folders } = workerData as MonitorWorkerData;
  const tell = (message: FromMonitorWorker): void => parentPort?.postMessage(message);
  const service = new MonitorService({
    settings: { ...monitorSettingsDefault, servers, trustWorkspace: true },
    folders, encoding: "utf-16", path: process.env["PATH"] ?? "", clock: realClock, askEditor: undefined,
    schedule: (delayMs, action) => {
      const timer = setTimeout(action, delayMs);
      return () => clearTimeout(timer);
    },
    log: (message) => tell({ kind: "log", message }),
  });
  service.serve(port, new Bell(bell.words, bell.index));
  parentPort?.on("message", (message: ToMonitorWorker) => {
    switch (message.kind) {
      case "event":
        return service.apply(message.event);
      case "settle":
        return void settled(service).then((health) => tell({ kind: "settled", health }));
      case "close":
        return void service.close().then(() => {
          tell({ kind: "closed" });
          parentPort?.close();
        });
    }
  });
}

const restartPollMs = 100;

/** Waits until the servers are up and have read what they were told, or are down for good. */
async function settled(service: MonitorService): Promise<ServerHealth> {
  for (;;) {
    await service.settled();
    const servers = service.statistics().flatMap(({ server }) => server ?? []);
    const failed = servers.find(({ state }) => state === "failed" || state === "missing");
    const restarts = servers.reduce((sum, server) => sum + server.restarts, 0);
    if (failed !== undefined) return { restarts, failure: failed.reason ?? failed.state };
    if (servers.every(({ state }) => state !== "waiting" && state !== "starting")) return { restarts, failure: undefined };
    await new Promise((resolve) => setTimeout(resolve, restartPollMs));
  }
}

export function isMonitorWorker(): boolean {
  return typeof workerData === "object" && workerData !== null && "kind" in workerData && workerData.kind === "monitorWorker";
}

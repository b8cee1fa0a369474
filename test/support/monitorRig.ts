// Owns a monitor's service with real processes and real time for tests: documents are opened in it, and questions asked as the
// engine thread would, but awaited. Whatever a test finds, `close` leaves no process.
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { MessageChannel, type MessagePort } from "node:worker_threads";
import { pathToFileURL } from "node:url";
import { realClock } from "../../sidecar/base/clock";
import type { MonitorAnswer, MonitorQuestion } from "../../sidecar/decode/mgd/memberSource";
import type { PostedAnswer, PostedBeside, Told } from "../../sidecar/monitors/memberPort";
import { monitorSettingsDefault, serverFlag, type MonitorSettings } from "../../sidecar/monitors/monitorSettings";
import { MonitorService, type MonitorServiceParts } from "../../sidecar/monitors/monitorService";
import type { MonitorSourceStatistics } from "../../sidecar/protocol/data";
import { utf16 } from "../../sidecar/text/frames";

export interface RigOptions {
  /** As on the command line: `LANGUAGE=COMMAND`. */
  readonly servers?: readonly string[];
  readonly settings?: Partial<MonitorSettings>;
  /** Files of the workspace by their path. */
  readonly files?: Readonly<Record<string, string>>;
  readonly askEditor?: MonitorServiceParts["askEditor"];
  /** What a timer is really set to, where a test waits for an end of patience. */
  readonly hurry?: (delayMs: number) => number;
}

/** The command line of a stub in test/support/languageServers; `mark` finds its processes. */
export function stubServer(name: string, mark: string): string {
  return JSON.stringify([process.execPath, join(process.cwd(), "test/support/languageServers", `${name}.mjs`), mark]);
}

/** The living processes that were started with `mark`; none is found where the system doesn't tell. */
export function processesMarked(mark: string): readonly number[] {
  if (!existsSync("/proc/self/cmdline")) return [];
  return readdirSync("/proc").filter((name) => /^\d+$/.test(name)).map(Number).filter((pid) => pid !== process.pid && isMarked(pid, mark));
}

function isMarked(pid: number, mark: string): boolean {
  try {
    const state = readFileSync(`/proc/${pid}/stat`, "utf8").replace(/^.*\) /, "")[0];
    return state !== "Z" && state !== "X" && readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0").includes(mark);
  } catch {
    return false;
  }
}

type TimedAnswer = MonitorAnswer & { readonly ms: number };

export class MonitorRig {
  readonly folder = mkdtempSync(join(tmpdir(), "palimpsest-monitor-"));
  readonly logged: string[] = [];
  /** What was told beside answers, in the order in which it came. */
  readonly told: Told[] = [];
  readonly service: MonitorService;
  private readonly port: MessagePort;
  private readonly waiting = new Map<number, (answer: MonitorAnswer) => void>();
  private readonly opened = new Set<string>();
  private sequence = 0;
  private version = 0;

  constructor({ servers = [], settings = {}, files = {}, askEditor, hurry = (delayMs) => delayMs }: RigOptions) {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(this.folder, path)), { recursive: true });
      writeFileSync(join(this.folder, path), text);
    }
    const chosen: MonitorSettings["servers"] = Object.assign({}, ...servers.map((flag) => serverFlag(flag) ?? {}));
    this.service = new MonitorService({
      settings: { ...monitorSettingsDefault, servers: chosen, trustWorkspace: true, ...settings },
      folders: [{ uri: pathToFileURL(this.folder).href, name: "workspace" }],
      encoding: "utf-16",
      path: process.env["PATH"] ?? "",
      clock: realClock,
      schedule: (delayMs, action) => {
        const timer = setTimeout(action, hurry(delayMs));
        return () => clearTimeout(timer);
      },
      log: (message) => this.logged.push(message),
      askEditor,
    });
    const { port1, port2 } = new MessageChannel();
    this.port = port1;
    this.service.serve(port2, { ring: () => undefined });
    port1.on("message", (message: PostedAnswer | PostedBeside) => {
      if ("beside" in message) {
        this.told.push(...message.beside);
        return;
      }
      const { sequence, answer } = message;
      this.waiting.get(sequence)?.(answer);
      this.waiting.delete(sequence);
    });
  }

  uri(path: string): string {
    return pathToFileURL(join(this.folder, path)).href;
  }

  /** Opens the document, or gives it another text. */
  open(path: string, text: string, languageId = "typescript"): void {
    this.version += 1;
    const uri = this.uri(path);
    const isOpen = this.opened.has(uri);
    this.opened.add(uri);
    if (isOpen) this.service.apply({ kind: "change", uri, version: this.version, changes: [{ text }], atMs: 0 });
    else this.service.apply({ kind: "open", uri, languageId, version: this.version, text, atMs: 0 });
  }

  shut(path: string): void {
    this.opened.delete(this.uri(path));
    this.service.apply({ kind: "close", uri: this.uri(path) });
  }

  /**
   * The document as marked: `▮` is the cursor, and what stands between it and `▯` is generated.
   * @returns what the monitor hears, and how long it took
   */
  async ask(path: string, marked: string, kind: MonitorQuestion["kind"] = "member", languageId = "typescript"): Promise<TimedAnswer> {
    const [before = "", rest = ""] = marked.split("▮");
    const [continuation = "", after = ""] = rest.includes("▯") ? rest.split("▯") : ["", rest];
    this.open(path, before + after, languageId);
    const question = { uri: this.uri(path), languageId, version: this.version, cursor: utf16(before.length), continuation, kind };
    return this.put(question);
  }

  /** About the document as it was opened last, where nothing is generated. */
  questionAt(path: string, cursor: number, languageId = "typescript"): MonitorQuestion {
    return { uri: this.uri(path), languageId, version: this.version, cursor: utf16(cursor), continuation: "", kind: "member" };
  }

  /** Asks about a document as it was opened last. */
  async put(question: MonitorQuestion): Promise<TimedAnswer> {
    const startedMs = performance.now();
    this.sequence += 1;
    const { sequence } = this;
    const answer = await new Promise<MonitorAnswer>((resolve) => {
      this.waiting.set(sequence, resolve);
      this.port.postMessage({ sequence, question });
    });
    return { ...answer, ms: performance.now() - startedMs };
  }

  statisticsOf(name: string): MonitorSourceStatistics | undefined {
    return this.service.statistics().find((source) => source.name === name);
  }

  async close(): Promise<void> {
    this.port.close();
    await this.service.close();
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** The names of an answer in order, or what it is instead. */
export function shown(answer: MonitorAnswer): string {
  switch (answer.kind) {
    case "names":
      return [...answer.names].sort().join(" ");
    case "signature":
      return `${answer.parametersMin} to ${answer.parametersMax ?? "any number"}`;
    case "open":
      return `open: ${answer.reason}`;
  }
}

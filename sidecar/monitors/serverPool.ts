// Owns which language server of ours serves which language, and that each starts with the first document that it serves.
// Knows no question's meaning.
import { fileURLToPath } from "node:url";
import type { Clock } from "../base/clock";
import { limits } from "../base/limits";
import type { MonitorServerState, MonitorSourceStatistics } from "../protocol/data";
import type { PositionEncoding, SessionEvent } from "../session/events";
import { DocumentMirror } from "./documentMirror";
import { LanguageServer, type WorkspaceFolder } from "./languageServer";
import type { ServerChoice } from "./monitorSettings";
import { OrphanWatch } from "./orphanWatch";
import type { Schedule } from "./serverConversation";
import { findProgram } from "./serverProgram";
import { ServerQuestions } from "./serverQuestions";
import { Waits } from "./waits";

export interface ServerPoolParts {
  /** By language id. */
  readonly servers: Readonly<Record<string, ServerChoice>>;
  readonly folders: readonly WorkspaceFolder[];
  readonly trustWorkspace: boolean;
  /** Where programs are looked for, as in the environment. */
  readonly path: string;
  readonly encoding: PositionEncoding;
  readonly clock: Clock;
  readonly schedule: Schedule;
  readonly log: (message: string) => void;
}

export interface PooledServer {
  readonly server: LanguageServer;
  readonly questions: ServerQuestions;
  readonly languages: Set<string>;
  readonly waits: Waits;
}

/** What is on no disk and in no editor's buffer is nothing that a server could understand. */
const servedSchemes = /^(?:file|untitled):/;

export class ServerPool {
  private readonly byLanguage = new Map<string, PooledServer>();
  private readonly missing = new Map<string, MonitorSourceStatistics>();
  private readonly orphans = new OrphanWatch();
  private readonly mirror: DocumentMirror;
  /** Processes that were sent to rest, until none of them is left. */
  private leaving: Promise<unknown> = Promise.resolve();

  constructor(private readonly parts: ServerPoolParts) {
    this.mirror = new DocumentMirror(parts.encoding, (languageId) => this.byLanguage.has(languageId));
    const byKey = new Map<string, PooledServer>();
    const folders = parts.folders.flatMap(({ uri }) => pathOf(uri) ?? []);
    for (const [languageId, choice] of Object.entries(parts.servers)) {
      const found = findProgram(choice, { folders, trustWorkspace: parts.trustWorkspace, path: parts.path });
      if (found.kind === "missing") {
        this.lacks(languageId, choice, found.reason);
        continue;
      }
      const known = byKey.get(found.program.key);
      if (known === undefined && limits.monitorServersMax <= byKey.size) {
        this.lacks(languageId, choice, `more than ${limits.monitorServersMax} servers are not run at the same time`);
        continue;
      }
      const pooled = known ?? this.pooled(found.program);
      pooled.languages.add(languageId);
      byKey.set(found.program.key, pooled);
      this.byLanguage.set(languageId, pooled);
    }
  }

  apply(event: SessionEvent): void {
    const before = this.mirror.get(event.uri);
    this.mirror.apply(servedSchemes.test(event.uri) || event.kind !== "open" ? event : { kind: "close", uri: event.uri });
    const document = this.mirror.get(event.uri);
    if (before !== undefined && document === undefined) this.byLanguage.get(before.languageId)?.questions.closed(event.uri);
    const pooled = document === undefined ? undefined : this.byLanguage.get(document.languageId);
    if (pooled === undefined || event.kind !== "open") return;
    if (pooled.server.state.kind === "stopped") pooled.server.start();
    else if (pooled.server.ready() !== undefined) void pooled.questions.warmUp(event.uri);
  }

  /** The server of a document that it knows; undefined where there is none. */
  serverOf(uri: string): PooledServer | undefined {
    const document = this.mirror.get(uri);
    return document === undefined ? undefined : this.byLanguage.get(document.languageId);
  }

  statistics(): readonly MonitorSourceStatistics[] {
    const pooled = [...new Set(this.byLanguage.values())].map(({ server, languages, waits }) => ({
      name: server.name,
      languages: [...languages],
      server: { ...shownState(server), restarts: server.restarts },
      ...waits.figures(),
    }));
    return [...pooled, ...this.missing.values()];
  }

  /** Every server that has been started is greeted, or down, and has read what is open. */
  get isSettled(): boolean {
    return [...this.byLanguage.values()].every(({ server, questions }) => server.state.kind !== "starting" && questions.isQuiet);
  }

  /** Ends the processes until `wake`, since nobody will ask them anything; the texts stay. What has failed for good stays so. */
  rest(): void {
    const running = this.servers().filter(({ state }) => state.kind !== "failed");
    this.leaving = Promise.all([this.leaving, ...running.map((server) => server.stop())]);
  }

  /** Starts the servers of the open documents that don't run. */
  wake(): void {
    for (const { languageId } of this.mirror.all()) this.byLanguage.get(languageId)?.server.start();
  }

  /** Settles when no process is left. */
  async close(): Promise<void> {
    await Promise.all([this.leaving, ...this.servers().map((server) => server.stop())]);
    this.orphans.close();
  }

  private servers(): readonly LanguageServer[] {
    return [...new Set([...this.byLanguage.values()].map(({ server }) => server))];
  }

  private pooled(program: LanguageServer["program"]): PooledServer {
    const languages = new Set<string>();
    const { folders, clock, schedule, log } = this.parts;
    const onReady = (): void => {
      for (const document of this.mirror.all()) if (languages.has(document.languageId)) void questions.warmUp(document.uri);
    };
    const server = new LanguageServer({ program, folders, clock, schedule, orphans: this.orphans, log, onReady });
    const questions = new ServerQuestions(server, this.mirror, (languageId) => languages.has(languageId), clock);
    return { server, questions, languages, waits: new Waits() };
  }

  private lacks(languageId: string, choice: ServerChoice, reason: string): void {
    const name = choice.kind === "ready" ? choice.name : (choice.words[0] ?? "");
    this.parts.log(`No language server for ${languageId}: ${reason}.`);
    this.missing.set(languageId, { name, languages: [languageId], server: { state: "missing", reason, restarts: 0 }, ...new Waits().figures() });
  }
}

function shownState(server: LanguageServer): { readonly state: MonitorServerState; readonly reason?: string } {
  const { state } = server;
  return state.kind === "waiting" || state.kind === "failed" ? { state: state.kind, reason: state.reason } : { state: state.kind };
}

function pathOf(uri: string): string | undefined {
  try {
    return fileURLToPath(uri);
  } catch {
    return undefined;
  }
}

// Owns the composition of all that can answer a monitor's question, for one client: its settings, its servers, its editor.
// Lives on a thread with an event loop; the engine thread has a MemberPort. Decides nothing else.
import type { MessagePort } from "node:worker_threads";
import type { Clock } from "../base/clock";
import type { MonitorSourceStatistics } from "../protocol/data";
import type { PositionEncoding, SessionEvent } from "../session/events";
import type { Bell } from "./bell";
import { EditorMembers, type EditorMembersParts } from "./editorMembers";
import type { WorkspaceFolder } from "./languageServer";
import { MemberDesk } from "./memberDesk";
import { readMonitorSettings, type MonitorSettings } from "./monitorSettings";
import type { Schedule } from "./serverConversation";
import { ServerPool } from "./serverPool";

export interface MonitorServiceParts {
  readonly settings: MonitorSettings;
  readonly folders: readonly WorkspaceFolder[];
  readonly encoding: PositionEncoding;
  /** Where programs are looked for, as in the environment. */
  readonly path: string;
  readonly clock: Clock;
  readonly schedule: Schedule;
  readonly log: (message: string) => void;
  /** Undefined where the client answers no such question. */
  readonly askEditor: EditorMembersParts["request"] | undefined;
}

const settledCheckMs = 10;

export class MonitorService {
  private pool: ServerPool;
  /** Pools of earlier settings, until none of their processes is left. */
  private leaving: Promise<unknown> = Promise.resolve();
  private readonly desk: MemberDesk;
  private current: MonitorSettings;
  private isResting = false;

  constructor(private readonly parts: MonitorServiceParts) {
    const { clock, schedule, log, askEditor } = parts;
    this.current = parts.settings;
    this.pool = this.openPool();
    const editor = askEditor === undefined ? undefined : new EditorMembers({ request: askEditor, schedule });
    this.desk = new MemberDesk({ pool: () => this.pool, editor, clock, settings: () => this.current, trouble: log });
  }

  get settings(): MonitorSettings {
    return this.current;
  }

  /** No language is left to be watched: then no server is started for any. */
  get isOff(): boolean {
    return !this.current.enabled && this.current.exceptLanguages.length === 0;
  }

  /** Stands for who is asked, and in which languages; not for how long, which only says whether an answer comes in time. */
  get sourcesInUse(): string {
    const { enabled, exceptLanguages, servers, trustWorkspace } = this.current;
    return this.isOff ? "" : JSON.stringify({ enabled, exceptLanguages, servers, trustWorkspace });
  }

  /**
   * Takes the `monitor` of a client's settings.
   * @returns what was wrong with it, and whether there are other servers from here on, which need the texts of all documents
   */
  configure(value: unknown): { readonly faults: readonly string[]; readonly needsTexts: boolean } {
    const { settings, faults } = readMonitorSettings(value, this.current);
    const before = this.serversWanted();
    this.current = settings;
    const needsTexts = JSON.stringify(before) !== JSON.stringify(this.serversWanted());
    if (needsTexts) {
      this.leaving = Promise.all([this.leaving, this.pool.close()]);
      this.pool = this.openPool();
    }
    return { faults, needsTexts };
  }

  /** The model is unloaded: no server keeps its memory for questions that don't come. */
  rest(): void {
    if (this.isResting) return;
    this.isResting = true;
    this.pool.rest();
  }

  /** The model comes back. */
  wake(): void {
    if (!this.isResting) return;
    this.isResting = false;
    this.pool.wake();
  }

  /** Every fact about documents, in order. */
  apply(event: SessionEvent): void {
    this.desk.apply(event);
  }

  /** One for each MemberPort. */
  serve(port: MessagePort, bell: Pick<Bell, "ring">): void {
    this.desk.serve(port, bell);
  }

  statistics(): readonly MonitorSourceStatistics[] {
    return this.desk.statistics();
  }

  /** Settles when the servers of the open documents have read them, or are down. */
  async settled(): Promise<void> {
    while (!this.pool.isSettled) await new Promise<void>((resolve) => void this.parts.schedule(settledCheckMs, resolve));
  }

  /** Settles when no process is left. */
  async close(): Promise<void> {
    await Promise.all([this.leaving, this.pool.close()]);
  }

  private openPool(): ServerPool {
    const { folders, encoding, path, clock, schedule, log } = this.parts;
    return new ServerPool({ ...this.serversWanted(), folders, path, encoding, clock, schedule, log });
  }

  private serversWanted(): Pick<MonitorSettings, "servers" | "trustWorkspace"> {
    const { servers, trustWorkspace } = this.current;
    return { servers: this.isOff ? {} : servers, trustWorkspace };
  }
}

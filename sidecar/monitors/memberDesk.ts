// Owns where each question of the engine thread goes: to a language server of ours, else to the editor, else nowhere.
// Answers every question, and rings. Knows neither what a completion is nor how a server speaks.
import type { MessagePort } from "node:worker_threads";
import type { Clock } from "../base/clock";
import type { MonitorAnswer, MonitorQuestion } from "../decode/mgd/memberSource";
import type { MonitorSourceStatistics } from "../protocol/data";
import type { SessionEvent } from "../session/events";
import type { Bell } from "./bell";
import type { EditorMembers } from "./editorMembers";
import type { PostedAnswer, PostedBeside, PostedQuestion, Told } from "./memberPort";
import { isMonitoredLanguage, type MonitorSettings } from "./monitorSettings";
import type { PooledServer, ServerPool } from "./serverPool";
import { Waits } from "./waits";

export interface MemberDeskParts {
  readonly pool: () => ServerPool;
  /** Undefined where the client answers no such question. */
  readonly editor: EditorMembers | undefined;
  readonly clock: Clock;
  readonly settings: () => MonitorSettings;
  /** A bug of ours, told so that it can be mended. */
  readonly trouble: (message: string) => void;
}

export class MemberDesk {
  private readonly editorWaits = new Waits();
  /** What nobody could be asked. */
  private readonly unasked = new Waits();

  constructor(private readonly parts: MemberDeskParts) {}

  /** Answers what comes through `port`, whose other end is a MemberPort's, and rings behind each answer. */
  serve(port: MessagePort, bell: Pick<Bell, "ring">): void {
    port.on("message", ({ sequence, question }: PostedQuestion) => {
      const answered = (answer: MonitorAnswer): void => {
        port.postMessage({ sequence, answer } satisfies PostedAnswer);
        // After the answer, so that a thread that wakes finds it.
        bell.ring();
      };
      const tell = (beside: readonly Told[]): void => port.postMessage({ beside } satisfies PostedBeside);
      this.answer(question, tell).then(answered, (error: unknown) => {
        this.parts.trouble(`monitor: ${error instanceof Error ? error.message : String(error)}`);
        answered({ kind: "open", reason: "an error of the sidecar" });
      });
    });
    // Questions keep nothing alive.
    port.unref();
  }

  apply(event: SessionEvent): void {
    this.parts.pool().apply(event);
  }

  statistics(): readonly MonitorSourceStatistics[] {
    const editor = this.parts.editor === undefined ? [] : [{ name: "editor", languages: [], server: undefined, ...this.editorWaits.figures() }];
    const unasked = this.unasked.figures();
    return [...editor, ...this.parts.pool().statistics(), ...(unasked.asked === 0 ? [] : [{ name: "nobody", languages: [], server: undefined, ...unasked }])];
  }

  private async answer(question: MonitorQuestion, tell: (beside: readonly Told[]) => void): Promise<MonitorAnswer> {
    const settings = this.parts.settings();
    if (!isMonitoredLanguage(settings, question.languageId)) return { kind: "open", reason: `switched off for ${question.languageId}` };
    const own = this.parts.pool().serverOf(question.uri);
    const { editor } = this.parts;
    if (own !== undefined && (own.server.ready() !== undefined || editor === undefined || !editor.canAnswer(question))) {
      return this.timed(own.waits, settings.budgetMs, () => askServer(own, question, tell));
    }
    if (editor?.canAnswer(question) === true) return this.timed(this.editorWaits, settings.budgetMs, () => editor.ask(question));
    const reason = editor === undefined ? "no language server serves the document" : "the editor sees no text that isn't written";
    return this.timed(this.unasked, settings.budgetMs, () => Promise.resolve({ kind: "open", reason }));
  }

  private async timed(waits: Waits, budgetMs: number, ask: () => Promise<MonitorAnswer>): Promise<MonitorAnswer> {
    const startedMs = this.parts.clock.nowMs();
    waits.ask();
    const answer = await ask();
    waits.answered(answer, this.parts.clock.nowMs() - startedMs, budgetMs);
    return answer;
  }
}

function askServer({ server, questions }: PooledServer, question: MonitorQuestion, tell: (beside: readonly Told[]) => void): Promise<MonitorAnswer> {
  const { state } = server;
  if (state.kind === "ready") return questions.ask(question, tell);
  const why = state.kind === "waiting" || state.kind === "failed" ? state.reason : state.kind === "starting" ? "is starting" : "does not run";
  return Promise.resolve({ kind: "open", reason: `${server.name} ${why}` });
}

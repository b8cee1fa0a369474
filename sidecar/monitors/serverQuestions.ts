// Owns what is asked of one language server, one question after the other: a shadow of the document, the list of completions
// or the signatures at its place, and whether any other name would do there as well. What can be asked about a text that the
// server has read already is asked about that. Knows no process.
import type { Clock } from "../base/clock";
import { limits } from "../base/limits";
import type { MonitorAnswer, MonitorQuestion } from "../decode/mgd/memberSource";
import { utf16 } from "../text/frames";
import { Lines } from "../text/lines";
import { namesIn } from "./completionNames";
import type { DocumentMirror } from "./documentMirror";
import type { LanguageServer, ServerRun } from "./languageServer";
import type { Told } from "./memberPort";
import { besideKey } from "./questionKey";
import { NoAnswer } from "./serverConversation";
import { shadowOf, type Shadow } from "./shadowText";
import { signatureIn } from "./signatureCounts";

/** A task for the server; an urgent one goes before those that are not. */
interface Task {
  readonly isUrgent: boolean;
  readonly run: () => Promise<void>;
}

/** What the server was shown for a question. */
interface ShownShadow {
  readonly run: ServerRun;
  readonly question: MonitorQuestion;
  readonly shadow: Shadow;
}

export class ServerQuestions {
  private readonly waiting: Task[] = [];
  private runningSinceMs: number | undefined;
  /** Undefined where the server sees no shadow, or an older one. */
  private shown: ShownShadow | undefined;

  constructor(
    private readonly server: LanguageServer,
    private readonly mirror: DocumentMirror,
    /** Whether a language's documents are this server's. */
    private readonly serves: (languageId: string) => boolean,
    private readonly clock: Clock,
  ) {}

  /** Never rejects. What is asked about beside is told behind the answer, as far as nothing else is asked meanwhile. */
  ask(question: MonitorQuestion, tell: (told: readonly Told[]) => void): Promise<MonitorAnswer> {
    const { runningSinceMs } = this;
    const busyMs = runningSinceMs === undefined ? 0 : this.clock.nowMs() - runningSinceMs;
    if (limits.monitorBusyMs < busyMs) return Promise.resolve(open(`${this.server.name} has not answered for ${Math.round(busyMs)} ms`));
    if (limits.monitorQuestionsMax <= this.waiting.length) return Promise.resolve(open(`too many questions wait for ${this.server.name}`));
    // A wrong name costs more than a wrong number of arguments.
    return new Promise((resolve) => this.enqueue(question.kind === "member", async () => {
      resolve(await this.answerTo(question));
      const told = question.beside === undefined ? [] : await this.toldBeside(question);
      if (0 < told.length) tell(told);
    }));
  }

  /** Lets the server read a document and what it imports, so that the first question finds it read. */
  warmUp(uri: string): Promise<void> {
    return new Promise((resolve) => this.enqueue(false, async () => {
      const run = this.server.ready();
      const held = this.mirror.get(uri);
      if (run !== undefined && held !== undefined) {
        this.shown = undefined;
        run.documents.show(held);
        await run.conversation.request("textDocument/completion", at(uri, held.lines, held.text.length), limits.monitorStartMs).catch(forgive);
      }
      resolve();
    }));
  }

  closed(uri: string): void {
    if (this.shown?.question.uri === uri) this.shown = undefined;
    this.server.ready()?.documents.close(uri);
  }

  /** Nothing is asked, and nothing waits. */
  get isQuiet(): boolean {
    return this.runningSinceMs === undefined;
  }

  private enqueue(isUrgent: boolean, run: () => Promise<void>): void {
    const patient = isUrgent ? this.waiting.findIndex((task) => !task.isUrgent) : -1;
    this.waiting.splice(patient === -1 ? this.waiting.length : patient, 0, { isUrgent, run });
    if (this.runningSinceMs === undefined) void this.work();
  }

  private async work(): Promise<void> {
    for (let task = this.waiting.shift(); task !== undefined; task = this.waiting.shift()) {
      this.runningSinceMs = this.clock.nowMs();
      await task.run();
    }
    this.runningSinceMs = undefined;
  }

  private async answerTo(question: MonitorQuestion): Promise<MonitorAnswer> {
    const run = this.server.ready();
    const text = this.mirror.textAt(question.uri, question.version);
    if (run === undefined) return open(`${this.server.name} does not run`);
    if (text === undefined || text.length < question.cursor) return open("the text has changed");
    try {
      return await (question.kind === "signature" ? this.signature(run, question, text) : this.names(run, question, text));
    } catch (error) {
      if (error instanceof NoAnswer) return open(`${this.server.name} ${error.message}`);
      throw error;
    }
  }

  private show(run: ServerRun, question: MonitorQuestion, shadow: Shadow): void {
    const { uri, languageId } = question;
    // The others as the user sees them: a shadow that an earlier question left must not be taken for code.
    for (const other of this.mirror.all()) if (other.uri !== uri && this.serves(other.languageId)) run.documents.show(other);
    run.documents.show({ uri, languageId, text: shadow.text });
    this.shown = { run, question, shadow };
  }

  /** Where what the server sees holds the call already, it reads nothing anew. */
  private async signature(run: ServerRun, question: MonitorQuestion, text: string): Promise<MonitorAnswer> {
    const { uri, cursor, continuation } = question;
    if (this.shown === undefined || !holdsCall(this.shown, run, question)) this.show(run, question, shadowOf(text, question, () => false));
    const place = at(uri, Lines.of(this.shown?.shadow.text ?? ""), cursor + continuation.length);
    return signatureIn(await run.conversation.request("textDocument/signatureHelp", place, limits.monitorHangMs));
  }

  private async names(run: ServerRun, question: MonitorQuestion, text: string): Promise<MonitorAnswer> {
    const { uri } = question;
    const { manner } = this.server.program;
    const shadow = shadowOf(text, question, (before) => manner.mayStandIn && manner.standsAlone?.test(before) !== true);
    this.show(run, question, shadow);
    const place = at(uri, Lines.of(shadow.text), shadow.place);
    const askForList = (): Promise<unknown> =>
      run.conversation.request("textDocument/completion", { ...place, context: { triggerKind: 1 } }, limits.monitorHangMs);
    const list = askForList();
    const isOpen = shadow.hasStandIn ? this.takesAnyName(run, place) : Promise.resolve(false);
    let listed = await list;
    if (shadow.hasStandIn && hasKeywords(listed)) {
      // In unfinished code a stand-in can keep the dereference from being read as one: all that is in scope is no list of members.
      this.show(run, question, shadowOf(text, question, () => false));
      listed = await askForList();
    }
    const answer = namesIn(listed, { quoted: shadow.quoted, incompleteIsWhole: manner.incompleteIsWhole });
    return (await isOpen) && answer.kind === "names" ? open("the receiver takes any name") : answer;
  }

  /** What the server says of the stand-in at a place holds for every name. */
  private async takesAnyName(run: ServerRun, place: object): Promise<boolean> {
    const { manner } = this.server.program;
    const ask = (method: string): Promise<unknown> => run.conversation.request(method, place, limits.monitorHangMs).catch(forgive);
    const hover = manner.unknownName === undefined ? Promise.resolve(undefined) : ask("textDocument/hover");
    const definition = manner.definesIndexes ? ask("textDocument/definition") : Promise.resolve(undefined);
    const says = hoverText(await hover);
    return (says !== undefined && manner.unknownName?.test(says) === false) || isSomewhere(await definition);
  }

  /** Of the operands beside a question, those whose members the server lists, until somebody asks for other names. */
  private async toldBeside(question: MonitorQuestion): Promise<readonly Told[]> {
    const { shown } = this;
    const told: Told[] = [];
    if (shown?.question !== question) return told;
    const lines = Lines.of(shown.shadow.text);
    for (const { operand, place } of shown.shadow.besides) {
      if (this.waiting[0]?.isUrgent === true || this.shown !== shown || this.server.ready() !== shown.run) break;
      this.runningSinceMs = this.clock.nowMs();
      const answer = await this.membersAt(shown.run, at(question.uri, lines, place)).catch(forgive);
      if (answer?.kind === "names") told.push({ key: besideKey(question, operand), answer });
    }
    return told;
  }

  private async membersAt(run: ServerRun, place: object): Promise<MonitorAnswer> {
    const isOpen = this.takesAnyName(run, place);
    const listed = await run.conversation.request("textDocument/completion", { ...place, context: { triggerKind: 1 } }, limits.monitorHangMs);
    const { incompleteIsWhole } = this.server.program.manner;
    if ((await isOpen) || hasKeywords(listed)) return open("it is no dereference, or one that takes any name");
    return namesIn(listed, { quoted: false, incompleteIsWhole });
  }
}

/** Whether a shadow that the server sees holds the call of a question about its signature. */
function holdsCall({ run, question: shown, shadow }: ShownShadow, asked: ServerRun, { uri, version, cursor, continuation }: MonitorQuestion): boolean {
  return run === asked && shown.uri === uri && shown.version === version && shown.cursor === cursor &&
    shown.continuation.startsWith(continuation) && cursor + continuation.length <= shadow.place;
}

/** Whether LSP's list has words of the language, as a list of members has none. */
function hasKeywords(list: unknown): boolean {
  const items: unknown = typeof list === "object" && list !== null && "items" in list ? list.items : list;
  return Array.isArray(items) && items.some((item: unknown) => typeof item === "object" && item !== null && "kind" in item && item.kind === keywordKind);
}
const keywordKind = 14;

/** A server that doesn't know a question knows the answer to the others; one that is gone says so there too. */
function forgive(error: unknown): undefined {
  if (!(error instanceof NoAnswer)) throw error;
  return undefined;
}

function at(uri: string, lines: Lines, offset: number): { readonly textDocument: { readonly uri: string }; readonly position: object } {
  return { textDocument: { uri }, position: lines.placeAt(utf16(offset), "utf-16") };
}

function hoverText(hover: unknown): string | undefined {
  const contents = typeof hover === "object" && hover !== null && "contents" in hover ? hover.contents : undefined;
  const value = typeof contents === "object" && contents !== null && "value" in contents ? contents.value : contents;
  return typeof value === "string" ? value.trim() : undefined;
}

function isSomewhere(definition: unknown): boolean {
  return Array.isArray(definition) ? definition.length > 0 : typeof definition === "object" && definition !== null;
}

function open(reason: string): MonitorAnswer {
  return { kind: "open", reason };
}

// Owns what is asked of one language server, one question after the other: a shadow of the document, the list of completions
// or the signatures at its place, and whether any other name would do there as well. Knows no process.
import type { Clock } from "../base/clock";
import { limits } from "../base/limits";
import type { MonitorAnswer, MonitorQuestion } from "../decode/mgd/memberSource";
import { utf16 } from "../text/frames";
import { Lines } from "../text/lines";
import { namesIn } from "./completionNames";
import type { DocumentMirror } from "./documentMirror";
import type { LanguageServer, ServerRun } from "./languageServer";
import { NoAnswer } from "./serverConversation";
import { shadowOf, type Shadow } from "./shadowText";
import { signatureIn } from "./signatureCounts";

export class ServerQuestions {
  private readonly waiting: (() => Promise<void>)[] = [];
  private runningSinceMs: number | undefined;

  constructor(
    private readonly server: LanguageServer,
    private readonly mirror: DocumentMirror,
    /** Whether a language's documents are this server's. */
    private readonly serves: (languageId: string) => boolean,
    private readonly clock: Clock,
  ) {}

  /** Never rejects. */
  ask(question: MonitorQuestion): Promise<MonitorAnswer> {
    const { runningSinceMs } = this;
    const busyMs = runningSinceMs === undefined ? 0 : this.clock.nowMs() - runningSinceMs;
    if (limits.monitorBusyMs < busyMs) return Promise.resolve(open(`${this.server.name} has not answered for ${Math.round(busyMs)} ms`));
    if (limits.monitorQuestionsMax <= this.waiting.length) return Promise.resolve(open(`too many questions wait for ${this.server.name}`));
    return new Promise((resolve) => this.enqueue(async () => resolve(await this.answerTo(question))));
  }

  /** Lets the server read a document and what it imports, so that the first question finds it read. */
  warmUp(uri: string): Promise<void> {
    return new Promise((resolve) => this.enqueue(async () => {
      const run = this.server.ready();
      const held = this.mirror.get(uri);
      if (run !== undefined && held !== undefined) {
        run.documents.show(held);
        await run.conversation.request("textDocument/completion", at(uri, held.lines, held.text.length), limits.monitorStartMs).catch(forgive);
      }
      resolve();
    }));
  }

  closed(uri: string): void {
    this.server.ready()?.documents.close(uri);
  }

  /** Nothing is asked, and nothing waits. */
  get isQuiet(): boolean {
    return this.runningSinceMs === undefined;
  }

  private enqueue(task: () => Promise<void>): void {
    this.waiting.push(task);
    if (this.runningSinceMs === undefined) void this.work();
  }

  private async work(): Promise<void> {
    for (let task = this.waiting.shift(); task !== undefined; task = this.waiting.shift()) {
      this.runningSinceMs = this.clock.nowMs();
      await task();
    }
    this.runningSinceMs = undefined;
  }

  private async answerTo(question: MonitorQuestion): Promise<MonitorAnswer> {
    const run = this.server.ready();
    const text = this.mirror.textAt(question.uri, question.version);
    if (run === undefined) return open(`${this.server.name} does not run`);
    if (text === undefined || text.length < question.cursor) return open("the text has changed");
    const { manner } = this.server.program;
    const shadow = shadowOf(text, question, (before) => manner.mayStandIn && manner.standsAlone?.test(before) !== true);
    // The others as the user sees them: a shadow that an earlier question left must not be taken for code.
    for (const other of this.mirror.all()) if (other.uri !== question.uri && this.serves(other.languageId)) run.documents.show(other);
    run.documents.show({ uri: question.uri, languageId: question.languageId, text: shadow.text });
    try {
      return await (question.kind === "signature" ? this.signature(run, question.uri, shadow) : this.names(run, question, text, shadow));
    } catch (error) {
      if (error instanceof NoAnswer) return open(`${this.server.name} ${error.message}`);
      throw error;
    }
  }

  private async signature(run: ServerRun, uri: string, shadow: Shadow): Promise<MonitorAnswer> {
    return signatureIn(await run.conversation.request("textDocument/signatureHelp", at(uri, Lines.of(shadow.text), shadow.place), limits.monitorHangMs));
  }

  private async names(run: ServerRun, question: MonitorQuestion, text: string, shadow: Shadow): Promise<MonitorAnswer> {
    const { uri, languageId } = question;
    const place = at(uri, Lines.of(shadow.text), shadow.place);
    const { manner } = this.server.program;
    const ask = (method: string, params: object = place): Promise<unknown> => run.conversation.request(method, params, limits.monitorHangMs);
    const none = Promise.resolve(undefined);
    const askForList = (): Promise<unknown> => ask("textDocument/completion", { ...place, context: { triggerKind: 1 } });
    const list = askForList();
    const hover = shadow.hasStandIn && manner.unknownName !== undefined ? ask("textDocument/hover").catch(forgive) : none;
    const definition = shadow.hasStandIn && manner.definesIndexes ? ask("textDocument/definition").catch(forgive) : none;
    let listed = await list;
    if (shadow.hasStandIn && hasKeywords(listed)) {
      // In unfinished code a stand-in can keep the dereference from being read as one: all that is in scope is no list of members.
      run.documents.show({ uri, languageId, text: shadowOf(text, question, () => false).text });
      listed = await askForList();
    }
    const answer = namesIn(listed, { quoted: shadow.quoted, incompleteIsWhole: manner.incompleteIsWhole });
    const says = hoverText(await hover);
    const isOpen = (says !== undefined && manner.unknownName?.test(says) === false) || isSomewhere(await definition);
    return isOpen && answer.kind === "names" ? open("the receiver takes any name") : answer;
  }
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

// Owns what a message means: checked parameters become events and questions, replies become results.
// Knows neither JSON-RPC (connection.ts does) nor threads (engineThread.ts does), and holds no document's text.
import type { Clock } from "../base/clock";
import { limits } from "../base/limits";
import type { LedgerView, ModelStatus, OutcomeKind, Statistics } from "../protocol/data";
import { type ActivityParams, type DropCacheResult, type OutcomeParams, type ResyncParams, structureKinds } from "../protocol/messages";
import {
  documentNamedIn, mustBeChangeParams, mustBeCloseParams, mustBeCursorParams, mustBeDropCacheParams, mustBeInlineCompletionParams,
  mustBeLedgerParams, mustBeOpenParams, mustBeStructureParams, ParamsError,
} from "../protocol/validate";
import type { SessionEvent, SessionNotice, SessionQuestions, SessionReply } from "../session/events";
import type { Awaited } from "./awaited";
import { CompletionRequests } from "./completionRequests";
import type { QuestionKind, QuestionOf } from "./engineMessages";
import type { EngineHostListener } from "./engineHost";
import type { RunningCompletion } from "./engineThread";
import { LostTexts } from "./lostTexts";
import { followingText, type OpenDocument, OpenDocuments, supersede } from "./openDocuments";
import { emptyStatistics } from "./modelStatus";
import { RequestError } from "./requestError";
import { spansOf } from "./structureSpans";

/** What goes to the client unasked. */
export interface Outward {
  modelStatus(status: ModelStatus): void;
  outcome(params: OutcomeParams): void;
  activity(params: ActivityParams): void;
  resync(params: ResyncParams): void;
  log(message: string): void;
  /** Something that the user should know of. */
  showMessage(message: string): void;
}

/** The engine thread, as far as dispatch goes. */
export interface EngineSide {
  readonly status: ModelStatus;
  post(event: SessionEvent): number;
  ask<Kind extends QuestionKind>(question: QuestionOf<Kind>): Promise<SessionReply<SessionQuestions[Kind]["answer"]>>;
  complete(ask: SessionQuestions["complete"]["ask"], version: number): RunningCompletion;
  /** Who is asked for legal names; absent where nobody is. */
  monitorFigures?(): Pick<Statistics, "monitorSources">;
}

/** How a request hears that the client no longer wants it. */
export interface Cancellation {
  readonly isCancelled: boolean;
  onCancel(listener: () => void): void;
}

/** LSP's InlineCompletionList, as far as it is used. */
export interface InlineCompletions {
  readonly items: readonly { readonly insertText: string; readonly range: { readonly start: WirePlace; readonly end: WirePlace } }[];
}
type WirePlace = { readonly line: number; readonly character: number };

export class Dispatch implements EngineHostListener {
  private readonly documents = new OpenDocuments();
  private readonly lostTexts: LostTexts;
  private readonly completions: CompletionRequests;
  /** One count for each request that was answered, whether or not it reached the engine. */
  private readonly outcomes: Partial<Record<OutcomeKind, number>> = {};
  private whyExcluded: (uri: string) => string | undefined = () => undefined;

  constructor(
    private readonly engine: () => EngineSide,
    private readonly outward: Outward,
    private readonly clock: Clock,
    private readonly policy: string,
    awaitedTexts?: Awaited,
  ) {
    this.lostTexts = new LostTexts(engine, outward, clock);
    this.completions = new CompletionRequests(this.documents, this.lostTexts, engine, (uri) => this.whyExcluded(uri), awaitedTexts);
  }

  /** @param whyExcluded why a document must not be read, as a sentence; undefined where it may */
  exclude(whyExcluded: (uri: string) => string | undefined): void {
    this.whyExcluded = whyExcluded;
    for (const document of this.documents.all()) {
      const isExcluded = whyExcluded(document.uri) !== undefined;
      if (document.following === "excluded" && !isExcluded) this.lostTexts.lose(document, "it is no longer excluded");
      if (document.following === "excluded" || !isExcluded) continue;
      supersede(document);
      this.completions.lookAgain(document.uri);
      document.following = "excluded";
      this.engine().post({ kind: "close", uri: document.uri });
    }
  }

  settingFault(message: string): void {
    this.outward.showMessage(message);
  }

  refused(message: string): void {
    this.outward.showMessage(`${message} ${this.engine().status.name} stays in use.`);
  }

  textsLost(reason: string): void {
    for (const document of this.documents.all()) if (document.following === "following") this.lostTexts.lose(document, reason);
  }

  /** Takes a notification; says in the log what is wrong with it, and brings the document it speaks of back in step. */
  notify(take: () => void, method: string, params: unknown): void {
    try {
      take();
    } catch (error) {
      if (!(error instanceof ParamsError)) throw error;
      this.outward.log(`${method}: ${error.message}`);
      const document = method === "textDocument/didChange" ? this.documents.get(documentNamedIn(params) ?? "") : undefined;
      if (document !== undefined) this.lostTexts.lose(document, `a change that can't be read (${error.message})`);
    }
  }

  didOpen(params: unknown): void {
    const { uri, languageId, version, text } = mustBeOpenParams(params).textDocument;
    if (this.documents.get(uri) !== undefined) this.outward.log(`textDocument/didOpen: ${uri} is open already; it is taken as it is now.`);
    const document = this.documents.open(uri, languageId, version);
    if (document === undefined) this.outward.log(`textDocument/didOpen: ${uri} is ignored, because ${limits.openDocumentsMax} documents are open.`);
    else this.follow(document, text);
  }

  didChange(params: unknown): void {
    const { textDocument, contentChanges } = mustBeChangeParams(params, limits.contentChangesMax);
    const document = this.documents.get(textDocument.uri);
    if (document === undefined) return this.outward.log(`textDocument/didChange: ${textDocument.uri} is not open.`);
    const only = contentChanges.length === 1 ? contentChanges[0] : undefined;
    if (textDocument.version <= document.version) {
      return this.lostTexts.lose(document, `version ${textDocument.version} after version ${document.version}`);
    }
    document.version = textDocument.version;
    // What was asked of the text before is answered: it is another now.
    this.completions.lookAgain(document.uri);
    // The whole text needs no step to be in.
    if (only !== undefined && !("range" in only) && (document.following !== "following" || only.text.length > limits.documentUtf16Max)) {
      supersede(document);
      return this.follow(document, only.text);
    }
    if (document.following === "outOfStep") return this.lostTexts.askFor(document);
    if (document.following !== "following") return;
    this.engine().post({ kind: "change", uri: document.uri, version: document.version, changes: contentChanges, atMs: this.clock.nowMs() });
    // After the change, so that the engine thread finds it.
    document.completion?.edited();
    document.completion = undefined;
  }

  didClose(params: unknown): void {
    const { uri } = mustBeCloseParams(params).textDocument;
    const document = this.documents.close(uri);
    if (document === undefined) return this.outward.log(`textDocument/didClose: ${uri} is not open.`);
    this.engine().post({ kind: "close", uri });
    this.completions.closed(document);
  }

  cursor(params: unknown): void {
    const { textDocument, position } = mustBeCursorParams(params);
    if (this.documents.get(textDocument.uri)?.following !== "following") return;
    this.engine().post({ kind: "cursor", uri: textDocument.uri, place: position, atMs: this.clock.nowMs() });
  }

  structure(params: unknown): void {
    const { textDocument, spans } = mustBeStructureParams(params, structureKinds.length);
    if (this.documents.get(textDocument.uri)?.following !== "following") return;
    this.engine().post({ kind: "structure", uri: textDocument.uri, version: textDocument.version, spans: spansOf(spans) });
  }

  /** @throws ParamsError, RequestError. Whatever happens to a request on an open document is told as an outcome too. */
  async inlineCompletion(params: unknown, cancellation: Cancellation): Promise<InlineCompletions> {
    const { textDocument, position, invoked, word } = mustBeInlineCompletionParams(params);
    const document = this.documents.mustBeOpen(textDocument.uri);
    const version = document.version;
    const ask = { uri: document.uri, place: position, invoked, atMs: this.clock.nowMs(), ...(word === undefined ? {} : { word }) };
    const reply = await this.completions.answer(document, ask, cancellation);
    if (reply.kind === "fault") throw new RequestError("invalidParams", reply.fault.message);
    const { answer } = reply;
    const outcome = answer.outcome;
    this.outcomes[outcome.kind] = (this.outcomes[outcome.kind] ?? 0) + 1;
    this.outward.outcome({ uri: document.uri, version, outcome });
    if (outcome.kind === "cancelled") throw new RequestError("requestCancelled", "The request was cancelled.");
    const items = answer.item === undefined ? [] : [answer.item, ...(answer.alternatives ?? [])];
    return { items: items.map(({ text, start, end }) => ({ insertText: text, range: { start, end } })) };
  }

  async statistics(): Promise<Statistics> {
    const status = this.engine().status;
    const added = { outcomes: { ...this.outcomes }, ...this.engine().monitorFigures?.() };
    if (status.state.kind !== "ready") return { ...emptyStatistics(status, this.policy), ...added };
    const statistics = answered(await this.engine().ask<"statistics">({ kind: "statistics", ask: null }));
    return { ...statistics, ...added };
  }

  async ledger(params: unknown): Promise<LedgerView> {
    const document = this.documents.mustBeOpen(mustBeLedgerParams(params).textDocument.uri);
    const state = this.engine().status.state.kind;
    const nothing = (why: string): LedgerView => ({ uri: document.uri, version: document.version, runs: [], text: `Nothing is held: ${why}.` });
    if (state !== "ready") return nothing(`the model is ${state === "failed" ? "not there" : "loading"}`);
    if (document.following !== "following") return nothing(`the document is ${followingText[document.following]}`);
    return answered(await this.engine().ask<"ledger">({ kind: "ledger", ask: { uri: document.uri } }));
  }

  async dropCache(params: unknown): Promise<DropCacheResult> {
    const { textDocument } = mustBeDropCacheParams(params);
    const document = textDocument === undefined ? undefined : this.documents.mustBeOpen(textDocument.uri);
    if (this.engine().status.state.kind !== "ready" || (document !== undefined && document.following !== "following")) return { cellsDropped: 0 };
    return { cellsDropped: answered(await this.engine().ask<"dropCache">({ kind: "dropCache", ask: { uri: document?.uri } })) };
  }

  modelStatus(status: ModelStatus): void {
    this.outward.modelStatus(status);
    this.completions.modelStatus(status);
  }

  notice(notice: SessionNotice, sequence: number): void {
    if (notice.kind === "modelStatus") return this.modelStatus(notice.status);
    if (notice.kind === "activity") return this.outward.activity({ healing: notice.healing });
    const document = this.documents.get(notice.uri);
    // What was opened anew since then is in step again.
    if (document === undefined || document.openedAt > sequence || document.following !== "following") return;
    this.lostTexts.lose(document, notice.reason);
  }

  overflow(uri: string): void {
    const document = this.documents.get(uri);
    if (document !== undefined) this.lostTexts.lose(document, "more text waits for the engine than may wait");
  }

  trouble(message: string): void {
    this.outward.log(message);
  }

  /** Gives the engine the full text, or says that there is too much of it. */
  private follow(document: OpenDocument, text: string): void {
    // Who waits for it goes on when this is done.
    this.completions.lookAgain(document.uri);
    const isExcluded = this.whyExcluded(document.uri) !== undefined;
    if (isExcluded || text.length > limits.documentUtf16Max) {
      document.following = isExcluded ? "excluded" : "tooLarge";
      this.engine().post({ kind: "close", uri: document.uri });
      return;
    }
    document.following = "following";
    const { uri, languageId, version } = document;
    document.openedAt = this.engine().post({ kind: "open", uri, languageId, version, text, atMs: this.clock.nowMs() });
  }
}

function answered<Answer>(reply: SessionReply<Answer>): Answer {
  if (reply.kind === "fault") throw new RequestError("invalidParams", reply.fault.message);
  return reply.answer;
}

// Owns the way of one request for a completion: what answers it without the engine, whom it shares a run with, what it waits for
// where it would be answered with nothing now and rightly in a moment, and that no answer leaves for a text that is no more.
import { limits } from "../base/limits";
import type { ModelStatus, Outcome } from "../protocol/data";
import type { CompletionAnswer, SessionQuestions, SessionReply } from "../session/events";
import { Awaited } from "./awaited";
import type { Cancellation, EngineSide } from "./dispatch";
import type { LostTexts } from "./lostTexts";
import { followingText, type OpenDocument, type OpenDocuments, supersede } from "./openDocuments";
import { SharedCompletion } from "./sharedCompletion";

type Ask = SessionQuestions["complete"]["ask"];
type Reply = SessionReply<CompletionAnswer>;

/** So often a request looks again: each time something was said to have changed, and it was missing something still. */
const looksMax = 8;

export class CompletionRequests {
  private readonly awaitedModel = new Awaited(limits.modelAwaitedMsMax);

  constructor(
    private readonly documents: OpenDocuments,
    private readonly lostTexts: LostTexts,
    private readonly engine: () => EngineSide,
    /** Why a document must not be read, as a sentence; undefined where it may. */
    private readonly whyExcluded: (uri: string) => string | undefined,
    private readonly awaitedTexts: Awaited = new Awaited(limits.textAwaitedMsMax),
  ) {}

  /**
   * Where the text or the model is on its way, the answer comes behind it: an editor that was answered with nothing doesn't ask
   * again by itself, and may keep that answer for the next key at the same place. For a model only what the user asked waits.
   */
  async answer(document: OpenDocument, ask: Ask, cancellation: Cancellation): Promise<Reply> {
    const { uri, version } = document;
    for (let current = document, looks = 0; ; looks += 1) {
      const reply = await this.tried(current, ask, cancellation);
      if (reply.kind === "fault") return reply;
      const awaited = looks < looksMax ? this.awaitedFor(reply.answer.outcome, uri, ask.invoked) : undefined;
      const isTime = awaited === "here" || (await awaited?.turn(uri, cancellation)) === true;
      if (cancellation.isCancelled) return replyOf({ outcome: { kind: "cancelled" }, version, item: undefined });
      if (!isTime) return replyOf(stillCurrent(current, version, reply.answer));
      const next = this.documents.get(uri);
      if (next?.version !== version) return replyOf({ outcome: { kind: "superseded" }, version, item: undefined });
      current = next;
    }
  }

  /** Something has changed for the requests on a document that wait. */
  lookAgain(uri: string): void {
    this.awaitedTexts.goOn(uri);
    this.awaitedModel.goOn(uri);
  }

  /** What waits for the model is answered; what waits for the text goes on, since a client sends that by closing and opening. */
  closed({ uri, following }: OpenDocument): void {
    if (following === "following") this.awaitedModel.goOn(uri);
  }

  modelStatus({ state }: ModelStatus): void {
    // Where it was unloaded before it could be asked, the next look loads it.
    if (state.kind !== "loading") this.awaitedModel.goOn();
  }

  /** "here": it was missing and is there by now. */
  private awaitedFor({ kind }: Outcome, uri: string, invoked: boolean): Awaited | "here" | undefined {
    if (kind === "modelLoading" && invoked) return this.engine().status.state.kind === "loading" ? this.awaitedModel : "here";
    if (kind !== "outOfStep") return undefined;
    const document = this.documents.get(uri);
    // The client may have closed it to open it again.
    if (document === undefined) return this.awaitedTexts;
    if (document.following !== "outOfStep") return "here";
    return document.textToAskFor === undefined ? this.awaitedTexts : undefined;
  }

  private async tried(document: OpenDocument, ask: Ask, cancellation: Cancellation): Promise<Reply> {
    const version = document.version;
    if (document.following === "outOfStep") this.lostTexts.askFor(document);
    const known = cancellation.isCancelled ? { kind: "cancelled" as const } : this.outcomeWithoutEngine(document);
    if (known !== undefined) return replyOf({ outcome: known, version, item: undefined });
    const key = SharedCompletion.keyOf(ask, version);
    if (document.completion?.canJoin(key, ask.invoked) !== true) {
      supersede(document);
      document.completion = new SharedCompletion(this.engine().complete(ask, version), key, ask.invoked);
    }
    try {
      return await document.completion.join(cancellation, version);
    } catch (error) {
      const { state } = this.engine().status;
      const detail = error instanceof Error ? error.message : String(error);
      const outcome: Outcome = state.kind === "failed" ? { kind: "modelFailed", detail: state.message } : { kind: "engineFailed", detail };
      return replyOf({ outcome, version, item: undefined });
    }
  }

  private outcomeWithoutEngine(document: OpenDocument): Outcome | undefined {
    const state = this.engine().status.state;
    if (state.kind === "failed") return { kind: "modelFailed", detail: state.message };
    const excluded = document.following === "excluded" ? this.whyExcluded(document.uri) : undefined;
    if (excluded !== undefined) return { kind: "switchedOff", detail: excluded };
    if (document.following === "tooLarge") return { kind: "documentTooLarge", detail: followingText.tooLarge };
    if (document.following === "outOfStep") return { kind: "outOfStep", detail: followingText.outOfStep };
    return state.kind === "loading" ? { kind: "modelLoading" } : undefined;
  }
}

/** Promptness on the way out: an answer for another version than the client's does not leave. */
function stillCurrent(document: OpenDocument, version: number, answer: CompletionAnswer): CompletionAnswer {
  const isCurrent = document.version === version && (answer.item === undefined || answer.version === version);
  return isCurrent || answer.outcome.kind === "cancelled" ? answer : { outcome: { kind: "superseded" }, version, item: undefined };
}

function replyOf(answer: CompletionAnswer): Reply {
  return { kind: "answer", answer };
}

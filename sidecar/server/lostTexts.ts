// Owns what happens where the sidecar has lost a document's text: the engine forgets it, the client is asked for it, no more often
// than its pace allows, and whoever asks for a completion meanwhile waits for it. Holds no text.
import type { Clock } from "../base/clock";
import { AwaitedTexts } from "./awaitedTexts";
import type { Cancellation, EngineSide, Outward } from "./dispatch";
import { type OpenDocument, type OpenDocuments, supersede } from "./openDocuments";
import { ResyncPace } from "./resyncPace";

export class LostTexts {
  private readonly pace = new ResyncPace();

  constructor(
    private readonly documents: OpenDocuments,
    private readonly engine: () => EngineSide,
    private readonly outward: Pick<Outward, "log" | "resync">,
    private readonly clock: Clock,
    private readonly awaited: AwaitedTexts = new AwaitedTexts(),
  ) {}

  lose(document: OpenDocument, reason: string): void {
    supersede(document, "outOfStep");
    if (document.following === "outOfStep") return;
    document.following = "outOfStep";
    this.engine().post({ kind: "close", uri: document.uri });
    this.outward.log(`${document.uri} is out of step: ${reason}. Waiting for its full text.`);
    document.textToAskFor = reason;
    this.askFor(document);
  }

  /** Once for each loss; where that comes too often, when the next message about the document finds the pause over. */
  askFor(document: OpenDocument): void {
    const reason = document.textToAskFor;
    if (reason === undefined || !this.pace.mayAsk(document.uri, this.clock.nowMs())) return;
    document.textToAskFor = undefined;
    this.outward.resync({ uri: document.uri, reason });
  }

  /** Whoever waits goes on when what happens now is done. */
  arrived(uri: string): void {
    this.awaited.arrived(uri);
  }

  /** Waits where the client was asked for the text and hasn't sent it; gives the document as it then is, undefined where it isn't open. */
  async found(uri: string, cancellation: Cancellation): Promise<OpenDocument | undefined> {
    const document = this.documents.get(uri);
    // The client may have closed it to open it again.
    const isOnItsWay = document === undefined || (document.following === "outOfStep" && document.textToAskFor === undefined);
    if (isOnItsWay && !cancellation.isCancelled) await this.awaited.arrival(uri, cancellation);
    return this.documents.get(uri);
  }
}

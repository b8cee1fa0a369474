// Owns what happens where the sidecar has lost a document's text: the engine forgets it, and the client is asked for it, no more
// often than its pace allows. Holds no text.
import type { Clock } from "../base/clock";
import type { EngineSide, Outward } from "./dispatch";
import { type OpenDocument, supersede } from "./openDocuments";
import { ResyncPace } from "./resyncPace";

export class LostTexts {
  private readonly pace = new ResyncPace();

  constructor(
    private readonly engine: () => EngineSide,
    private readonly outward: Pick<Outward, "log" | "resync">,
    private readonly clock: Clock,
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
}

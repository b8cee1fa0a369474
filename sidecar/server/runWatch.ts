// Owns what the engine thread hears while a completion runs: that it is to stop, or that the text has changed, and how.
// Whether the change is what the completion is writing is the session's to say. Applies nothing.
import type { ChangeEvent, Interruption } from "../session/events";
import type { Inbox } from "./inbox";
import type { Interrupts } from "./interrupts";

export class RunWatch {
  private readonly changes: ChangeEvent[] = [];
  private seen = -1;
  private isLeft = false;

  /** @param receive brings what has arrived into `inbox` */
  constructor(
    private readonly uri: string, private readonly slot: number | undefined, private readonly interrupts: Interrupts,
    private readonly inbox: Inbox, private readonly receive: () => void,
  ) {}

  interruption(): Interruption | undefined {
    const { slot, interrupts } = this;
    if (slot === undefined) return undefined;
    const why = interrupts.interruption(slot);
    if (why !== undefined || !interrupts.isEdited(slot)) return why;
    const arrivals = interrupts.arrivals();
    if (arrivals !== this.seen) this.look();
    this.seen = arrivals;
    return this.isLeft || this.isForsaken() ? "superseded" : undefined;
  }

  /** The changes of its document since it began, oldest first. */
  readonly edits = (): readonly ChangeEvent[] => this.changes;

  private look(): void {
    this.receive();
    this.changes.length = 0;
    for (const { event } of this.inbox.factsOf(this.uri)) {
      if (event.kind === "change") this.changes.push(event);
      // A structure goes with its text. Whoever moves the cursor by itself has gone elsewhere.
      else if (event.kind !== "structure") this.isLeft = true;
    }
    // It is known that there was a change: where it still waits on the other thread, nobody knows what it is.
    if (this.changes.length === 0) this.isLeft = true;
  }

  /** Who has typed on asks anew within a moment: until then it goes on, unless another document's request waits for it. */
  private isForsaken(): boolean {
    const own = this.inbox.completionsOf(this.uri).at(-1);
    if (own === undefined) return this.inbox.hasCompletions;
    return own.slot !== undefined && this.interrupts.interruption(own.slot) !== undefined;
  }
}

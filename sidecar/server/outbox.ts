// Owns what waits on the LSP thread until the engine thread can take it, merged so that a flood stays small:
// changes of one document become one change, an older cursor or structure gives way to a newer one.
// Bound: `waitingUtf16Max` of text; beyond it the document with most of it is closed for the engine and loses step.
import { limits } from "../base/limits";
import type { SessionEvent } from "../session/events";
import type { Question } from "./engineMessages";

export type WaitingItem =
  | { readonly kind: "fact"; readonly sequence: number; readonly event: SessionEvent }
  | { readonly kind: "question"; readonly sequence: number; readonly question: Question };

type ChangeEvent = Extract<SessionEvent, { readonly kind: "change" }>;

export class Outbox {
  private items: WaitingItem[] = [];
  private utf16 = 0;
  /** Documents that the engine thread will hold once it has dealt with all that was taken from here. */
  private readonly held = new Set<string>();

  constructor(private readonly utf16Max: number = limits.waitingUtf16Max) {}

  get length(): number {
    return this.items.length;
  }

  /** The documents that lost step because too much text waits; usually none. */
  addFact(sequence: number, event: SessionEvent): readonly string[] {
    switch (event.kind) {
      case "open":
        this.forget(event.uri);
        if (this.held.has(event.uri)) this.append({ kind: "fact", sequence, event: { kind: "close", uri: event.uri } });
        this.append({ kind: "fact", sequence, event });
        break;
      case "close":
        this.forget(event.uri);
        if (this.held.has(event.uri)) this.append({ kind: "fact", sequence, event });
        break;
      case "change":
        this.addChange(sequence, event);
        break;
      case "cursor":
      case "structure":
        this.remove((waiting) => waiting.uri === event.uri && waiting.kind === event.kind);
        this.append({ kind: "fact", sequence, event });
        break;
    }
    return this.shed();
  }

  addQuestion(sequence: number, question: Question): void {
    this.append({ kind: "question", sequence, question });
  }

  /** True when the question was still waiting here. */
  withdraw(sequence: number): boolean {
    const before = this.items.length;
    this.items = this.items.filter((item) => item.kind !== "question" || item.sequence !== sequence);
    return this.items.length < before;
  }

  /** The oldest item, which the caller now hands to the engine thread. */
  take(): WaitingItem | undefined {
    const item = this.items.shift();
    if (item === undefined) return undefined;
    this.utf16 -= sizeUtf16(item);
    if (item.kind === "fact" && item.event.kind === "open") this.held.add(item.event.uri);
    if (item.kind === "fact" && item.event.kind === "close") this.held.delete(item.event.uri);
    return item;
  }

  clear(): void {
    this.items = [];
    this.utf16 = 0;
    this.held.clear();
  }

  /** A change joins an earlier one that still waits: what was said about the text in between no longer matters. */
  private addChange(sequence: number, event: ChangeEvent): void {
    const earlier = this.items.findLastIndex((item) => item.kind === "fact" && item.event.uri === event.uri && !isAside(item.event));
    const item = this.items[earlier];
    const canJoin = item?.kind === "fact" && item.event.kind === "change" && item.event.changes.length + event.changes.length <= limits.contentChangesMax;
    if (!canJoin || item.event.kind !== "change") {
      this.append({ kind: "fact", sequence, event });
      return;
    }
    // The list grows in place: joining ten thousand changes one by one would copy it as often.
    const changes = item.event.changes as ChangeEvent["changes"][number][];
    for (const change of event.changes) changes.push(change);
    this.utf16 += textUtf16(event);
    this.items[earlier] = { kind: "fact", sequence, event: { ...event, changes } };
    if (earlier < this.items.length - 1) this.remove((waiting) => waiting.uri === event.uri && isAside(waiting));
  }

  private append(item: WaitingItem): void {
    if (item.kind === "fact" && item.event.kind === "change") {
      // A copy of its own, since later changes are added to it.
      this.items.push({ ...item, event: { ...item.event, changes: [...item.event.changes] } });
    } else this.items.push(item);
    this.utf16 += sizeUtf16(item);
  }

  /** Drops all that waits about a document, except that it was closed. */
  private forget(uri: string): void {
    this.remove((waiting) => waiting.uri === uri);
  }

  private remove(unwanted: (event: SessionEvent) => boolean): void {
    if (!this.items.some((item) => item.kind === "fact" && unwanted(item.event))) return;
    this.items = this.items.filter((item) => item.kind === "question" || !unwanted(item.event));
    this.utf16 = this.items.reduce((sum, item) => sum + sizeUtf16(item), 0);
  }

  private shed(): readonly string[] {
    const lost: string[] = [];
    while (this.utf16 > this.utf16Max) {
      const sizes = new Map<string, number>();
      for (const item of this.items) {
        if (item.kind === "fact") sizes.set(item.event.uri, (sizes.get(item.event.uri) ?? 0) + sizeUtf16(item));
      }
      const [largest] = [...sizes].sort((left, right) => right[1] - left[1]);
      if (largest === undefined) break;
      this.forget(largest[0]);
      if (this.held.has(largest[0])) this.append({ kind: "fact", sequence: 0, event: { kind: "close", uri: largest[0] } });
      lost.push(largest[0]);
    }
    return lost;
  }
}

/** What is said about a text and holds for that text only. */
const isAside = (event: SessionEvent): boolean => event.kind === "cursor" || event.kind === "structure";

function sizeUtf16(item: WaitingItem): number {
  if (item.kind === "question") return 0;
  switch (item.event.kind) {
    case "open":
      return item.event.text.length;
    case "change":
      return textUtf16(item.event);
    // Three numbers a span, counted as what they weigh.
    case "structure":
      return item.event.spans.length * 12;
    case "close":
    case "cursor":
      return 0;
  }
}

function textUtf16(event: ChangeEvent): number {
  // A change of no text takes room too.
  return event.changes.reduce((sum, change) => sum + change.text.length + 32, 0);
}

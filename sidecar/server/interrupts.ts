// Owns the words that both threads share, by which the LSP thread reaches an engine that is busy:
// [0] counts arrivals, [1] says that the sidecar is ending, [2] is the bell that wakes the engine thread where it waits for an
// answer, [3] is how long a completion may wait for legal names, [4 + slot] says why the completion in that slot should stop.
// Knows no message: the engine thread reads these between two small batches, without turning to its event loop.
import { assert, at } from "../base/assert";
import { limits } from "../base/limits";
import { Bell } from "../monitors/bell";
import type { Interruption } from "../session/events";

const arrivalsIndex = 0;
const endingIndex = 1;
const bellIndex = 2;
const memberBudgetIndex = 3;
const slotsStart = 4;
const codes = { none: 0, cancelled: 1, superseded: 2, edited: 3 } as const;

/** One slot for each message that can be with the engine thread at the same time. */
const slotCount = limits.postedMessagesMax;

export class Interrupts {
  readonly bell: Bell;
  private readonly words: Int32Array;
  /** The completion that this thread works on. */
  private running: number | undefined;
  /** What had arrived when this thread turned to what it does now. */
  private arrivalsBefore = 0;

  constructor(readonly buffer: SharedArrayBuffer = new SharedArrayBuffer((slotsStart + slotCount) * Int32Array.BYTES_PER_ELEMENT)) {
    this.words = new Int32Array(buffer);
    assert(this.words.length === slotsStart + slotCount, `the shared words number ${slotsStart + slotCount}, not ${this.words.length}`);
    this.bell = new Bell(this.words, bellIndex);
  }

  /** The LSP thread posted one more message. */
  arrived(): void {
    Atomics.add(this.words, arrivalsIndex, 1);
    this.bell.ring();
  }
  arrivals(): number {
    return Atomics.load(this.words, arrivalsIndex);
  }

  end(): void {
    Atomics.store(this.words, endingIndex, 1);
    this.bell.ring();
  }
  ending(): boolean {
    return Atomics.load(this.words, endingIndex) === 1;
  }

  /** edited: its text has changed; it goes on for as long as that is what it writes, and nobody waits for its answer. */
  interrupt(slot: number, why: Interruption | "edited"): void {
    // The first reason stands: a request ends in exactly one outcome.
    Atomics.compareExchange(this.words, this.index(slot), codes.none, codes[why]);
    this.bell.ring();
  }
  clear(slot: number): void {
    Atomics.store(this.words, this.index(slot), codes.none);
  }
  interruption(slot: number): Interruption | undefined {
    if (this.ending()) return "cancelled";
    const code = Atomics.load(this.words, this.index(slot));
    return code === codes.cancelled ? "cancelled" : code === codes.superseded ? "superseded" : undefined;
  }

  isEdited(slot: number): boolean {
    return Atomics.load(this.words, this.index(slot)) === codes.edited;
  }

  /** Whole milliseconds, negative where no monitor is to watch; holds from the next completion on. */
  setMemberBudget(ms: number): void {
    Atomics.store(this.words, memberBudgetIndex, ms);
  }
  memberBudgetMs(): number {
    return Atomics.load(this.words, memberBudgetIndex);
  }

  /** On the engine thread: the completion in this slot is being worked on until the next is, or, by `undefined`, what nobody waits for. */
  workOn(slot: number | undefined): void {
    this.running = slot;
    this.arrivalsBefore = this.arrivals();
  }
  /**
   * On the engine thread, for a wait that begins: whether it should end, since what it is for is no longer wanted, or is edited
   * meanwhile; where no completion is worked on, since anything at all has arrived.
   */
  waitWatch(): () => boolean {
    const { running, arrivalsBefore } = this;
    if (running === undefined) return () => this.ending() || this.arrivals() !== arrivalsBefore;
    const wasEdited = this.isEdited(running);
    return () => this.interruption(running) !== undefined || (!wasEdited && this.isEdited(running));
  }

  private index(slot: number): number {
    const index = slotsStart + slot;
    at(this.words, index);
    return index;
  }
}

/** Hands out slots; every one is given back when the engine thread has replied. */
export class Slots {
  private readonly free = Array.from({ length: slotCount }, (_, slot) => slot);

  take(): number {
    const slot = this.free.pop();
    assert(slot !== undefined, `more than ${slotCount} completions are with the engine thread`);
    return slot;
  }
  giveBack(slot: number): void {
    this.free.push(slot);
  }
}

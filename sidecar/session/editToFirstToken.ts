// Owns the figure editToFirstTokenMs: from the arrival of the last edit or cursor move before a request to its first token.
// A request at a place where the user wasn't seen yet is itself the move. Reads no clock: times come in.
import type { Utf16Offset } from "../text/frames";

export class EditToFirstToken {
  /** Where the user was last seen: the end of the last edit, the cursor, or the place of a request. */
  private seen: Utf16Offset | undefined;

  constructor(private movedMs: number) {}

  /** An edit or a cursor move arrived; `seen` is undefined where it left none. */
  moved(seen: Utf16Offset | undefined, atMs: number): void {
    this.seen = seen ?? this.seen;
    this.movedMs = atMs;
  }

  /** A request arrived. */
  asked(cursor: Utf16Offset, arrivedMs: number): void {
    if (cursor !== this.seen) this.moved(cursor, arrivedMs);
  }

  untilMs(firstTokenAtMs: number): number {
    return firstTokenAtMs - this.movedMs;
  }
}

// Owns a place in a text that goes on changing, and what has been written there since: an insertion in it or at its
// ends belongs to it, an edit elsewhere moves it.
import { limits } from "../limits";

export class WrittenPlace {
  private endUtf16: number;
  private settled = false;
  /** What was written, as far as it is watched: its first lines. */
  text = "";

  constructor(private startUtf16: number) {
    this.endUtf16 = startUtf16;
  }

  /** `startUtf16`..`endUtf16` is replaced by `lengthUtf16` code units. */
  edit(startUtf16: number, endUtf16: number, lengthUtf16: number): void {
    if (this.settled) return;
    const difference = lengthUtf16 - (endUtf16 - startUtf16);
    if (endUtf16 < this.startUtf16 || (endUtf16 === this.startUtf16 && startUtf16 < endUtf16)) {
      // Wholly before: the place moves. A deletion that ends here takes away what stood before it.
      this.startUtf16 += difference;
      this.endUtf16 += difference;
    } else if (startUtf16 <= this.endUtf16) {
      // The edit touches the place, and what it puts in belongs to it.
      this.startUtf16 = Math.min(this.startUtf16, startUtf16);
      this.endUtf16 = Math.max(this.endUtf16, endUtf16) + difference;
    }
  }

  /** Reads what stands there after an edit. Once there are as many lines as are kept, it stays as it is. */
  look(text: string): void {
    if (this.settled) return;
    const written = text.slice(this.startUtf16, this.endUtf16);
    const lines = written.split("\n");
    this.settled = limits.traceExpectLinesMax < lines.length;
    this.text = lines.slice(0, limits.traceExpectLinesMax).join("\n");
  }
}

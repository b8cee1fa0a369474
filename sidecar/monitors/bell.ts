// Owns the waking of a thread that waits: one shared word that counts rings. Knows neither who rings nor why.

export class Bell {
  /** `words[index]` is the bell's own; the array is on shared memory. */
  constructor(private readonly words: Int32Array, private readonly index: number) {}

  static new(): Bell {
    return new Bell(new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT)), 0);
  }

  /** For the other thread, which makes a bell of its own of the same words. */
  get shared(): { readonly words: Int32Array; readonly index: number } {
    return { words: this.words, index: this.index };
  }

  ring(): void {
    Atomics.add(this.words, this.index, 1);
    Atomics.notify(this.words, this.index);
  }

  /** How often it has rung so far. */
  rings(): number {
    return Atomics.load(this.words, this.index);
  }

  /** Sleeps until it has rung more often than `rings`, for `ms` at most. */
  waitPast(rings: number, ms: number): void {
    Atomics.wait(this.words, this.index, rings, ms);
  }
}

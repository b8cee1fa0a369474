/** One kind of thing on the shelves. */
export interface Item {
  readonly code: string;
  readonly name: string;
  readonly priceCents: number;
  readonly weightGrams: number;
}

/** How many of each item there are, and where they stand. */
export class Stock {
  private readonly items = new Map<string, Item>();
  private readonly counts = new Map<string, number>();

  add(item: Item, count: number): void {
    this.items.set(item.code, item);
    this.counts.set(item.code, this.countOf(item.code) + count);
  }

  remove(code: string, count: number): void {
    const left = this.countOf(code) - count;
    if (left < 0) {
      throw new RangeError(`only ${this.countOf(code)} of ${code} in stock`);
    }
    this.counts.set(code, left);
  }

  countOf(code: string): number {
    return this.counts.get(code) ?? 0;
  }

  find(code: string): Item | undefined {
    return this.items.get(code);
  }

  totalWeightGrams(): number {
    let total = 0;
    for (const item of this.items.values()) {
      total += item.weightGrams * this.countOf(item.code);
    }
    return total;
  }

  totalPriceCents(): number {
    let total = 0;
    for (const item of this.items.values()) {
      total += item.priceCents * this.countOf(item.code);
    }
    return total;
  }
}

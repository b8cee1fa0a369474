import type { Item, Stock } from "./stock";

export interface Line {
  readonly item: Item;
  readonly count: number;
}

export interface Invoice {
  readonly number: number;
  readonly customer: string;
  readonly lines: readonly Line[];
  readonly taxPercent: number;
}

/** The price of the goods without tax. */
export function netCents(invoice: Invoice): number {
  let total = 0;
  for (const line of invoice.lines) {
    total += line.item.priceCents * line.count;
  }
  return total;
}

/** The tax on the goods, rounded to whole cents. */
export function taxCents(invoice: Invoice): number {
  return Math.round((netCents(invoice) * invoice.taxPercent) / 100);
}

/** What the customer pays. */
export function grossCents(invoice: Invoice): number {
  return netCents(invoice) + taxCents(invoice);
}

/** Takes everything on the invoice out of the stock. */
export function deliver(invoice: Invoice, stock: Stock): void {
  for (const line of invoice.lines) {
    stock.remove(line.item.code, line.count);
  }
}

/** A line a thing, and the sums below them. */
export function print(invoice: Invoice): string {
  const rows: string[] = [`Invoice ${invoice.number} for ${invoice.customer}`];
  for (const line of invoice.lines) {
    rows.push(`${line.count} x ${line.item.name}: ${euros(line.item.priceCents * line.count)}`);
  }
  rows.push(`Net: ${euros(netCents(invoice))}`);
  rows.push(`Tax: ${euros(taxCents(invoice))}`);
  rows.push(`Total: ${euros(grossCents(invoice))}`);
  return rows.join("\n");
}

function euros(cents: number): string {
  return (cents / 100).toFixed(2);
}

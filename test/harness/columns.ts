// Owns tables: columns of figures set as text for a terminal or as Markdown, and how figures are written. Computes nothing.
import { at } from "../../sidecar/base/assert";
import type { Estimate } from "./score";

export interface Column<Item> {
  readonly title: string;
  readonly left?: true;
  /** Columns with a number are left out where the terminal is too narrow, the highest first. */
  readonly leaveOut?: number;
  cell(item: Item): string;
}

/** A text table of the columns that fit `widthMax`, and whether that is all of them. */
export function fittedTable<Item>(
  columns: readonly Column<Item>[], items: readonly Item[], groupOf: (item: Item) => string, widthMax: number,
): { readonly table: string; readonly isWhole: boolean } {
  let kept = columns;
  let table = textTable(kept, items, groupOf);
  while (widthMax < widthOf(table) && kept.some((column) => column.leaveOut !== undefined)) {
    const highest = Math.max(...kept.map((column) => column.leaveOut ?? 0));
    kept = kept.filter((column) => column.leaveOut !== highest);
    table = textTable(kept, items, groupOf);
  }
  return { table, isWhole: kept.length === columns.length };
}

export const tooNarrow = "The terminal is too narrow for all columns; --json and --markdown have them.";

function widthOf(text: string): number {
  return Math.max(...text.split("\n").map((line) => line.length));
}

/** One line an item, an empty line where the group changes. */
export function textTable<Item>(columns: readonly Column<Item>[], items: readonly Item[], groupOf: (item: Item) => string): string {
  if (items.length === 0) return "";
  const titles = titleLines(columns);
  const cells = items.map((item) => columns.map((column) => column.cell(item)));
  const widths = columns.map((_, index) => Math.max(...[...titles, ...cells].map((row) => at(row, index).length)));
  const print = (row: readonly string[]): string =>
    row.map((cell, index) => (at(columns, index).left === true ? cell.padEnd(at(widths, index)) : cell.padStart(at(widths, index)))).join("  ").trimEnd();
  const lines = [...titles.map(print), widths.map((width) => "-".repeat(width)).join("  ")];
  let group: string | undefined;
  items.forEach((item, index) => {
    if (group !== undefined && group !== groupOf(item)) lines.push("");
    group = groupOf(item);
    lines.push(print(at(cells, index)));
  });
  return lines.join("\n");
}

/** Titles broken at spaces and before capitals, so that fifteen columns fit a wide terminal. */
function titleLines<Item>(columns: readonly Column<Item>[]): readonly (readonly string[])[] {
  const words = columns.map((column) => column.title.split(/ |(?=[A-Z])/).reduce<readonly string[]>(joinShort, []));
  const height = Math.max(...words.map((parts) => parts.length));
  return Array.from({ length: height }, (_, line) => words.map((parts) => parts[line - (height - parts.length)] ?? ""));
}

const titleWidthMax = 8;

function joinShort(lines: readonly string[], word: string): readonly string[] {
  const last = lines.at(-1);
  const joined = /^[A-Z]/.test(word) ? `${last}${word}` : `${last} ${word}`;
  return last === undefined || titleWidthMax < joined.length ? [...lines, word] : [...lines.slice(0, -1), joined];
}

export function markdownTable<Item>(columns: readonly Column<Item>[], items: readonly Item[]): string {
  if (items.length === 0) return "";
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  return [
    line(columns.map((column) => column.title)),
    line(columns.map((column) => (column.left === true ? "---" : "---:"))),
    ...items.map((item) => line(columns.map((column) => column.cell(item)))),
  ].join("\n");
}

export function number(value: number | undefined, digits: number): string {
  if (value === undefined) return "–";
  // A figure that rounds to zero is shown without a sign.
  return value.toFixed(digits).replace(/^-(?=0(\.0*)?$)/, "");
}

export function share(value: number | undefined): string {
  return value === undefined ? "–" : `${number(100 * value, 0)} %`;
}

export function withInterval(estimate: Estimate | undefined, digits: number): string {
  if (estimate === undefined) return "–";
  const { interval } = estimate;
  const value = number(estimate.value, digits);
  return interval === undefined ? value : `${value} [${number(interval.low, digits)}, ${number(interval.high, digits)}]`;
}

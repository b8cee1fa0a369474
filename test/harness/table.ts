// Owns how a report looks: as text for a terminal and as Markdown for the README. Computes nothing.
import { at } from "../../sidecar/base/assert";
import type { Estimate, Report, RatioRow, Row } from "./report";

interface Column<Item> {
  readonly title: string;
  readonly left?: true;
  /** Columns with a number are left out where the terminal is too narrow, the highest first. */
  readonly leaveOut?: number;
  cell(item: Item): string;
}

const rowColumns: readonly Column<Row>[] = [
  { title: "action", left: true, cell: (row) => row.action },
  { title: "policy", left: true, cell: (row) => row.policy },
  { title: "completions", leaveOut: 1, cell: (row) => String(row.completions) },
  { title: "editToFirstTokenMs median / p95", cell: (row) => `${number(row.editToFirstTokenMsMedian, 0)} / ${number(row.editToFirstTokenMsP95, 0)}` },
  { title: "tokensEncoded", cell: (row) => number(row.tokensEncoded, 0) },
  { title: "cellsKept", leaveOut: 8, cell: (row) => number(row.cellsKept, 0) },
  { title: "cellsShifted", leaveOut: 7, cell: (row) => number(row.cellsShifted, 0) },
  { title: "cellsStale", leaveOut: 4, cell: (row) => number(row.cellsStale, 0) },
  { title: "repairTokens", leaveOut: 6, cell: (row) => number(row.repairTokens, 0) },
  { title: "healTokens", leaveOut: 5, cell: (row) => number(row.healTokens, 0) },
  { title: "exactShare", leaveOut: 2, cell: (row) => share(row.exactShare) },
  { title: "exactMatch", leaveOut: 3, cell: (row) => share(row.exactMatch) },
  { title: "editSimilarity", leaveOut: 3, cell: (row) => number(row.editSimilarity, 0) },
  { title: "lineEqualsCold", cell: (row) => share(row.lineEqualsCold?.value) },
  { title: "excessLoss", cell: (row) => withInterval(row.excessLoss, 3) },
];

const ratioColumns: readonly Column<RatioRow>[] = [
  { title: "patch / prefix", left: true, cell: (row) => row.action },
  { title: "completions", cell: (row) => String(row.completions) },
  { title: "tokensEncoded", cell: (row) => withInterval(row.tokensEncoded, 3) },
  { title: "editToFirstTokenMs", cell: (row) => withInterval(row.editToFirstTokenMs, 3) },
];

const legend =
  "Times, tokensEncoded, cells and exactShare are medians a completion; repairTokens and healTokens are means.\n" +
  "tokensEncoded counts all since the completion before. Brackets hold 95 % bootstrap intervals over traces.\n" +
  "excessLoss is in nats a token of the text really written, over a cold cache's.";

/** Columns set with spaces, an empty line between actions; at most `widthMax` wide where leaving columns out can do it. */
export function textReport(report: Report, widthMax = Infinity): string {
  let columns = rowColumns;
  let rows = textTable(columns, report.rows, (row) => row.action);
  while (widthMax < widthOf(rows) && columns.some((column) => column.leaveOut !== undefined)) {
    const highest = Math.max(...columns.map((column) => column.leaveOut ?? 0));
    columns = columns.filter((column) => column.leaveOut !== highest);
    rows = textTable(columns, report.rows, (row) => row.action);
  }
  const left = columns.length === rowColumns.length ? "" : "The terminal is too narrow for all columns; --json and --markdown have them.";
  return [rows, textTable(ratioColumns, report.ratios, () => ""), legend, left].filter((part) => part !== "").join("\n\n");
}

function widthOf(text: string): number {
  return Math.max(...text.split("\n").map((line) => line.length));
}

export function markdownReport(report: Report): string {
  return [markdownTable(rowColumns, report.rows), markdownTable(ratioColumns, report.ratios), legend].filter((part) => part !== "").join("\n\n") + "\n";
}

function textTable<Item>(columns: readonly Column<Item>[], items: readonly Item[], groupOf: (item: Item) => string): string {
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

function markdownTable<Item>(columns: readonly Column<Item>[], items: readonly Item[]): string {
  if (items.length === 0) return "";
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  return [
    line(columns.map((column) => column.title)),
    line(columns.map((column) => (column.left === true ? "---" : "---:"))),
    ...items.map((item) => line(columns.map((column) => column.cell(item)))),
  ].join("\n");
}

function number(value: number | undefined, digits: number): string {
  if (value === undefined) return "–";
  // A figure that rounds to zero is shown without a sign.
  return value.toFixed(digits).replace(/^-(?=0(\.0*)?$)/, "");
}

function share(value: number | undefined): string {
  return value === undefined ? "–" : `${number(100 * value, 0)} %`;
}

function withInterval(estimate: Estimate | undefined, digits: number): string {
  if (estimate === undefined) return "–";
  const { interval } = estimate;
  const value = number(estimate.value, digits);
  return interval === undefined ? value : `${value} [${number(interval.low, digits)}, ${number(interval.high, digits)}]`;
}

// Owns how the figures of the repetition benchmark look: as text for a terminal and as Markdown. Computes nothing.
import type { Column } from "../columns";
import { fittedTable, markdownTable, number, share, tooNarrow } from "../columns";
import type { Compared, FigureRow } from "./figures";

const columns: readonly Column<FigureRow>[] = [
  { title: "scenario", left: true, cell: (row) => row.scenario },
  { title: "language", left: true, cell: (row) => row.language },
  { title: "method", left: true, cell: (row) => row.method },
  { title: "cases", cell: (row) => String(row.cases) },
  { title: "EGP", cell: (row) => percent(row.ended) },
  { title: "over greedy", leaveOut: 4, cell: (row) => points(row.ended) },
  { title: "TR-N", cell: (row) => number(row.repeatedGrams.value, 3) },
  { title: "TR-S", cell: (row) => number(row.repeatedLines.value, 3) },
  { title: "over greedy", leaveOut: 3, cell: (row) => difference(row.repeatedLines) },
  { title: "parseOk", cell: (row) => percent(row.parseOk) },
  { title: "over greedy", leaveOut: 4, cell: (row) => points(row.parseOk) },
  { title: "compileOk", cell: (row) => percent(row.compileOk) },
  { title: "over greedy", leaveOut: 5, cell: (row) => points(row.compileOk) },
  { title: "compilesSoFar", leaveOut: 2, cell: (row) => percent(row.compilesSoFar) },
  { title: "tokens", cell: (row) => number(row.tokensMean, 0) },
  { title: "ms/token", leaveOut: 6, cell: (row) => number(row.msPerTokenMedian, 2) },
  { title: "method's time p95", leaveOut: 6, cell: (row) => (row.processorShareP95 === undefined ? "–" : `${number(100 * row.processorShareP95, 1)} %`) },
  { title: "acted", leaveOut: 1, cell: (row) => share(row.actedShare) },
  { title: "changes", leaveOut: 1, cell: (row) => number(row.changesMean, 1) },
];

const legend =
  "as: correct code with its last repetition pattern pasted 5 to 10 times; cg: where the model loops by itself;\n" +
  "rr: real files after 2 to 4 repeated statements.\n" +
  "EGP: ended by the model's end token within the budget. TR-N: repeated 4-grams of tokens. TR-S: repeated lines. Both of the generated text alone.\n" +
  "parseOk: no more error nodes than the prefix alone has. compileOk: prefix and generation are a program; compilesSoFar: but for where the text ends.\n" +
  "over greedy: difference in points (TR-S: absolute) on the same cases with its paired 95 % bootstrap interval over files.\n" +
  "acted: share of cases in which the penalty acted; changes: choices that it changed, a case.";

export function textFigures(rows: readonly FigureRow[], widthMax = Infinity): string {
  const { table, isWhole } = fittedTable(columns, rows, (row) => `${row.scenario} ${row.language}`, widthMax);
  return [table, legend, isWhole ? "" : tooNarrow].filter((part) => part !== "").join("\n\n");
}

export function markdownFigures(rows: readonly FigureRow[]): string {
  return [markdownTable(columns, rows), legend].filter((part) => part !== "").join("\n\n") + "\n";
}

const percent = ({ value }: Compared): string => (value === undefined ? "–" : `${number(100 * value, 0)} %`);

const points = ({ overGreedy }: Compared): string => signed(overGreedy, 100, 0);
const difference = ({ overGreedy }: Compared): string => signed(overGreedy, 1, 3);

function signed(estimate: Compared["overGreedy"], scale: number, digits: number): string {
  if (estimate === undefined) return "–";
  const print = (value: number): string => (value > 0 ? "+" : "") + number(scale * value, digits);
  const { interval } = estimate;
  return interval === undefined ? print(estimate.value) : `${print(estimate.value)} [${print(interval.low)}, ${print(interval.high)}]`;
}

// Owns how the figures of the dereference benchmark look: as text for a terminal and as Markdown. Computes nothing.
import type { Column } from "../columns";
import { fittedTable, markdownTable, number, share, tooNarrow } from "../columns";
import type { Compared, GreedyRow, SampleRow } from "./rows";

const keyColumns: readonly Column<GreedyRow | SampleRow>[] = [
  { title: "language", left: true, cell: (row) => row.language },
  { title: "receiver", left: true, cell: (row) => row.receiver },
  { title: "method", left: true, cell: (row) => row.method },
  { title: "cases", cell: (row) => String(row.cases) },
];

const qualityColumns: readonly Column<GreedyRow | SampleRow>[] = [
  { title: "compileOk", cell: (row) => percent(row.compileOk) },
  { title: "over off", cell: (row) => points(row.compileOk) },
  { title: "NIM", cell: (row) => percent(row.nextIdentifierMatch) },
  { title: "over off", cell: (row) => points(row.nextIdentifierMatch) },
  { title: "ISM", cell: (row) => percent(row.identifierSequenceMatch) },
  { title: "over off", leaveOut: 3, cell: (row) => points(row.identifierSequenceMatch) },
  { title: "PM", cell: (row) => percent(row.prefixMatch) },
  { title: "over off", leaveOut: 3, cell: (row) => points(row.prefixMatch) },
];

const greedyColumns: readonly Column<GreedyRow>[] = [
  ...keyColumns,
  { title: "answered", cell: (row) => fine(row.answered) },
  { title: "answered, all", leaveOut: 2, cell: (row) => fine(row.answeredAll) },
  { title: "illegal", cell: (row) => fine(row.illegal) },
  { title: "truth listed", leaveOut: 1, cell: (row) => fine(row.truthListed) },
  ...qualityColumns,
  { title: "tokens", leaveOut: 4, cell: (row) => number(row.tokensMean, 0) },
  { title: "decodeMs p50 / p95", leaveOut: 4, cell: (row) => `${number(row.decodeMsP50, 0)} / ${number(row.decodeMsP95, 0)}` },
  { title: "waitMs p50 / p95", leaveOut: 5, cell: (row) => `${number(row.waitMsP50, 1)} / ${number(row.waitMsP95, 1)}` },
  { title: "monitorMs p50 / p95", leaveOut: 5, cell: (row) => `${number(row.monitorMsP50, 1)} / ${number(row.monitorMsP95, 1)}` },
  { title: "tokenMs p50 / p95", leaveOut: 3, cell: (row) => `${number(row.tokenMsP50, 1)} / ${number(row.tokenMsP95, 1)}` },
  { title: "slow-down p50 / p95", cell: (row) => `${change(row.slowdownP50)} / ${change(row.slowdownP95)}` },
];

const sampleColumns: readonly Column<SampleRow>[] = [...keyColumns, { title: "score@", cell: (row) => String(row.k) }, ...qualityColumns];

const legend =
  "Greedy, from the cursor to the end of the method. receiver: known where the server lists members at the cursor, unknown where it says\n" +
  "nothing that limits, or isn't asked since a name may be declared there. answered: questions at the cursor answered within the budget; all: those behind\n" +
  "it too. illegal: of answered lists (off: of all), the member isn't in it. " +
  "truth listed: the member really written is in the list. compileOk: no error that the original file hasn't, unused names\n" +
  "aside; braces that a generation leaves open when it ends before the method does are closed for it.\n" +
  "NIM: the next identifier matches; ISM, PM: share of the rest's identifiers, tokens, that match from the first on.\n" +
  "over off: difference in points on the same cases with its paired 95 % bootstrap interval over files.\n" +
  "decodeMs: a generation; tokenMs: a generation's time a token; slow-down: the median and the 95th percentile of tokenMs over those of unmasked.\n" +
  "waitMs: for each answer that decoding waited for; monitorMs: in the monitor itself, for each generation, its beginning included.";

const sampleLegend = "Samples at a temperature; score@k by the unbiased estimator: the best of k, expected. Columns as above.";

export interface Tables {
  readonly greedy: readonly GreedyRow[];
  readonly samples: readonly SampleRow[];
}

const groupOf = (row: GreedyRow | SampleRow): string => `${row.language} ${row.receiver}`;

export function textTables({ greedy, samples }: Tables, widthMax = Infinity): string {
  const first = fittedTable(greedyColumns, greedy, groupOf, widthMax);
  const second = fittedTable(sampleColumns, samples, groupOf, widthMax);
  const sampled = samples.length === 0 ? [] : [second.table, sampleLegend];
  return [first.table, legend, ...sampled, first.isWhole && second.isWhole ? "" : tooNarrow].filter((part) => part !== "").join("\n\n");
}

export function markdownTables({ greedy, samples }: Tables): string {
  const sampled = samples.length === 0 ? [] : [markdownTable(sampleColumns, samples), sampleLegend];
  return [markdownTable(greedyColumns, greedy), legend, ...sampled].join("\n\n") + "\n";
}

const percent = ({ value }: Compared): string => share(value);
const fine = (value: number | undefined): string => (value === undefined ? "–" : `${number(100 * value, 1)} %`);
const signed = (value: number, digits: number): string => (value > 0 ? "+" : "") + number(value, digits);
const change = (ratio: number | undefined): string => (ratio === undefined ? "–" : `${signed(100 * (ratio - 1), 0)} %`);

function points({ overOff }: Compared): string {
  if (overOff === undefined) return "–";
  const { value, interval } = overOff;
  const print = (figure: number): string => signed(100 * figure, 1);
  return interval === undefined ? print(value) : `${print(value)} [${print(interval.low)}, ${print(interval.high)}]`;
}

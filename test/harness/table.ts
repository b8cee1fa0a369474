// Owns how a report looks: as text for a terminal and as Markdown for the README. Computes nothing.
import type { Column } from "./columns";
import { fittedTable, markdownTable, number, share, textTable, tooNarrow, withInterval } from "./columns";
import type { Report, RatioRow, Row, ShiftCount } from "./report";

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

/** `patch: 12 of 480 edits had a completion wait for the rotation of moved cells (2.5 %)` */
function shiftLines(shifts: readonly ShiftCount[]): string {
  return shifts
    .filter(({ edits, waited }) => 0 < edits && 0 < waited)
    .map(({ policy, edits, waited }) => {
      const percent = ((100 * waited) / edits).toFixed(1);
      return `${policy}: ${waited} of ${edits} edits had a completion wait for the rotation of moved cells (${percent} %)`;
    })
    .join("\n");
}

const legend =
  "Times, tokensEncoded, cells and exactShare are medians a completion; repairTokens and healTokens are means.\n" +
  "tokensEncoded counts all since the completion before. Brackets hold 95 % bootstrap intervals over traces.\n" +
  "excessLoss is in nats a token of the text really written, over a cold cache's.";

/** Columns set with spaces, an empty line between actions; at most `widthMax` wide where leaving columns out can do it. */
export function textReport(report: Report, widthMax = Infinity): string {
  const { table, isWhole } = fittedTable(rowColumns, report.rows, (row) => row.action, widthMax);
  const parts = [table, textTable(ratioColumns, report.ratios, () => ""), shiftLines(report.shifts), legend, isWhole ? "" : tooNarrow];
  return parts.filter((part) => part !== "").join("\n\n");
}

export function markdownReport(report: Report): string {
  const parts = [markdownTable(rowColumns, report.rows), markdownTable(ratioColumns, report.ratios), shiftLines(report.shifts), legend];
  return parts.filter((part) => part !== "").join("\n\n") + "\n";
}

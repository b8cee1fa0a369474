// Owns how the figures of an evaluation look as text for a terminal and as Markdown. Computes nothing.
import type { Column } from "../columns";
import { fittedTable, markdownTable, number, share, tooNarrow, withInterval } from "../columns";
import type { Estimate } from "../score";
import type { FrontierRow } from "./figures";

const columns: readonly Column<FrontierRow>[] = [
  { title: "action", left: true, cell: (row) => row.group },
  { title: "policy", left: true, cell: (row) => row.policy },
  { title: "points", cell: (row) => String(row.points) },
  { title: "with loss", leaveOut: 7, cell: (row) => String(row.lossPoints) },
  { title: "tokensEncoded median / p95", cell: (row) => `${number(row.tokensEncoded?.value, 0)} / ${number(row.tokensEncodedP95, 0)}` },
  { title: "of cold", cell: (row) => shareWithInterval(row.shareOfCold, 1) },
  { title: "editToFirstTokenMs median / p95", cell: (row) => `${number(row.firstTokenMs?.value, 0)} / ${number(row.firstTokenMsP95, 0)}` },
  { title: "times faster than best peer", cell: (row) => withInterval(row.timesFaster, 2) },
  { title: "lineEqualsCold", cell: (row) => shareWithInterval(row.lineEqualsCold, 0) },
  { title: "excessLoss", cell: (row) => withInterval(row.excessLoss, 4) },
  { title: "lossOverPsm", cell: (row) => withInterval(row.lossOverPsm, 3) },
  { title: "exactMatch", cell: (row) => shareWithInterval(row.exactMatch, 1) },
  { title: "exactMatch over best peer", leaveOut: 3, cell: (row) => shareWithInterval(row.exactMatchOverPeer, 1) },
  { title: "editSimilarity", leaveOut: 4, cell: (row) => withInterval(row.editSimilarity, 1) },
  { title: "loss a token", leaveOut: 6, cell: (row) => number(row.lossPerToken?.value, 3) },
  { title: "loss a byte", leaveOut: 5, cell: (row) => number(row.lossPerByte?.value, 3) },
  { title: "rounding alone: lineEqualsCold", leaveOut: 8, cell: (row) => shareWithInterval(row.roundingLineEquals, 0) },
  { title: "rounding alone: excessLoss", leaveOut: 8, cell: (row) => withInterval(row.roundingLoss, 4) },
  { title: "repairTokens", leaveOut: 2, cell: (row) => number(row.repairTokens, 1) },
  { title: "healTokens", leaveOut: 2, cell: (row) => number(row.healTokens, 1) },
  { title: "exactShare", leaveOut: 1, cell: (row) => share(row.exactShare) },
];

const legend =
  "Brackets hold 95 % bootstrap intervals over traces; comparisons are paired. Losses are nats of the text really written: excessLoss\n" +
  "over the policy's own prompt on a cold cache, lossOverPsm over the whole file prefix first on a cold cache, both a token.\n" +
  "tokensEncoded counts all since the completion before; `of cold` is the median of its share of the policy's own prompt.\n" +
  "`elsewhere` holds jumps and edits above, below and in several places. repairTokens, healTokens and exactShare are means.";

/** At most `widthMax` columns wide where leaving figures out can do it. */
export function textFrontier(rows: readonly FrontierRow[], widthMax: number): string {
  const { table, isWhole } = fittedTable(columns, rows, (row) => row.group, widthMax);
  return [table, legend, isWhole ? "" : tooNarrow].filter((part) => part !== "").join("\n\n");
}

export function markdownFrontier(rows: readonly FrontierRow[]): string {
  return `${markdownTable(columns, rows)}\n\n${legend}\n`;
}

function shareWithInterval(estimate: Estimate | undefined, digits: number): string {
  if (estimate === undefined) return "–";
  const { value, interval } = estimate;
  const percent = (part: number): string => number(100 * part, digits);
  return interval === undefined ? `${percent(value)} %` : `${percent(value)} [${percent(interval.low)}, ${percent(interval.high)}] %`;
}

// Owns the figures of decoded points: tokens a second with drafts and without, what was accepted, what differed. Pure.
import { draftSourceNames } from "../../../sidecar/decode/draft/draftSource";
import { number, share } from "../columns";
import type { Column } from "../columns";
import type { DecodedPoint, DecodedRun } from "./decodedPoint";

export interface DecodeRow {
  readonly group: string;
  readonly completions: number;
  readonly differing: number;
  readonly tokensASecondWithout: number;
  readonly tokensASecondDrafted: number;
  /** Tokens a second with drafts over those without. */
  readonly speedUp: number;
  /** Milliseconds to the first token, medians. */
  readonly firstTokenMsWithout: number;
  readonly firstTokenMsDrafted: number;
  readonly draftSteps: number;
  readonly acceptedPerDraft: number | undefined;
  readonly settled: number;
  /** Accepted over proposed tokens of each source. */
  readonly acceptance: Readonly<Record<string, number | undefined>>;
  /** The same batches in the time they take elsewhere. */
  readonly replayedSpeedUp: number | undefined;
}

/** Milliseconds of a batch by its tokens. */
export type Timings = Readonly<Record<string, number>>;

export function decodeRows(points: readonly DecodedPoint[], timings: Timings | undefined): readonly DecodeRow[] {
  const groups = new Map<string, DecodedPoint[]>([["all", []]]);
  for (const point of points) {
    for (const name of ["all", point.action, point.languageId]) groups.set(name, [...(groups.get(name) ?? []), point]);
  }
  return [...groups].filter(([, own]) => own.length > 0).map(([group, own]) => rowOf(group, own, timings));
}

function rowOf(group: string, points: readonly DecodedPoint[], timings: Timings | undefined): DecodeRow {
  const total = (pick: (point: DecodedPoint) => number): number => points.reduce((sum, point) => sum + pick(point), 0);
  const rateOf = (pick: (point: DecodedPoint) => DecodedRun): number => (1_000 * total((point) => pick(point).tokens)) / total((point) => pick(point).ms);
  const without = rateOf((point) => point.without);
  const drafted = rateOf((point) => point.drafted);
  const steps = total((point) => point.draftSteps);
  const ofSource = (name: (typeof draftSourceNames)[number], what: "proposed" | "accepted"): number => total((point) => point.bySource[name]?.[what] ?? 0);
  const median = (pick: (point: DecodedPoint) => number): number => points.map(pick).sort((a, b) => a - b)[points.length >> 1] ?? 0;
  return {
    group,
    completions: points.length,
    differing: points.filter((point) => !point.isSame).length,
    tokensASecondWithout: without,
    tokensASecondDrafted: drafted,
    speedUp: drafted / without,
    firstTokenMsWithout: median((point) => point.without.firstTokenMs),
    firstTokenMsDrafted: median((point) => point.drafted.firstTokenMs),
    draftSteps: steps,
    acceptedPerDraft: steps === 0 ? undefined : draftSourceNames.reduce((sum, name) => sum + ofSource(name, "accepted"), 0) / steps,
    settled: total((point) => point.settled),
    acceptance: Object.fromEntries(draftSourceNames.map((name) => {
      const proposed = ofSource(name, "proposed");
      return [name, proposed === 0 ? undefined : ofSource(name, "accepted") / proposed];
    })),
    replayedSpeedUp: timings === undefined ? undefined : replayed(points, timings),
  };
}

function replayed(points: readonly DecodedPoint[], timings: Timings): number {
  const msOf = (pick: (point: DecodedPoint) => DecodedRun): number =>
    points.reduce((sum, point) => sum + pick(point).batches.reduce((own, tokens) => own + batchMs(tokens, timings), 0), 0);
  return msOf((point) => point.without) / msOf((point) => point.drafted);
}

/** Between the batches that were measured, along a line. */
function batchMs(tokens: number, timings: Timings): number {
  const known = Object.entries(timings).map(([size, ms]): readonly [number, number] => [Number(size), ms]).sort(([a], [b]) => a - b);
  const below = known.findLast(([size]) => size <= tokens) ?? known[0] ?? [1, 1];
  const above = known.find(([size]) => tokens <= size) ?? below;
  return above[0] === below[0] ? below[1] : below[1] + ((above[1] - below[1]) * (tokens - below[0])) / (above[0] - below[0]);
}

export const decodeColumns: readonly Column<DecodeRow>[] = [
  { title: "", left: true, cell: (row) => row.group },
  { title: "completions", cell: (row) => String(row.completions) },
  { title: "differing", cell: (row) => String(row.differing) },
  { title: "tokens a second without", cell: (row) => number(row.tokensASecondWithout, 0) },
  { title: "with drafts", cell: (row) => number(row.tokensASecondDrafted, 0) },
  { title: "ratio", cell: (row) => number(row.speedUp, 2) },
  { title: "first token ms without", cell: (row) => number(row.firstTokenMsWithout, 1) },
  { title: "with drafts", cell: (row) => number(row.firstTokenMsDrafted, 1) },
  { title: "draft steps", cell: (row) => String(row.draftSteps) },
  { title: "accepted Per Draft", cell: (row) => number(row.acceptedPerDraft, 2) },
  { title: "settled", cell: (row) => String(row.settled) },
  ...draftSourceNames.map((name): Column<DecodeRow> => ({ title: name, cell: (row) => share(row.acceptance[name]) })),
  { title: "ratio by --timings", cell: (row) => number(row.replayedSpeedUp, 2) },
];

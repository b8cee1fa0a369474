// Owns the figures of the short form, by language and method, and how they look. Pure.
import type { Column } from "../columns";
import { fittedTable, markdownTable, number, share } from "../columns";
import { editSimilarity, estimate, exactMatch, mean } from "../score";
import type { Estimate } from "../score";
import type { ShortForm } from "./shortForm";

/** Shares are 0..1, similarity is 0..100. Differences are over greedy on the same completions, bootstrapped over traces. */
export interface ShortRow {
  readonly language: string;
  readonly method: string;
  /** Those whose trace says what was written. */
  readonly completions: number;
  readonly exactMatch: number | undefined;
  readonly exactMatchOverGreedy: Estimate | undefined;
  readonly editSimilarity: number | undefined;
  readonly editSimilarityOverGreedy: Estimate | undefined;
  /** Share of completions that are another text than greedy's. */
  readonly differs: number | undefined;
  readonly acted: number | undefined;
  readonly changed: number | undefined;
}

interface Scored {
  readonly trace: string;
  readonly language: string;
  readonly method: string;
  readonly suggested: string;
  readonly exact: number;
  readonly similarity: number;
  readonly acted: boolean;
  readonly changed: boolean;
  readonly point: string;
}

/** Rows by language in the order of their first trace, all languages together last. */
export function shortRows(forms: readonly ShortForm[], methods: readonly string[], seed: number): readonly ShortRow[] {
  const scored = forms.flatMap(scoredOf);
  const greedy = new Map(scored.filter(({ method }) => method === "greedy").map((one) => [one.point, one]));
  const languages = [...new Set(scored.map(({ language }) => language))];
  return [...languages, ...(languages.length > 1 ? ["all"] : [])].flatMap((language) =>
    methods.flatMap((method) => {
      const own = scored.filter((one) => one.method === method && (language === "all" || one.language === language));
      return own.length === 0 ? [] : [rowOf(language, method, own, greedy, seed)];
    }));
}

function scoredOf({ trace, languageId, method, completions }: ShortForm): readonly Scored[] {
  return completions.flatMap(({ ordinal, suggested, expected, acts, changes }) => {
    if (expected === undefined) return [];
    const exact = Number(exactMatch(suggested, expected));
    const similarity = editSimilarity(suggested, expected);
    return [{ trace, language: languageId, method, suggested, exact, similarity, acted: acts > 0, changed: changes > 0, point: `${ordinal} ${trace}` }];
  });
}

function rowOf(language: string, method: string, own: readonly Scored[], greedyOf: ReadonlyMap<string, Scored>, seed: number): ShortRow {
  const pairs = own.flatMap((one) => {
    const greedy = greedyOf.get(one.point);
    return greedy === undefined ? [] : [{ one, greedy }];
  });
  const over = (figure: (one: Scored) => number): Estimate | undefined =>
    estimate(pairs, ({ one }) => one.trace, (drawn) => mean(drawn.map(({ one, greedy }) => figure(one) - figure(greedy))), seed);
  return {
    language, method,
    completions: own.length,
    exactMatch: mean(own.map(({ exact }) => exact)),
    exactMatchOverGreedy: over(({ exact }) => exact),
    editSimilarity: mean(own.map(({ similarity }) => similarity)),
    editSimilarityOverGreedy: over(({ similarity }) => similarity),
    differs: mean(pairs.map(({ one, greedy }) => Number(one.suggested !== greedy.suggested))),
    acted: mean(own.map(({ acted }) => Number(acted))),
    changed: mean(own.map(({ changed }) => Number(changed))),
  };
}

const columns: readonly Column<ShortRow>[] = [
  { title: "language", left: true, cell: (row) => row.language },
  { title: "method", left: true, cell: (row) => row.method },
  { title: "completions", cell: (row) => String(row.completions) },
  { title: "exactMatch", cell: (row) => (row.exactMatch === undefined ? "–" : `${number(100 * row.exactMatch, 1)} %`) },
  { title: "over greedy", cell: (row) => signed(row.exactMatchOverGreedy, 100) },
  { title: "editSimilarity", cell: (row) => number(row.editSimilarity, 1) },
  { title: "over greedy", cell: (row) => signed(row.editSimilarityOverGreedy, 1) },
  { title: "differs", cell: (row) => share(row.differs) },
  { title: "acted", cell: (row) => share(row.acted) },
  { title: "changed", cell: (row) => share(row.changed) },
];

const legend =
  "short: completions of traces with the editor's stop rules. exactMatch and editSimilarity are of the first line against what was really written.\n" +
  "over greedy: difference in points on the same completions with its paired 95 % bootstrap interval over traces.\n" +
  "differs: another text than greedy's; acted, changed: completions in which the penalty lowered something, and in which that changed a choice.";

export function textShortRows(rows: readonly ShortRow[], widthMax = Infinity): string {
  return [fittedTable(columns, rows, (row) => row.language, widthMax).table, legend].join("\n\n");
}

export function markdownShortRows(rows: readonly ShortRow[]): string {
  return [markdownTable(columns, rows), legend].join("\n\n") + "\n";
}

function signed(estimate: Estimate | undefined, scale: number): string {
  if (estimate === undefined) return "–";
  const print = (value: number): string => (value > 0 ? "+" : "") + number(scale * value, 1);
  const { interval } = estimate;
  return interval === undefined ? print(estimate.value) : `${print(estimate.value)} [${print(interval.low)}, ${print(interval.high)}]`;
}

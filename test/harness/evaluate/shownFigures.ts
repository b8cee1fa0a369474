// Owns the figures of what is shown and what is withheld, and of a simulated user who takes what is exactly right. Pure.
import type { PolicyName } from "../../../sidecar/session/policy";
import type { Column } from "../columns";
import { fittedTable, markdownTable, number, share } from "../columns";
import { exactMatch, firstLine } from "../score";
import type { EvaluatedPoint } from "./evaluatedPoint";

/** Shares are 0..1; undefined where there is nothing to take a share of. Points count that say what was really written. */
export interface ShownRow {
  readonly policy: PolicyName;
  readonly points: number;
  /** Points at which something could have been shown. */
  readonly suggestions: number;
  readonly shown: number;
  /** Right first lines among all that could have been shown, and among what was. */
  readonly precisionOfAll: number | undefined;
  readonly precisionOfShown: number | undefined;
  /** Right suggestions that were shown, of all right ones. */
  readonly rightKept: number | undefined;
  /** Shown suggestions that add a syntax error, and the same had everything been shown as it was written. */
  readonly errorsShown: number | undefined;
  /** Characters that come from suggestions, less the keys that take them, for each key pressed. */
  readonly savedByLine: number | undefined;
  readonly savedByWord: number | undefined;
}

export function shownRows(points: readonly EvaluatedPoint[], policies: readonly PolicyName[]): readonly ShownRow[] {
  return policies.flatMap((policy) => {
    const own = points.filter(({ result, showing }) => result.policy === policy && result.expected !== undefined && showing !== undefined);
    return own.length === 0 ? [] : [rowOf(policy, own)];
  });
}

function rowOf(policy: PolicyName, own: readonly EvaluatedPoint[]): ShownRow {
  const suggestions = own.filter(({ result }) => result.suggested.trim() !== "");
  const shown = suggestions.filter(isShown);
  const right = suggestions.filter(isRight);
  const rightShown = shown.filter(isRight);
  return {
    policy,
    points: own.length,
    suggestions: suggestions.length,
    shown: shown.length,
    precisionOfAll: quotient(right.length, suggestions.length),
    precisionOfShown: quotient(rightShown.length, shown.length),
    rightKept: quotient(rightShown.length, right.length),
    errorsShown: quotient(shown.filter(({ showing }) => showing?.addsError === true).length, shown.length),
    savedByLine: saved(own, (point) => (isShown(point) && isRight(point) ? [firstLine(point.result.suggested).length, 1] : [0, 0])),
    savedByWord: saved(own, (point) => (isShown(point) ? takenByWord(point.result.suggested, point.result.expected ?? "") : [0, 0])),
  };
}

function isShown({ showing }: EvaluatedPoint): boolean {
  return showing?.outcome === "shown";
}

function isRight({ result }: EvaluatedPoint): boolean {
  return result.expected !== undefined && exactMatch(result.suggested, result.expected);
}

/** Characters and keys of one who takes word after word as long as the next one is right. */
export function takenByWord(suggested: string, expected: string): readonly [characters: number, keys: number] {
  const line = firstLine(suggested);
  const wanted = firstLine(expected);
  let characters = 0;
  let keys = 0;
  for (const word of line.match(/\s*(?:[\p{L}\p{N}_]+|[^\s\p{L}\p{N}_]+)/gu) ?? []) {
    if (!wanted.startsWith(word, characters)) break;
    characters += word.length;
    keys += 1;
  }
  return [characters, keys];
}

/** `taken` says for a point how many characters come from its suggestion and how many keys that costs; the rest is typed. */
function saved(points: readonly EvaluatedPoint[], taken: (point: EvaluatedPoint) => readonly [characters: number, keys: number]): number | undefined {
  let gained = 0;
  let pressed = 0;
  for (const point of points) {
    const [characters, keys] = taken(point);
    gained += characters - keys;
    pressed += firstLine(point.result.expected ?? "").length - characters + keys;
  }
  return quotient(gained, pressed);
}

function quotient(over: number, under: number): number | undefined {
  return under === 0 ? undefined : over / under;
}

const columns: readonly Column<ShownRow>[] = [
  { title: "policy", left: true, cell: (row) => row.policy },
  { title: "points", cell: (row) => String(row.points) },
  { title: "suggestions", cell: (row) => String(row.suggestions) },
  { title: "shown", cell: (row) => String(row.shown) },
  { title: "right of all", cell: (row) => share(row.precisionOfAll) },
  { title: "right of shown", cell: (row) => share(row.precisionOfShown) },
  { title: "right ones kept", cell: (row) => share(row.rightKept) },
  { title: "shown that add a syntax error", cell: (row) => share(row.errorsShown) },
  { title: "saved a key, by line", cell: (row) => number(row.savedByLine, 3) },
  { title: "by word", cell: (row) => number(row.savedByWord, 3) },
];

export function textShown(rows: readonly ShownRow[], widthMax: number): string {
  return fittedTable(columns, rows, (row) => row.policy, widthMax).table;
}

export function markdownShown(rows: readonly ShownRow[]): string {
  return markdownTable(columns, rows);
}

// Owns the finding of repeats at the end of a text: which units would open another copy of what has been repeating, and how
// much has been. Pure. Only what was generated counts; what stands before the cursor is what it may copy.
import { hasWord, openSiblings, wholeLines, withoutNumbers, type TextLine, type Unit } from "./units";

/** What of whole units can repeat; see `RepeatKind`. */
export type UnitRepeatKind = "content" | "scattered" | "numbered" | "structure" | "pattern";

export interface UnitRepeat {
  readonly kind: UnitRepeatKind;
  /** Units that would open another copy. */
  readonly openings: readonly Unit[];
  /** Units of one copy; where there is no strict order, units that come back. */
  readonly period: number;
  /** Generated lines that are copies (`content`, `scattered`, `pattern`), or copied units by the period (`numbered`, `structure`). */
  readonly count: number;
}

/** Units that one copy has at most. */
const periodMax = 8;
/** Siblings that are looked at. */
const siblingsMax = 160;
/** Units back that one is looked for which comes back in no strict order. */
const nearUnits = 12;
/** Lines back that a line is looked for. */
const nearLines = 48;

/**
 * Repeats under way at the end of `text`, of which everything from `generatedFrom` on was generated.
 * @param skeletonOf what two units share that have the same productions only; asked again and again for the same ones
 */
export function unitRepeats(text: string, generatedFrom: number, skeletonOf: (content: string) => string): readonly UnitRepeat[] {
  const lines = wholeLines(text);
  const stale = staleLines(lines, generatedFrom, (text) => text);
  const stalePatterns = staleLines(lines, generatedFrom, skeletonOf);
  return openSiblings(lines, siblingsMax).flatMap((siblings) => {
    const units = siblings.filter(({ content }) => hasWord(content));
    const generated = units.filter(({ head }) => generatedFrom <= head.startUtf16).length;
    if (generated === 0) return [];
    return [
      strictRepeat(units, (content) => content, generated, "content"),
      scatteredRepeat(units, stale, "scattered"),
      strictRepeat(units, withoutNumbers, generated, "numbered"),
      strictRepeat(units, skeletonOf, generated, "structure"),
      scatteredRepeat(units, stalePatterns, "pattern"),
    ].filter((repeat) => repeat !== undefined);
  });
}

/** The last units equal those one period before: the shortest period with the most copies. */
function strictRepeat(
  units: readonly Unit[], keyOf: (content: string) => string, generated: number, kind: UnitRepeatKind,
): UnitRepeat | undefined {
  const keys = new Map<number, string>();
  /** The key of the unit that is the `back`th from the end; made when it is first asked for, which few are. */
  const keyAt = (back: number): string => {
    const known = keys.get(back);
    if (known !== undefined) return known;
    const key = keyOf(units[units.length - 1 - back]?.content ?? "");
    keys.set(back, key);
    return key;
  };
  let best: UnitRepeat | undefined;
  let copiesMax = 0;
  for (let period = 1; period <= periodMax && period < units.length; period += 1) {
    let run = 0;
    while (run < generated && run + period < units.length && keyAt(run) === keyAt(run + period)) run += 1;
    const copies = run / period;
    const opening = units[units.length - period];
    if (copies < 1 || opening === undefined || copies <= copiesMax) continue;
    copiesMax = copies;
    const count = kind === "content" ? units.slice(units.length - run).reduce((sum, unit) => sum + unit.endLine - unit.startLine, 0) : copies;
    best = { kind, openings: [opening], period, count };
  }
  return best;
}

interface StaleLines {
  /** Whether each line says what a line shortly before it said. */
  readonly isStale: readonly boolean[];
  /** Generated stale lines; each new one halves the count. */
  readonly count: number;
}

function staleLines(lines: readonly TextLine[], generatedFrom: number, keyOf: (text: string) => string): StaleLines {
  /** The latest index of each key, among lines that say something. */
  const latest = new Map<string, number>();
  let count = 0;
  const isStale = lines.map(({ text, startUtf16 }, index) => {
    if (!hasWord(text)) return false;
    const key = keyOf(text);
    const before = latest.get(key);
    latest.set(key, index);
    const stale = before !== undefined && index - before <= nearLines;
    if (generatedFrom <= startUtf16) count = stale ? count + 1 : count / 2;
    return stale;
  });
  return { isStale, count };
}

/** Units most of whose lines have come back, in whatever order. */
function scatteredRepeat(units: readonly Unit[], { isStale, count }: StaleLines, kind: UnitRepeatKind): UnitRepeat | undefined {
  const openings = units.slice(-nearUnits).filter(({ startLine, endLine }) => {
    const stale = isStale.slice(startLine, endLine).filter(Boolean).length;
    return endLine - startLine <= 2 * stale;
  });
  return openings.length === 0 || count < 1 ? undefined : { kind, openings: openings.reverse(), period: openings.length, count };
}

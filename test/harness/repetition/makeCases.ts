// Owns the making of cases from files: points after repeated statements, the same with more copies pasted on, and the
// points at which a search for loops may begin. Deterministic for a seed; knows no model and reads no file.
import { at } from "../../../sidecar/base/assert";
import type { Random } from "../../../sidecar/base/random";
import { caseOf } from "./case";
import type { CaseSource, RepetitionCase } from "./case";
import { findLineRepeats } from "./lineRepeats";
import type { LineRepeat } from "./lineRepeats";

/** Cases begin where their file begins, so that the parser sees what the model sees; this keeps them within the context. */
export const prefixUtf16 = { min: 200, max: 4_000 } as const;

/** What a syntax is asked: errors in a text, and whether a place is in a string or a comment. */
export interface SyntaxJudge {
  errors(source: CaseSource, text: string): number;
  isProse(source: CaseSource, offsetUtf16: number): boolean;
}

/** Copies that are pasted on, at random between these, both included. (CodeRepetEval) */
const pastedCopies = { min: 5, max: 10 } as const;
/** Copies after which a real file is cut. (CodeRepetEval) */
const realCopies = { min: 2, max: 4 } as const;

/** Points in real files after 2 to 4 neighbouring statements that look alike. One from each file, then a second from each, … */
export function* realRepetitions(sources: readonly CaseSource[], random: Random, judge: SyntaxJudge): Generator<RepetitionCase> {
  for (const { source, repeat, lines } of repeatsInTurn(sources, random, judge)) {
    const most = Math.min(repeat.copies, realCopies.max);
    const copies = realCopies.min + random.below(most - realCopies.min + 1);
    const prefix = firstLines(lines, repeat.startLine + repeat.period * copies);
    if (fits(prefix)) yield caseOf("rr", source, prefix, copies);
  }
}

/** The same points with the last copy pasted another 5 to 10 times. Where that breaks the syntax there is no case. */
export function* pastedRepetitions(sources: readonly CaseSource[], random: Random, judge: SyntaxJudge): Generator<RepetitionCase> {
  for (const { source, repeat, lines } of repeatsInTurn(sources, random, judge)) {
    const end = repeat.startLine + repeat.period * repeat.copies;
    const pasted = pastedCopies.min + random.below(pastedCopies.max - pastedCopies.min + 1);
    const prefix = firstLines(lines, end);
    const pattern = lines.slice(end - repeat.period, end).join("\n") + "\n";
    const whole = prefix + pattern.repeat(pasted);
    if (fits(whole) && judge.errors(source, whole) <= judge.errors(source, prefix)) yield caseOf("as", source, whole, repeat.copies + pasted);
  }
}

/** Line starts drawn at random, one from each file, then a second from each, …; at most `roundsMax` of one file. */
export function* loopCandidates(sources: readonly CaseSource[], random: Random, roundsMax: number): Generator<RepetitionCase> {
  const shuffled = shuffle(sources, random);
  for (let round = 0; round < roundsMax; round += 1) {
    for (const source of shuffled) {
      const lines = source.text.split("\n");
      const found = caseOf("cg", source, firstLines(lines, 1 + random.below(Math.max(1, linesWithin(lines)))), 0);
      if (fits(found.prefix)) yield found;
    }
  }
}

interface PlacedRepeat {
  readonly source: CaseSource;
  readonly repeat: LineRepeat;
  readonly lines: readonly string[];
}

function* repeatsInTurn(sources: readonly CaseSource[], random: Random, judge: SyntaxJudge): Generator<PlacedRepeat> {
  const waiting = shuffle(sources, random).map((source) => {
    const lines = source.text.split("\n");
    return { source, lines, repeats: shuffle(findLineRepeats(lines.slice(0, linesWithin(lines))), random) };
  });
  for (let turn = 0; waiting.some(({ repeats }) => turn < repeats.length); turn += 1) {
    for (const { source, lines, repeats } of waiting) {
      const repeat = repeats[turn];
      if (repeat === undefined) continue;
      const start = firstLines(lines, repeat.startLine).length;
      const offset = start + at(lines, repeat.startLine).search(/\S/);
      if (!judge.isProse(source, offset)) yield { source, repeat, lines };
    }
  }
}

/** Whole lines of which the first `prefixUtf16.max` characters consist. */
function linesWithin(lines: readonly string[]): number {
  let length = 0;
  const over = lines.findIndex((line) => prefixUtf16.max < (length += line.length + 1));
  return over === -1 ? lines.length - 1 : over;
}

function firstLines(lines: readonly string[], count: number): string {
  return lines.slice(0, count).map((line) => line + "\n").join("");
}

function fits(prefix: string): boolean {
  return prefixUtf16.min <= prefix.length && prefix.length <= prefixUtf16.max;
}

function shuffle<Value>(values: readonly Value[], random: Random): readonly Value[] {
  const shuffled = [...values];
  for (let end = shuffled.length; end > 1; end -= 1) {
    const from = random.below(end);
    const last = at(shuffled, end - 1);
    shuffled[end - 1] = at(shuffled, from);
    shuffled[from] = last;
  }
  return shuffled;
}

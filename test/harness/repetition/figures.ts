// Owns the figures of the repetition benchmark: what each says of one generation, and rows of them by scenario, language and
// method. Pure. Definitions follow CodeRepetEval (arXiv 2505.10402 §4) where it has them.
import { caseLanguages, caseScenarios } from "./case";
import type { RepetitionCase } from "./case";
import type { CompilerVerdict } from "./compilers";
import type { Generation } from "./generation";
import { estimate, mean, median, quantile } from "../score";
import type { Estimate } from "../score";

/** Undefined figures don't apply. Shares are 0..1. */
export interface GenerationFigures {
  /** EGP: ended by the model's end token within the budget. */
  readonly ended: boolean;
  /** TR-N: the share of 4-grams of tokens that occurred before; 0 for fewer than one. */
  readonly repeatedGrams: number;
  /** TR-S: the share of lines with a word that occurred before, indentation aside; 0 for fewer than one. */
  readonly repeatedLines: number;
  /** No more error nodes in prefix and generation together than in the prefix alone. */
  readonly parseOk: boolean | undefined;
  /** The compiler takes prefix and generation together as a program. */
  readonly compileOk: boolean | undefined;
  /** The compiler finds nothing wrong but that the text ends. */
  readonly compilesSoFar: boolean | undefined;
  readonly tokens: number;
  readonly msPerToken: number | undefined;
  /** Time in the method's processors over all decoding time. */
  readonly processorShare: number | undefined;
  /** Choices at which a penalty acted, and those it changed. */
  readonly acts: number;
  readonly changes: number;
}

const gramTokens = 4;

export function figuresOf(generation: Generation, parseOk: boolean | undefined, verdict: CompilerVerdict | undefined): GenerationFigures {
  const { tokens, text, end, decodeMs, processorMs, acts } = generation;
  return {
    ended: end === "end",
    repeatedGrams: repeatedShare(gramsOf(tokens)),
    repeatedLines: repeatedShare(linesOf(text)),
    parseOk,
    compileOk: verdict === undefined ? undefined : verdict === "ok",
    compilesSoFar: verdict === undefined ? undefined : verdict !== "wrong",
    tokens: tokens.length,
    msPerToken: tokens.length === 0 ? undefined : decodeMs / tokens.length,
    processorShare: decodeMs === 0 ? undefined : processorMs / decodeMs,
    acts: acts.length,
    changes: acts.filter((act) => act.changed).length,
  };
}

/** 1 - unique / all. */
export function repeatedShare(values: readonly string[]): number {
  return values.length === 0 ? 0 : 1 - new Set(values).size / values.length;
}

export function gramsOf(tokens: readonly number[]): readonly string[] {
  return tokens.slice(gramTokens - 1).map((_, index) => tokens.slice(index, index + gramTokens).join(" "));
}

/** Lines that say something: brackets on a line of their own repeat in any code. */
export function linesOf(text: string): readonly string[] {
  return text.split("\n").map((line) => line.trim()).filter((line) => /[\p{L}\p{N}]/u.test(line));
}

/** A generation's figures with its case, and greedy's of the same case where there are some. */
export interface Measured {
  readonly sample: RepetitionCase;
  readonly method: string;
  readonly own: GenerationFigures;
  readonly greedy: GenerationFigures | undefined;
}

/** A mean, and by how much it exceeds greedy's over the cases that both have, with the paired 95 % bootstrap interval over files. */
export interface Compared {
  readonly value: number | undefined;
  readonly overGreedy: Estimate | undefined;
}

export interface FigureRow {
  readonly scenario: string;
  readonly language: string;
  readonly method: string;
  readonly cases: number;
  readonly ended: Compared;
  readonly repeatedGrams: Compared;
  readonly repeatedLines: Compared;
  readonly parseOk: Compared;
  readonly compileOk: Compared;
  readonly compilesSoFar: Compared;
  readonly tokensMean: number | undefined;
  readonly msPerTokenMedian: number | undefined;
  readonly processorShareP95: number | undefined;
  /** Share of cases in which a penalty acted at all, and the mean number of choices it changed. */
  readonly actedShare: number | undefined;
  readonly changesMean: number | undefined;
}

/** Rows by scenario, then language, both languages together last, then method in the order of `methods`. */
export function figureRows(measured: readonly Measured[], methods: readonly string[], seed: number): readonly FigureRow[] {
  const rows: FigureRow[] = [];
  // In an order of their own, so that intervals don't depend on which process measured what.
  const ordered = measured.toSorted((a, b) => (a.sample.id < b.sample.id ? -1 : 1));
  for (const scenario of caseScenarios) {
    for (const language of [...caseLanguages, "both"] as const) {
      const own = ordered.filter(({ sample }) => sample.scenario === scenario && (language === "both" || sample.language === language));
      if (language === "both" && new Set(own.map(({ sample }) => sample.language)).size < 2) continue;
      for (const method of methods) {
        const ofMethod = own.filter((one) => one.method === method);
        if (ofMethod.length > 0) rows.push(rowOf(scenario, language, method, ofMethod, seed));
      }
    }
  }
  return rows;
}

function rowOf(scenario: string, language: string, method: string, measured: readonly Measured[], seed: number): FigureRow {
  const compared = (figure: (figures: GenerationFigures) => number | boolean | undefined): Compared => comparedBy(measured, figure, seed);
  const all = measured.map(({ own }) => own);
  return {
    scenario, language, method,
    cases: measured.length,
    ended: compared((figures) => figures.ended),
    repeatedGrams: compared((figures) => figures.repeatedGrams),
    repeatedLines: compared((figures) => figures.repeatedLines),
    parseOk: compared((figures) => figures.parseOk),
    compileOk: compared((figures) => figures.compileOk),
    compilesSoFar: compared((figures) => figures.compilesSoFar),
    tokensMean: mean(all.map(({ tokens }) => tokens)),
    msPerTokenMedian: median(all.flatMap(({ msPerToken }) => msPerToken ?? [])),
    processorShareP95: quantile(all.flatMap(({ processorShare }) => processorShare ?? []), 0.95),
    actedShare: mean(all.map(({ acts }) => (acts > 0 ? 1 : 0))),
    changesMean: mean(all.map(({ changes }) => changes)),
  };
}

function comparedBy(measured: readonly Measured[], figure: (figures: GenerationFigures) => number | boolean | undefined, seed: number): Compared {
  const numberOf = (figures: GenerationFigures | undefined): number | undefined => {
    const value = figures === undefined ? undefined : figure(figures);
    return value === undefined ? undefined : Number(value);
  };
  const pairs = measured.flatMap(({ sample, own, greedy }) => {
    const left = numberOf(own);
    const right = numberOf(greedy);
    return left === undefined || right === undefined ? [] : [{ path: sample.path, difference: left - right }];
  });
  return {
    value: mean(measured.flatMap(({ own }) => numberOf(own) ?? [])),
    overGreedy: estimate(pairs, ({ path }) => path, (drawn) => mean(drawn.map(({ difference }) => difference)), seed),
  };
}

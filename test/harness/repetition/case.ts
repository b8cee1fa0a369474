// Owns what a case of the repetition benchmark is: a beginning of a file behind which a model is inclined to loop.
// Knows no model and no method.
import { createHash } from "node:crypto";

/**
 * as: artificial synthesis, correct code with its last repetition pattern pasted on; cg: code generation, the model's own
 * loops; rr: real repetition, a point in a real file after a few repeated statements. (CodeRepetEval, arXiv 2505.10402)
 */
export const caseScenarios = ["as", "cg", "rr"] as const;
export type CaseScenario = (typeof caseScenarios)[number];

/** What the cases are grouped by: `typescript` takes in TSX and JavaScript. */
export const caseLanguages = ["typescript", "python"] as const;
export type CaseLanguage = (typeof caseLanguages)[number];

export interface RepetitionCase {
  /** The same for the same scenario and text, in every run. */
  readonly id: string;
  readonly scenario: CaseScenario;
  readonly language: CaseLanguage;
  readonly languageId: string;
  /** The file that the text is from, as the model is told it. */
  readonly path: string;
  /** The file from its first character to the point, whole lines; what the model is to go on with. */
  readonly prefix: string;
  /** Adjacent copies of the pattern that the prefix ends with; 0 where none was looked for. */
  readonly copies: number;
}

/** A file that cases are made from. */
export interface CaseSource {
  readonly path: string;
  readonly language: CaseLanguage;
  readonly languageId: string;
  readonly text: string;
}

export function caseOf(scenario: CaseScenario, { path, language, languageId }: CaseSource, prefix: string, copies: number): RepetitionCase {
  return { id: `${scenario}-${textHash(`${languageId}\n${path}\n${prefix}`)}`, scenario, language, languageId, path, prefix, copies };
}

/** 16 hexadecimal digits that stand for a text without holding any of it. */
export function textHash(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 16);
}

// Owns what a case of the dereference benchmark is: a method cut right behind a dereference, and what really stood there.
// Modelled on DotPrompts (arXiv 2306.10763). Knows no model, no monitor and no parser.
import { createHash } from "node:crypto";

export const caseLanguages = ["typescript", "python"] as const;
export type CaseLanguage = (typeof caseLanguages)[number];

export interface DereferenceCase {
  /** The same for the same place in the same text of the same project, wherever that stands on disk. */
  readonly id: string;
  readonly language: CaseLanguage;
  readonly languageId: string;
  /** The name of the project's folder. */
  readonly project: string;
  /** Of the file, below the project's folder, with slashes. */
  readonly path: string;
  /** What is dereferenced, its end where it is long, and how. */
  readonly receiver: string;
  readonly trigger: "." | "?.";
  /** Where the body of the function begins, behind its opening brace where it has one. */
  readonly bodyUtf16: number;
  /** Right behind the trigger. */
  readonly cursorUtf16: number;
  /** Where what follows the method begins: white space and, where the language has one, the closing brace. */
  readonly followingUtf16: number;
  /** White space before the line that opens the function. */
  readonly indentation: string;
  /** What was cut out: the rest of the method. Begins with the member. */
  readonly truth: string;
}

/** A file that cases are made from. */
export interface CaseSource {
  readonly language: CaseLanguage;
  readonly languageId: string;
  readonly project: string;
  readonly path: string;
  readonly text: string;
}

export function caseIdOf({ language, project, path, text }: CaseSource, cursorUtf16: number): string {
  return createHash("sha256").update([language, project, path, cursorUtf16, text].join("\0")).digest("hex").slice(0, 16);
}

/** The file as the editor has it when the completion is asked for. */
export interface CutText {
  readonly before: string;
  readonly after: string;
}

export function cutText({ cursorUtf16, followingUtf16 }: DereferenceCase, text: string): CutText {
  return { before: text.slice(0, cursorUtf16), after: text.slice(followingUtf16) };
}

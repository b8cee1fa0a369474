// Owns the question which files are worth making traces from, and what their languages are called. Reads no file.
import { extname } from "node:path";
import type { FileChange } from "./history";
import { canTrace } from "./history";
import { lineDiff } from "./lineDiff";

const languageIds: Readonly<Record<string, string>> = {
  ".ts": "typescript", ".mts": "typescript", ".cts": "typescript", ".tsx": "typescriptreact",
  ".js": "javascript", ".mjs": "javascript", ".cjs": "javascript", ".jsx": "javascriptreact",
  ".py": "python", ".go": "go", ".rs": "rust", ".java": "java", ".c": "c", ".h": "c", ".cc": "cpp", ".cpp": "cpp", ".hpp": "cpp",
  ".cs": "csharp", ".php": "php", ".rb": "ruby", ".css": "css", ".html": "html", ".sh": "shellscript",
};

const fileUtf16Max = 200_000;
const lineUtf16Max = 2_000;
const hunksMax = 40;

/** Undefined for files that aren't source in a language we know, and for those that a tool wrote. */
export function languageIdOf(path: string): string | undefined {
  return /\.min\.|(^|\/)(node_modules|vendor)\//.test(path) ? undefined : languageIds[extname(path).toLowerCase()];
}

/** Whether a person could have made this change in one sitting, in a file that a person could have written. */
export function isWorthTracing(change: FileChange): boolean {
  if (!canTrace(change) || change.before.trim() === "") return false;
  for (const text of [change.before, change.after]) {
    if (text.length > fileUtf16Max || text.includes("\0") || text.split("\n").some((line) => line.length > lineUtf16Max)) return false;
  }
  return lineDiff(change.before, change.after).length <= hunksMax;
}

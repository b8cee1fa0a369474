// Owns the table of how languages write comments, quotes and empty bodies, as far as openings and closings need. Plain data.
import type { Marks } from "./bracketScan";

const hashLanguages: ReadonlySet<string> = new Set([
  "python", "ruby", "shellscript", "yaml", "toml", "dockerfile", "makefile", "perl", "r", "powershell", "ini", "properties", "elixir", "julia",
]);
const characterQuoteLanguages: ReadonlySet<string> = new Set(["rust", "go", "java", "c", "cpp", "csharp", "haskell"]);

/** What is not in the table writes comments as C does, and strings in either quote. */
export function marksOf(languageId: string): Marks {
  return {
    hashComments: hashLanguages.has(languageId),
    characterQuotes: characterQuoteLanguages.has(languageId),
    looseParentheses: languageId === "shellscript",
    emptyStatement: languageId === "python" ? "pass" : undefined,
  };
}

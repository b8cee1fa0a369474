// Owns the table of how languages write comments, quotes and empty bodies, as far as openings and closings need. Plain data.
import type { Marks } from "./bracketScan";

const hashLanguages: ReadonlySet<string> = new Set([
  "python", "ruby", "shellscript", "yaml", "toml", "dockerfile", "makefile", "perl", "r", "powershell", "ini", "properties", "elixir", "julia",
]);
const characterQuoteLanguages: ReadonlySet<string> = new Set(["rust", "go", "java", "c", "cpp", "csharp", "haskell"]);

const pythonBody = {
  header: /^\s*(?:async|case|class|def|elif|else|except|finally|for|if|match|try|while|with)\b.*:$/,
  statement: "pass",
};

/** What is not in the table writes comments as C does, and strings in either quote. */
export function marksOf(languageId: string): Marks {
  return {
    hashComments: hashLanguages.has(languageId),
    characterQuotes: characterQuoteLanguages.has(languageId),
    looseParentheses: languageId === "shellscript",
    missingBody: languageId === "python" ? pythonBody : undefined,
  };
}

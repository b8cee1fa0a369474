// Owns the words that a person reads while the extension runs: English stands in the sources, other languages in l10n/.
// Knows no editor; main.ts hands over the bundle of the editor's language. The log and the pages as text stay English.

let bundle: Readonly<Record<string, string>> = {};
let language = "en";

/** Takes the editor's bundle, undefined where it speaks English or no bundle fits, and its language as a BCP 47 tag. */
export function useBundle(words: Readonly<Record<string, string>> | undefined, editorLanguage: string): void {
  bundle = words ?? {};
  language = words === undefined ? "en" : editorLanguage;
}

/** The language that `t` speaks. */
export function pageLanguage(): string {
  return language;
}

/**
 * `message` in the editor's language, `{0}`, `{1}` … replaced by `values`, numbers as that language writes them. It must be
 * a literal, so that a test finds it.
 */
export function t(message: string, ...values: readonly (string | number)[]): string {
  const written = (value: string | number): string =>
    typeof value === "string" ? value : new Intl.NumberFormat(language, { maximumFractionDigits: 1 }).format(value);
  return (bundle[message] ?? message).replace(/\{(\d+)\}/g, (placeholder, index: string) => written(values[Number(index)] ?? placeholder));
}

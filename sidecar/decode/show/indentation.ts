// Owns how a document indents its lines, and the same for what is suggested to it. Pure.

/** One level of indentation as the document writes it. */
export type IndentationUnit = { readonly kind: "tab" } | { readonly kind: "spaces"; readonly count: number };

/** Undefined where no line is indented. Of a mixed text, what most of its lines do. */
export function indentationUnitOf(text: string): IndentationUnit | undefined {
  let tabs = 0;
  const widths = new Map<number, number>();
  let previous = 0;
  // Without a string for each line: a long file has thousands, and a completion waits for this.
  for (let start = 0; start < text.length; start = text.indexOf("\n", start) + 1 || text.length) {
    let end = start;
    while (text.charAt(end) === " " || text.charAt(end) === "\t") end += 1;
    if (isBlankFrom(text, end)) continue;
    const width = end - start;
    const isTabbed = text.charAt(start) === "\t";
    if (isTabbed) tabs += 1;
    else if (previous < width) widths.set(width - previous, (widths.get(width - previous) ?? 0) + 1);
    previous = isTabbed ? 0 : width;
  }
  const spaced = [...widths.values()].reduce((sum, count) => sum + count, 0);
  if (tabs + spaced === 0) return undefined;
  if (spaced <= tabs) return { kind: "tab" };
  // Of equals the narrower one: a continuation line may be indented by anything.
  const [count = 4] = [...widths].reduce((best, entry) => (best[1] < entry[1] || (best[1] === entry[1] && entry[0] < best[0]) ? entry : best));
  return { kind: "spaces", count };
}

/** Whether nothing but white space stands from `start` to the end of its line. */
function isBlankFrom(text: string, start: number): boolean {
  for (let index = start; index < text.length && text.charAt(index) !== "\n"; index += 1) if (text.charAt(index).trim() !== "") return false;
  return true;
}

/** The lines of `text` behind its first, indented by tabs where the document uses them and by spaces where it doesn't. */
export function indentedAs(text: string, unit: IndentationUnit | undefined): string {
  if (unit === undefined || !text.includes("\n")) return text;
  const [first = "", ...lines] = text.split("\n");
  const width = unit.kind === "spaces" ? unit.count : ownWidth(lines);
  const level = " ".repeat(width);
  const own = (white: string): string => (unit.kind === "tab" ? tabbed(white, width) : white.replaceAll("\t", level));
  const changed = lines.map((line) => line.replace(/^[ \t]+(?=\S)/, own));
  return [first, ...changed].join("\n");
}

/** Spaces that are no whole level align something and stay. */
function tabbed(white: string, width: number): string {
  const spaces = /^\t*( +)$/.exec(white)?.[1] ?? "";
  const levels = Math.floor(spaces.length / width);
  return white.slice(0, white.length - spaces.length) + "\t".repeat(levels) + " ".repeat(spaces.length - levels * width);
}

/** Spaces that the text itself takes for a level. */
function ownWidth(lines: readonly string[]): number {
  const counts = lines.flatMap((line) => /^ +(?=\S)/.exec(line)?.[0].length ?? []);
  if (counts.length === 0) return 4;
  return counts.every((count) => count % 4 === 0) ? 4 : 2;
}

/** `text` without the white space at its start where the cursor has some before it already, behind code. */
export function withoutDoubleSpace(text: string, lineBefore: string): string {
  return /\S[ \t]+$/.test(lineBefore) ? text.replace(/^[ \t]+/, "") : text;
}

// Owns making HTML: what is put into a template is escaped, unless it is HTML already. Knows no page.

/** Text that may stand in a page as it is. */
export interface Html {
  readonly html: string;
}
type Part = string | number | Html | readonly Html[];

/** A template whose values are escaped; lists of HTML are joined. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Html {
  return { html: strings.reduce((text, string, index) => text + written(parts[index - 1] ?? "") + string) };
}

export const noHtml: Html = { html: "" };

function written(part: Part): string {
  if (typeof part === "string") return escaped(part);
  if (typeof part === "number") return String(part);
  return "html" in part ? part.html : part.map((each) => each.html).join("");
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

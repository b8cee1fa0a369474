// Owns what the statistics page is made of, and how its numbers are written. Knows no editor.
import type { Statistics } from "../../../sidecar/protocol/data";
import type { Status } from "../statusText";
import type { LineRun } from "./documentMap";
import { html, type Html } from "./html";

export interface PageFigures {
  readonly status: Status;
  /** Undefined while no sidecar answers. */
  readonly statistics: Statistics | undefined;
  /** The document that was last worked in, where the sidecar has it. */
  readonly document: MappedDocument | undefined;
  /** A short name for a document's URI. */
  readonly nameOf: (uri: string) => string;
  /** A BCP 47 tag: how numbers are written. */
  readonly language: string;
}

export interface MappedDocument {
  readonly uri: string;
  readonly map: readonly LineRun[];
}

/** A number as people write it, with itself for programs that read the page. */
export function written(value: number, language: string): Html {
  const digits = { maximumFractionDigits: value < 10 && !Number.isInteger(value) ? 1 : 0 };
  return html`<data value="${String(value)}">${new Intl.NumberFormat(language, digits).format(value)}</data>`;
}

/** `part` of `whole` in per cent, as people write it; a dash where there is no whole. */
export function share(part: number, whole: number, language: string): string {
  if (whole === 0) return "–";
  return new Intl.NumberFormat(language, { style: "percent", maximumFractionDigits: 1 }).format(part / whole);
}

/** Rows under a head; the first column names the row. */
export function htmlTable(caption: string, head: readonly string[], rows: readonly (readonly (Html | string)[])[]): Html {
  return html`<table><caption>${caption}</caption>
<thead><tr>${head.map((title) => html`<th scope="col">${title}</th>`)}</tr></thead>
<tbody>${rows.map(([name, ...cells]) => html`<tr><th scope="row">${name ?? ""}</th>${cells.map((cell) => html`<td>${cell}</td>`)}</tr>`)}</tbody></table>`;
}

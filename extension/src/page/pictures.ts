// Owns the page's graphics as SVG: the map of a document, the bars of one completion and of the savings, latency over time.
// Each has a name that says in words what it shows, no text inside and no colour of its own: media/statistics.css has those.
import type { LineRun } from "./documentMap";
import { html, noHtml, type Html } from "./html";

const width = 1_000;

/** One part of a bar; `name` is a class of the style sheet, and each has a pattern of its own beside its colour. */
export interface BarPart {
  readonly name: "exact" | "stale" | "absent" | "kept" | "shifted" | "read" | "prefix";
  readonly size: number;
}

/** The document from its first line to its last; `cursorLine` is marked below. */
export function mapPicture(map: readonly LineRun[], cursorLine: number | undefined, label: string): Html {
  const lines = map.at(-1)?.endLine ?? 0;
  if (lines === 0) return noHtml;
  const x = (line: number): number => rounded((line / lines) * width);
  const runs = map.map(({ startLine, endLine, state }) => rect(state, x(startLine), x(endLine) - x(startLine), 0, 40));
  const at = cursorLine === undefined ? undefined : x(Math.min(cursorLine + 0.5, lines));
  const cursor = at === undefined ? noHtml : html`<path class="cursor" d="M${at} 44 l9 14 h-18 z"/>`;
  return picture(label, 60, [...runs, cursor]);
}

/** Bars under each other, all to one scale. */
export function barPicture(bars: readonly (readonly BarPart[])[], label: string): Html {
  const longest = Math.max(1, ...bars.map((parts) => parts.reduce((sum, { size }) => sum + size, 0)));
  const rows = bars.flatMap((parts, row) => {
    let at = 0;
    return parts.map(({ name, size }) => {
      const start = at;
      at += (size / longest) * width;
      return rect(name, rounded(start), rounded(at - start), row * 34, 26);
    });
  });
  return picture(label, bars.length * 34 - 8, rows);
}

/** A bar for each value, the oldest first, with a line at `median`. */
export function latencyPicture(valuesMs: readonly number[], median: number, label: string): Html {
  const height = 160;
  const highest = Math.max(1, ...valuesMs);
  const step = width / Math.max(20, valuesMs.length);
  const bars = valuesMs.map((value, index) => {
    const size = rounded(Math.max(2, (value / highest) * height));
    return rect("latency", rounded(index * step), rounded(step * 0.8), height - size, size);
  });
  const y = rounded(height - (median / highest) * height);
  return picture(label, height, [...bars, html`<path class="median" d="M0 ${y} H${width}"/>`]);
}

/** The sample of a bar's part for a legend; a decoration, since the legend names it. */
export function swatch(name: BarPart["name"]): Html {
  return html`<svg class="swatch" viewBox="0 0 24 16" aria-hidden="true">${rect(name, 1, 22, 1, 14)}</svg>`;
}

/** What the parts that are hatched are filled with; once in a page. */
export const patterns: Html = html`<svg class="patterns" aria-hidden="true" width="0" height="0"><defs>
<pattern id="hatched" width="8" height="8" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect class="hatch" width="4" height="8"/></pattern>
<pattern id="dotted" width="8" height="8" patternUnits="userSpaceOnUse"><circle class="dot" cx="4" cy="4" r="2.2"/></pattern>
</defs></svg>`;

function rect(name: string, x: number, size: number, y: number, height: number): Html {
  return size <= 0 ? noHtml : html`<rect class="${name}" x="${x}" y="${y}" width="${size}" height="${height}"/>`;
}

function picture(label: string, height: number, shapes: readonly Html[]): Html {
  return html`<svg class="picture" viewBox="0 0 ${width} ${height}" role="img" aria-label="${label}">${shapes}</svg>`;
}

function rounded(value: number): number {
  return Math.round(value * 10) / 10;
}

// Owns the page that never changes: its policy, headings, buttons and tables' places. What is in the places comes as
// sections (pageSections.ts), so that neither the focus nor an open table is lost when the figures change.
import { t } from "../l10n";
import { html, type Html } from "./html";
import { patterns } from "./pictures";

/** The places of the page, by their id. */
export type SectionId =
  | "announcement" | "status" | "model" | "last" | "lastTable" | "map" | "mapTable" | "savings" | "counters" | "latency" | "latencyTable"
  | "outcomes" | "helpers" | "documents" | "recent";

/** What the page's buttons may ask for. */
export type PageCommand = "text" | "json" | "ledger" | "dropCache";

export interface FrameParts {
  /** Fresh for each page: only what carries it runs. */
  readonly nonce: string;
  /** The editor's own sources for local files. */
  readonly cspSource: string;
  readonly script: string;
  readonly style: string;
  readonly language: string;
}

export function pageFrame({ nonce, cspSource, script, style, language }: FrameParts): string {
  const policy = `default-src 'none'; style-src ${cspSource}; script-src 'nonce-${nonce}'`;
  return html`<!DOCTYPE html>
<html lang="${language}">
<head>
<meta charset="UTF-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${t("Palimpsest: Cache Statistics")}</title>
<link rel="stylesheet" href="${style}">
</head>
<body>
${patterns}
<p id="announcement" class="hidden" role="status"></p>
<main>
<h1>${t("Palimpsest: Cache Statistics")}</h1>
${place("status")}
<p class="buttons">${buttons()}</p>
${section("map-title", t("What the cache holds of the document you work in"), [place("map"), folded("mapTable", t("The map as a table"))])}
${section("last-title", t("What the latest completion kept, moved and read"), [place("last"), folded("lastTable", t("The latest completion as a table"))])}
${section("savings-title", t("Saved against prefix reuse"), [place("savings"), folded("counters", t("All counters as a table"))])}
${section("latency-title", t("From the last edit to the first token"), [place("latency"), folded("latencyTable", t("Latency as a table"))])}
${section("outcomes-title", t("What became of the requests"), [place("outcomes"), folded("recent", t("The latest completions one by one"))])}
${section("helpers-title", t("What is at work while a completion is written"), [place("helpers")])}
${section("documents-title", t("Documents"), [place("documents")])}
${section("model-title", t("Model"), [place("model")])}
</main>
<script nonce="${nonce}" src="${script}"></script>
</body>
</html>`.html;
}

function buttons(): readonly Html[] {
  const button = (command: PageCommand, text: string): Html => html`<button type="button" data-command="${command}">${text}</button> `;
  return [
    button("text", t("Show as Text")), button("json", t("Copy as JSON")), button("ledger", t("Show Ledger")), button("dropCache", t("Drop Cache")),
  ];
}

function section(id: string, title: string, content: readonly Html[]): Html {
  return html`<section aria-labelledby="${id}"><h2 id="${id}">${title}</h2>${content}</section>`;
}

function place(id: SectionId): Html {
  return html`<div id="${id}"></div>`;
}

/** A wide table scrolls by itself, by keyboard too. */
function folded(id: SectionId, summary: string): Html {
  return html`<details><summary>${summary}</summary><div id="${id}" class="wide" role="region" tabindex="0" aria-label="${summary}"></div></details>`;
}

// Owns what the page says: the figures as HTML for each of its places, every picture with a sentence and a table beside it.
// Computes nothing but shares of what it is given. Knows neither the editor nor how the page is brought there.
import type { CacheCounters, CompletionRecord, OutcomeKind, Statistics } from "../../../sidecar/protocol/data";
import { outcomeSentence } from "../inline/outcomes";
import { t } from "../l10n";
import type { Status } from "../statusText";
import type { LineRun } from "./documentMap";
import { htmlTable, share, written, type MappedDocument, type PageFigures } from "./figures";
import { helpersAtWork } from "./helpersAtWork";
import { html, noHtml, type Html } from "./html";
import type { SectionId } from "./pageFrame";
import { barPicture, latencyPicture, mapPicture, swatch, type BarPart } from "./pictures";

const recentShown = 20;
type Sections = Readonly<Record<SectionId, string>>;
type Number = (value: number) => Html;

export function pageSections(figures: PageFigures): Sections {
  const { status, statistics, language } = figures;
  const places = statistics === undefined ? {} : filled(figures, statistics, (value) => written(value, language));
  const none = html`<p>${t("There are no figures while no sidecar answers.")}</p>`;
  const all: Record<SectionId, Html> = {
    announcement: announced(status), status: stateOf(status), model: none, last: none, lastTable: noHtml, map: none, mapTable: noHtml,
    savings: none, counters: noHtml, latency: none, latencyTable: noHtml, outcomes: none, helpers: none, documents: none, recent: noHtml,
    ...places,
  };
  return Object.fromEntries(Object.entries(all).map(([id, content]) => [id, content.html])) as Sections;
}

/** The state alone: it changes without any figure. */
export function statusSections(status: Status): Pick<Sections, "announcement" | "status"> {
  return { announcement: announced(status).html, status: stateOf(status).html };
}

/** What a screen reader says by itself: states that stay and matter, not what comes and goes with every key. */
function announced({ kind, word, reason }: Status): Html {
  const isNews = kind === "off" || kind === "paused" || kind === "trouble";
  return isNews ? html`Palimpsest: ${word}. ${reason.split("\n", 1)[0] ?? ""}` : noHtml;
}

function stateOf({ word, reason }: Status): Html {
  const [why = "", ...rest] = reason.split("\n");
  return html`<p><span class="state">${word}</span>: ${why}</p>${rest.map((line) => html`<p>${line}</p>`)}`;
}

function filled(figures: PageFigures, statistics: Statistics, number: Number): Partial<Record<SectionId, Html>> {
  const { language, nameOf } = figures;
  const { recent, totals } = statistics;
  // While one types, requests are broken off one after the other; the latest that went to its end says more.
  const latest = recent.findLast(({ outcome: { kind } }) => kind !== "superseded" && kind !== "cancelled") ?? recent.at(-1);
  return {
    ...mapPlaces(figures.document, recent, figures, number),
    ...lastPlaces(latest, nameOf, number),
    savings: savings(totals, language, number),
    counters: htmlTable(t("All documents"), ["", t("Count")], counterRows(totals).map(([name, value]) => [name, number(value)])),
    ...latencyPlaces(statistics, nameOf, number),
    outcomes: outcomes(statistics, number),
    recent: recentTable(recent, nameOf, number),
    helpers: helpersAtWork(statistics, language),
    documents: documents(statistics, nameOf, number),
    model: model(statistics, number),
  };
}

function mapPlaces(
  document: MappedDocument | undefined, recent: readonly CompletionRecord[], { nameOf, language }: PageFigures, number: Number,
): Partial<Record<SectionId, Html>> {
  if (document === undefined) return { map: html`<p>${t("No document that is completed has been looked at yet.")}</p>` };
  const { map, uri } = document;
  const count = (state: LineRun["state"]): number => map.filter((run) => run.state === state).reduce((sum, run) => sum + run.endLine - run.startLine, 0);
  const lines = map.at(-1)?.endLine ?? 0;
  const cursorLine = recent.findLast((record) => record.uri === uri)?.line;
  const name = nameOf(uri);
  const label = t("Map of {0}: {1} lines exact, {2} stale, {3} absent, of {4}", name, count("exact"), count("stale"), count("absent"), lines);
  const legend = ([["exact", t("exact")], ["stale", t("stale: computed before an edit")], ["absent", t("absent: not read, or changed since")]] as const)
    .map(([state, meaning]) => html`<li>${swatch(state)}${number(count(state))} ${meaning} (${share(count(state), lines, language)})</li>`);
  const cursor = cursorLine === undefined ? noHtml
    : html`<p>${t("The triangle marks line {0}, where a completion was last asked for.", String(cursorLine + 1))}</p>`;
  const rows = map.map(({ startLine, endLine, state }) =>
    [t("{0} to {1}", String(startLine + 1), String(endLine)), number(endLine - startLine), stateName(state)]);
  return {
    map: html`<p>${t("{0}, from its first line to its last, in lines:", name)}</p>
${mapPicture(map, cursorLine, label)}<ul class="legend">${legend}</ul>${cursor}`,
    mapTable: htmlTable(label, [t("Lines"), t("Count"), t("State")], rows),
  };
}

function stateName(state: LineRun["state"]): string {
  return { exact: t("exact"), stale: t("stale"), absent: t("absent") }[state];
}

function lastPlaces(latest: CompletionRecord | undefined, nameOf: (uri: string) => string, number: Number): Partial<Record<SectionId, Html>> {
  if (latest === undefined) return { last: html`<p>${t("No completion was asked for yet.")}</p>` };
  const parts: readonly (readonly [BarPart["name"], string, number])[] = [
    ["kept", t("cells kept in place"), latest.cellsKept],
    ["shifted", t("cells moved, their keys rotated"), latest.cellsShifted],
    ["read", t("tokens read again or anew"), latest.tokensEncoded],
  ];
  const where = `${nameOf(latest.uri)}:${latest.line + 1}:${latest.character + 1}`;
  const label = t("Latest completion: {0} cells kept, {1} moved, {2} tokens read", latest.cellsKept, latest.cellsShifted, latest.tokensEncoded);
  return {
    last: html`<p>${where}. ${outcomeSentence(latest.outcome)}</p>
${barPicture([parts.map(([name, , size]) => ({ name, size }))], label)}
<ul class="legend">${parts.map(([name, meaning, size]) => html`<li>${swatch(name)}${number(size)} ${meaning}</li>`)}</ul>
<p>${t("Of the cells it was written with, {0} were stale. Exact prefix reuse would have read {1} tokens.", latest.cellsStale, latest.prefixTokens)}</p>`,
    lastTable: htmlTable(label, ["", t("Count")], [
      ...parts.map(([, meaning, size]) => [meaning, number(size)]),
      [t("stale cells among them"), number(latest.cellsStale)],
      [t("tokens that prefix reuse would have read"), number(latest.prefixTokens)],
    ]),
  };
}

function savings({ tokensEncoded, prefixTokens }: CacheCounters, language: string, number: Number): Html {
  if (prefixTokens === 0) return html`<p>${t("Nothing to compare with prefix reuse yet.")}</p>`;
  const saved = prefixTokens - tokensEncoded;
  const label = t("{0} tokens read, {1} by exact prefix reuse", tokensEncoded, prefixTokens);
  return html`<p>${t("{0} of {1} tokens were not read again: {2}.", saved, prefixTokens, share(saved, prefixTokens, language))}</p>
${barPicture([[{ name: "read", size: tokensEncoded }], [{ name: "prefix", size: prefixTokens }]], label)}
<ul class="legend"><li>${swatch("read")}${number(tokensEncoded)} ${t("tokens read")}</li>
<li>${swatch("prefix")}${number(prefixTokens)} ${t("tokens that exact prefix reuse would have read for the same completions")}</li></ul>`;
}

/** The counters in the order in which the page shows them, with what each counts. */
function counterRows(counters: CacheCounters): readonly (readonly [string, number])[] {
  return [
    [t("completions"), counters.completions],
    [t("cells kept in place"), counters.cellsKept],
    [t("cells kept and shifted"), counters.cellsShifted],
    [t("tokens encoded"), counters.tokensEncoded],
    [t("of these, to repair stale text"), counters.repairTokens],
    [t("tokens healed in idle time"), counters.healTokens],
    [t("tokens that prefix reuse would have encoded"), counters.prefixTokens],
    [t("rebuilds from text"), counters.rebuilds],
  ];
}

function latencyPlaces(statistics: Statistics, nameOf: (uri: string) => string, number: Number): Partial<Record<SectionId, Html>> {
  const { editToFirstTokenMsMedian: median, editToFirstTokenMsP95: p95 } = statistics;
  const timed = statistics.recent.filter(({ tokensDecoded }) => 0 < tokensDecoded);
  if (median === undefined || p95 === undefined || timed.length === 0) return { latency: html`<p>${t("No completion was timed yet.")}</p>` };
  const values = timed.map(({ editToFirstTokenMs }) => editToFirstTokenMs);
  const highest = Math.round(Math.max(...values));
  const figures = [timed.length, Math.round(median), Math.round(p95), highest];
  const label = t("Latency of {0} completions: median {1} ms, 95th percentile {2} ms, highest {3} ms", ...figures);
  const rows = timed.toReversed().map((record) => [
    `${nameOf(record.uri)}:${record.line + 1}:${record.character + 1}`, number(record.editToFirstTokenMs), number(record.requestMs),
  ]);
  return {
    latency: html`<p>${t("Median")} ${number(median)} ms, ${t("95th percentile")} ${number(p95)} ms.</p>
${latencyPicture(values, median, label)}
<p>${t("A bar for each completion, the latest at the right; the highest is {0} ms, the dashed line the median.", highest)}</p>`,
    latencyTable: htmlTable(label, [t("At"), t("First token, ms"), t("Answer, ms")], rows),
  };
}

function outcomes(statistics: Statistics, number: Number): Html {
  const entries = Object.entries(statistics.outcomes).sort(([, a], [, b]) => b - a);
  if (entries.length === 0) return html`<p>${t("No completion was asked for yet.")}</p>`;
  // The keys of an object are strings to the type checker; these are kinds.
  const rows = entries.map(([kind, count]) => [outcomeSentence({ kind: kind as OutcomeKind }), number(count)]);
  return htmlTable(t("All requests"), [t("Outcome"), t("Count")], rows);
}

function recentTable(recent: readonly CompletionRecord[], nameOf: (uri: string) => string, number: Number): Html {
  const head = [
    t("At"), t("Kept"), t("Shifted"), t("Stale"), t("Encoded"), t("Prefix reuse"), t("Decoded"), t("First token, ms"), t("Answer, ms"), t("Outcome"),
  ];
  const rows = recent.slice(-recentShown).toReversed().map((record) => [
    `${nameOf(record.uri)}:${record.line + 1}:${record.character + 1}`,
    ...[record.cellsKept, record.cellsShifted, record.cellsStale, record.tokensEncoded, record.prefixTokens, record.tokensDecoded].map(number),
    number(record.editToFirstTokenMs), number(record.requestMs), outcomeSentence(record.outcome),
  ]);
  return htmlTable(t("The last {0} completions, the latest first", recentShown), head, rows);
}

function documents({ documents: held }: Statistics, nameOf: (uri: string) => string, number: Number): Html {
  if (held.length === 0) return html`<p>${t("No document is held.")}</p>`;
  const head = [t("Document"), t("Cells"), t("Exact"), t("Stale"), t("Completions"), t("Encoded"), t("Prefix reuse"), t("Rebuilds")];
  return htmlTable(t("Documents in the cache"), head, held.map(({ uri, cells, cellsExact, cellsStale, counters, rebuildReasons }) => [
    nameOf(uri), ...[cells, cellsExact, cellsStale, counters.completions, counters.tokensEncoded, counters.prefixTokens].map(number),
    [String(counters.rebuilds), ...Object.keys(rebuildReasons)].join(" "),
  ]));
}

function model({ model: { name, contextLength, threads, shiftRefusal }, policy }: Statistics, number: Number): Html {
  const rows: (readonly (Html | string)[])[] = [
    [t("Model"), name], [t("Context, cells"), number(contextLength)], [t("Threads"), number(threads)], [t("Policy"), policy],
  ];
  if (shiftRefusal !== undefined) rows.push([t("Cells are not moved"), shiftRefusal]);
  return htmlTable(t("The model that completes"), ["", t("Value")], rows);
}

// The statistics page as HTML: its figures, its safety, and that it says everything in words too. What it looks like, and
// how it is used by keyboard, test/editor/page.test.ts asks in a real editor.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { PageFigures } from "../../../extension/src/page/figures";
import { html } from "../../../extension/src/page/html";
import { pageFrame } from "../../../extension/src/page/pageFrame";
import { pageSections, statusSections } from "../../../extension/src/page/pageSections";
import type { CompletionRecord, Statistics } from "../../../sidecar/protocol/data";

const record: CompletionRecord = {
  uri: "file:///p/src/a.ts", version: 17, line: 41, character: 8, outcome: { kind: "shown" }, policy: "patch",
  tokensEncoded: 13, cellsKept: 901, cellsShifted: 588, cellsStale: 592, prefixTokens: 777, tokensDecoded: 5, editToFirstTokenMs: 7.25, requestMs: 93,
};
const counters = {
  completions: 3, cellsKept: 4_101, cellsShifted: 2_207, tokensEncoded: 131, repairTokens: 11, healTokens: 64, prefixTokens: 2_500, rebuilds: 1,
};
const statistics: Statistics = {
  model: { state: { kind: "ready" }, name: "na<no>", path: "nano.gguf", contextLength: 8192, shiftRefusal: undefined, threads: 2 },
  policy: "patch",
  totals: counters,
  documents: [{
    uri: "file:///p/src/a.ts", version: 17, cells: 1_493, cellsExact: 700, cellsStale: 793, counters, rebuildReasons: { mirror: 1 }, outcome: { kind: "shown" },
  }],
  outcomes: { shown: 2, cancelled: 1 },
  repetition: { acted: 9, changed: 4, rules: { if_statement: 6, line: 3 }, fallbackLanguages: ["yaml"] },
  monitor: { asked: 8, answered: 5, open: 2, late: 1, masks: 40, changed: 10, impossible: 0, waitMsMedian: 3.25, waitMsP95: undefined },
  monitorSources: [{
    name: "typescript7", languages: ["typescript"], server: { state: "failed", reason: "no <binary>", restarts: 1 }, asked: 8, inTime: 7, open: 2, openReasons: {},
    waitMsMedian: 3.25, waitMsP95: undefined,
  }],
  editToFirstTokenMsMedian: 61.4,
  editToFirstTokenMsP95: 180,
  recent: [record, { ...record, line: 50, outcome: { kind: "superseded" }, tokensDecoded: 0 }],
};
const figures: PageFigures = {
  status: { kind: "ready", text: "", word: "ready", reason: "The model had nothing to say.\nnano, 8,192 cells." },
  statistics,
  document: { uri: "file:///p/src/a.ts", map: [
    { startLine: 0, endLine: 30, state: "exact" }, { startLine: 30, endLine: 90, state: "stale" }, { startLine: 90, endLine: 100, state: "absent" },
  ] },
  nameOf: (uri) => uri.replace("file:///p/", ""),
  language: "en",
};
const sections = pageSections(figures);
/** As a person reads it. */
const text = (markup: string): string =>
  markup.replace(/<[^>]*>/g, " ").replace(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code))).replace(/\s+/g, " ").replace(/ ([.,%])/g, "$1").trim();

function checkSaid(id: keyof typeof sections, ...said: readonly RegExp[]): void {
  test(`statistics page, ${id}: ${said[0]?.source ?? ""}`, () => {
    for (const pattern of said) assert.match(text(sections[id]), pattern);
  });
}

checkSaid("status", /^ready : The model had nothing to say\. nano, 8,192 cells\.$/);
checkSaid("map", /src\/a\.ts, from its first line/, /30 exact \(30%\)/, /60 stale.*\(60%\)/, /10 absent.*\(10%\)/, /triangle marks line 51/);
checkSaid("mapTable", /1 to 30 30 exact 31 to 90 60 stale 91 to 100 10 absent$/);
checkSaid("last", /^src\/a\.ts:42:9\. A completion was given\./, /901 cells kept in place/, /588 cells moved/, /13 tokens read/, /592 were stale.*read 777 tokens/);
checkSaid("lastTable", /901.*588.*13.*592.*777$/);
checkSaid("savings", /2,369 of 2,500 tokens were not read again: 94\.8%/);
checkSaid("counters", /completions 3 cells kept in place 4,101 cells kept and shifted 2,207 tokens encoded 131/);
checkSaid("latency", /Median 61 ms, 95th percentile 180 ms/, /the highest is 7 ms/);
checkSaid("latencyTable", /src\/a\.ts:42:9 7\.3 93$/);
checkSaid("outcomes", /A completion was given\. 2.*took the request back\. 1$/);
checkSaid("recent", /src\/a\.ts:51:9.*The text changed before the answer came\. src\/a\.ts:42:9 901 588 592 13 777 5 7\.3 93 A completion was given\.$/);
checkSaid("helpers", /ruled out tokens at 40 choices and changed 10 of them \(25%\)/, /typescript7 \(typescript\) 8 7 2 3\.3 failed: no <binary>/, /acted on 9 choices and changed 4/, /yaml/);
checkSaid("documents", /src\/a\.ts 1,493 700 793 3 131 2,500 1 mirror$/);
checkSaid("model", /na<no>.*8,192.*patch$/);

test("statistics page: without a sidecar every part says that there are no figures, and a trouble is announced", () => {
  const status = { kind: "trouble", text: "", word: "trouble", reason: "The sidecar fell." } as const;
  const empty = pageSections({ ...figures, status, statistics: undefined, document: undefined });
  assert.match(text(empty.map), /^There are no figures/);
  assert.equal(text(empty.announcement), "Palimpsest: trouble. The sidecar fell.");
  assert.equal(statusSections(figures.status).announcement, "");
});

test("statistics page: before anything was completed", () => {
  const fresh = pageSections({ ...figures, document: undefined, statistics: {
    ...statistics, totals: { ...counters, prefixTokens: 0 }, documents: [], outcomes: {}, repetition: undefined, recent: [],
    editToFirstTokenMsMedian: undefined, editToFirstTokenMsP95: undefined,
  } });
  assert.match(text(fresh.map), /^No document/);
  assert.match(text(fresh.last), /^No completion/);
  assert.match(text(fresh.savings), /^Nothing to compare/);
  assert.match(text(fresh.latency), /^No completion was timed/);
  assert.match(text(fresh.helpers), /It is switched off, or the model/);
});

test("statistics page: what comes from outside is text, never markup", () => {
  assert.equal(html`<b title="${"\"><script>"}">${"a & <i>"}</b>`.html, `<b title="&#34;&#62;&#60;script&#62;">a &#38; &#60;i&#62;</b>`);
  assert.ok(!Object.values(sections).some((section) => section.includes("<no>") || section.includes("<binary>")));
});

test("statistics page: its policy lets in nothing but its own script and style", () => {
  const frame = pageFrame({ nonce: "n0", cspSource: "https://local", script: "https://local/s.js", style: "https://local/s.css", language: "de" });
  assert.match(frame, /content="default-src &#39;none&#39;; style-src https:\/\/local; script-src &#39;nonce-n0&#39;"/);
  assert.deepEqual([...frame.matchAll(/<script[^>]*>/g)].map(([tag]) => tag), ['<script nonce="n0" src="https://local/s.js">']);
  assert.doesNotMatch(frame, / style=| on\w+=|<style/);
  for (const id of Object.keys(sections)) assert.ok(frame.includes(`id="${id}"`), id);
});

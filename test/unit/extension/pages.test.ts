// What a person reads: the statistics and ledger pages, the status bar and the sentences of outcomes, as data.
import assert from "node:assert/strict";
import { test } from "node:test";
import { outcomeSentence } from "../../../extension/src/inline/outcomes";
import { ledgerText } from "../../../extension/src/ledgerView";
import { noStatsText, statsText } from "../../../extension/src/statsView";
import { statusOf, type Known } from "../../../extension/src/statusText";
import { table } from "../../../extension/src/table";
import type { CacheCounters, ModelStatus, OutcomeKind, Statistics } from "../../../sidecar/protocol/data";

const model: ModelStatus = {
  state: { kind: "ready" }, name: "nano", path: "nano.gguf", contextLength: 8192, shiftRefusal: undefined, threads: 2,
};
const counters: CacheCounters = {
  completions: 3, cellsKept: 4_101, cellsShifted: 2_207, tokensEncoded: 131, repairTokens: 11, healTokens: 64, prefixTokens: 2_500,
  rebuilds: 1,
};
const statistics: Statistics = {
  model,
  policy: "patch",
  totals: counters,
  documents: [{
    uri: "file:///p/src/a.ts", version: 17, cells: 1_493, cellsExact: 700, cellsStale: 793, counters,
    rebuildReasons: { mirror: 1 }, outcome: { kind: "shown" },
  }],
  outcomes: { shown: 2, cancelled: 1 },
  repetition: { acted: 9, changed: 4, rules: { if_statement: 6, line: 3 }, fallbackLanguages: ["yaml"] },
  editToFirstTokenMsMedian: 61.4,
  editToFirstTokenMsP95: 180,
  recent: [{
    uri: "file:///p/src/a.ts", version: 17, line: 41, character: 8, outcome: { kind: "nothingToSay" }, policy: "patch",
    tokensEncoded: 13, cellsKept: 901, cellsShifted: 588, cellsStale: 592, prefixTokens: 777, tokensDecoded: 5,
    editToFirstTokenMs: 7.25, requestMs: 93,
  }],
};
const text = statsText(statistics, (uri) => uri.replace("file:///p/", ""));

/** The row of a table that begins with `name`, a pattern, cell by cell after the first. */
function row(name: string): readonly string[] {
  const line = text.split("\n").find((candidate) => new RegExp(`^\\| ${name}`).test(candidate));
  assert.ok(line !== undefined, `no row ${name}`);
  return line.split("|").slice(2, -1).map((cell) => cell.trim());
}

function checkRow(name: string, cells: readonly string[]): void {
  test(`statistics page: ${name}`, () => assert.deepEqual(row(name), cells));
}

checkRow("completions", ["3"]);
checkRow("cells kept in place", ["4101"]);
checkRow("cells kept and shifted", ["2207"]);
checkRow("tokens encoded", ["131"]);
checkRow("of these, to repair", ["11"]);
checkRow("tokens healed", ["64"]);
checkRow("tokens that prefix reuse", ["2500"]);
checkRow("rebuilds from text", ["1"]);
checkRow("src/a.ts +\\| +17", ["17", "1493", "700", "793"]);
checkRow("src/a.ts +\\| +3", ["3", "4101", "2207", "131", "2500", "1 (mirror 1)"]);
checkRow("shown", ["2"]);
checkRow("src/a.ts:42:9", ["901", "588", "592", "13", "777", "5", "7.3 ms", "93 ms", "The model had nothing to say."]);

checkRow("if_statement", ["6"]);

test("statistics page: the repetition penalty", () => {
  assert.match(text, /It acted on 9 choices and changed 4 of them\./);
  assert.match(text, /without a table of productions: yaml\./);
  assert.match(statsText({ ...statistics, repetition: undefined }, String), /It is switched off/);
});

test("statistics page: model, savings and latency", () => {
  assert.match(text, /Model: nano, ready/);
  assert.match(text, /Policy: patch/);
  assert.match(text, /Saved against prefix reuse: 2369 of 2500 tokens \(94\.8 %\)\./);
  assert.match(text, /61 ms in the median, 180 ms at the 95th percentile/);
});

test("statistics page: before there is anything to say", () => {
  const zero: CacheCounters = {
    completions: 0, cellsKept: 0, cellsShifted: 0, tokensEncoded: 0, repairTokens: 0, healTokens: 0, prefixTokens: 0, rebuilds: 0,
  };
  const empty = statsText({
    model: { ...model, state: { kind: "failed", message: "no such file" }, shiftRefusal: "the keys are scaled" },
    policy: "prefix",
    totals: zero,
    documents: [], outcomes: {}, repetition: undefined, editToFirstTokenMsMedian: undefined, editToFirstTokenMsP95: undefined, recent: [],
  }, (uri) => uri);
  for (const said of [
    "failed: no such file", "Cells are not moved: the keys are scaled", "Nothing to compare", "No completion was timed",
    "No document is held", "No completion was asked for", "None yet",
  ]) assert.ok(empty.includes(said), said);
  assert.match(noStatsText("the sidecar is starting."), /There are no figures: the sidecar is starting\./);
});

test("tables are padded and keep their bars", () => {
  assert.equal(table(["a", "n"], [["x|y", "10"]]), "| a   |   n |\n| --- | --: |\n| x\\|y |  10 |");
});

test("ledger page: every run with its cells, freshness and text", () => {
  const page = ledgerText({
    uri: "file:///p/a.ts",
    version: 3,
    runs: [
      { start: 0, end: 7, freshness: "exact", edits: 0, shifts: 0, text: "let a;\r\nlet b;" },
      { start: 7, end: 9, freshness: "stale", edits: 1, shifts: 2, text: "c" },
    ],
    text: "0..7 exact, 7..9 stale 1",
  }, "a.ts");
  assert.equal(page, [
    "Cache ledger of a.ts at version 3", "7 cells exact, 2 stale", "",
    "──── cells 0..7 exact", "= let a;", "= let b;", "──── cells 7..9 stale, 1 edit old, shifted 2 times", "~ c", "",
  ].join("\n"));
  assert.match(ledgerText({ uri: "u", version: 1, runs: [], text: "Nothing is held." }, "u"), /\n\nNothing is held\.\n$/);
});

const known: Known = {
  enabled: true, sidecar: { kind: "running", pid: 1 }, model, documentOff: undefined, paused: undefined, requestsPending: 0, healing: false,
  outcome: undefined,
};

function checkStatus(news: Partial<Known>, kind: string, word: string, said: string, reason: RegExp): void {
  test(`status: ${kind}, ${JSON.stringify(news).slice(0, 60)}`, () => {
    const status = statusOf({ ...known, ...news });
    assert.equal(status.kind, kind);
    assert.equal(status.word, word);
    assert.equal(status.text.replace(/^\$\([\w~-]+\) /, ""), said);
    assert.match(status.reason, reason);
  });
}

checkStatus({}, "ready", "ready", "Palimpsest", /^No completion was asked for yet in this document\.\nnano, 8,192 cells, 2 threads\.$/);
checkStatus({ model: { ...model, threads: 0 } }, "ready", "ready", "Palimpsest", /nano, 8,192 cells\.$/);
checkStatus({ outcome: { kind: "nothingToSay" } }, "ready", "ready", "Palimpsest", /^The model had nothing to say\./);
checkStatus({ requestsPending: 1 }, "reading", "reading", "Palimpsest", /nano/);
checkStatus({ healing: true }, "healing", "healing", "Palimpsest", /stale is read again/);
checkStatus({ healing: true, requestsPending: 1 }, "reading", "reading", "Palimpsest", /nano/);
checkStatus({ model: { ...model, state: { kind: "loading", fraction: 0.434 } } }, "loading", "loading 43 %", "Palimpsest: loading 43 %", /nano is loading/);
checkStatus({ model: { ...model, state: { kind: "failed", message: "no such file" } } }, "trouble", "trouble", "Palimpsest: trouble", /^no such file$/);
checkStatus({ model: { ...model, state: { kind: "unloaded" } } }, "paused", "paused", "Palimpsest: paused", /unloaded.*next edit/);
checkStatus({ model: { ...model, shiftRefusal: "M-RoPE" } }, "ready", "ready", "Palimpsest", /Cells are not moved: M-RoPE/);
checkStatus({ model: undefined }, "loading", "loading", "Palimpsest: loading", /The model is loading/);
checkStatus({ sidecar: { kind: "starting" } }, "loading", "loading", "Palimpsest: loading", /is starting/);
const reason = "ended with code 3";
checkStatus({ sidecar: { kind: "waiting", delayMs: 500, reason } }, "trouble", "starting again", "Palimpsest: starting again", /code 3.*0\.5 s/);
checkStatus({ sidecar: { kind: "failed", reason } }, "trouble", "trouble", "Palimpsest: trouble", /The sidecar ended with code 3\./);
checkStatus({ documentOff: ".env may hold secrets." }, "off", "off", "Palimpsest: off", /\.env may hold secrets/);
checkStatus({ documentOff: ".env may hold secrets.", paused: "On battery." }, "off", "off", "Palimpsest: off", /secrets/);
checkStatus({ paused: "On battery." }, "paused", "paused", "Palimpsest: paused", /On battery/);
checkStatus({ enabled: false, sidecar: { kind: "stopped" } }, "off", "off", "Palimpsest: off", /switched off/);

test("every outcome has its sentence, with its detail", () => {
  const kinds: readonly OutcomeKind[] = [
    "shown", "nothingToSay", "cutToNothing", "outsideBlock", "unopenedCloser", "unfinished", "sentinelLeaked", "insideWord",
    "lowConfidence", "syntaxError", "superseded", "cancelled", "documentTooLarge", "documentBinary", "outOfStep",
    "modelLoading", "modelFailed", "contextTooSmall", "engineFailed", "switchedOff",
  ];
  const sentences = kinds.map((kind) => outcomeSentence({ kind }));
  assert.equal(new Set(sentences).size, kinds.length);
  for (const sentence of sentences) assert.match(sentence, /^[A-Z].*\.$/);
  assert.equal(outcomeSentence({ kind: "modelFailed", detail: "no such file" }), "The model could not be loaded (no such file).");
});

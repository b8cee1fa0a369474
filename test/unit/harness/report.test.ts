// The report: rows by action and policy, comparisons on the same points only, and how it looks.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { CompletionResult } from "../../harness/replay";
import { reportOf } from "../../harness/report";
import { markdownReport, textReport } from "../../harness/table";

function resultOf(trace: string, policy: CompletionResult["policy"], over: Partial<CompletionResult>): CompletionResult {
  return {
    trace, ordinal: 0, place: { line: 0, character: 0 }, action: "insert above", policy, outcome: "shown", suggested: "a();", expected: "a();",
    charge: { tokensEncoded: 100, cellsKept: 10, cellsShifted: 0, repairTokens: 0, healTokens: 0 }, cells: 100, cellsStale: 0, exactShare: 1,
    editToFirstTokenMs: 200, requestMs: 300, tokensDecoded: 3, edits: 1, waitedForShift: false, loss: { nats: 4, tokens: 4, bytes: 4 }, ...over,
  };
}

function encoded(tokensEncoded: number): Pick<CompletionResult, "charge"> {
  return { charge: { tokensEncoded, cellsKept: 90, cellsShifted: 80, repairTokens: 6, healTokens: 2 } };
}

const results: readonly CompletionResult[] = [
  ...["one", "two"].map((trace) => resultOf(trace, "cold", {})),
  ...["one", "two"].map((trace) => resultOf(trace, "prefix", { editToFirstTokenMs: 100 })),
  resultOf("one", "patch", { ...encoded(10), editToFirstTokenMs: 20, loss: { nats: 6, tokens: 4, bytes: 4 } }),
  resultOf("two", "patch", { ...encoded(30), editToFirstTokenMs: 40, suggested: "b();\nc();", cellsStale: 50, exactShare: 0.5 }),
  // A point that no other policy answered counts in its own row and in no comparison.
  resultOf("three", "patch", { ...encoded(50), editToFirstTokenMs: undefined, loss: undefined, expected: undefined }),
  resultOf("one", "patch", { ordinal: 1, action: "open" }),
];

test("a row holds medians, means, shares and what cold would have said", () => {
  const row = reportOf(results, 1).rows.find((found) => found.action === "insert above" && found.policy === "patch");
  assert.ok(row !== undefined);
  assert.equal(row.completions, 3);
  assert.equal(row.editToFirstTokenMsMedian, 30);
  assert.equal(row.editToFirstTokenMsP95, 40);
  assert.equal(row.tokensEncoded, 30);
  assert.equal(row.repairTokens, 6);
  assert.equal(row.exactMatch, 0.5);
  assert.equal(row.editSimilarity, 87.5);
  assert.equal(row.lineEqualsCold?.value, 0.5);
  assert.equal(row.excessLoss?.value, 0.25);
  assert.deepEqual(row.excessLoss?.interval, { low: 0, high: 0.5 });
});

test("the first completion of a trace has a row of its own and is in no total", () => {
  const { rows } = reportOf(results, 1);
  assert.deepEqual(rows.map((row) => `${row.action} ${row.policy} ${row.completions}`), [
    "insert above cold 2", "insert above prefix 2", "insert above patch 3", "open patch 1", "all cold 2", "all prefix 2", "all patch 3",
  ]);
});

test("ratios compare patch with prefix on the points of both", () => {
  const { ratios } = reportOf(results, 1);
  assert.deepEqual(ratios.map((ratio) => [ratio.action, ratio.completions, ratio.tokensEncoded?.value, ratio.editToFirstTokenMs?.value]), [
    ["insert above", 2, 0.2, 0.3],
    ["all", 2, 0.2, 0.3],
  ]);
});

test("without cold there is nothing to compare with", () => {
  const { rows } = reportOf(results.filter((result) => result.policy !== "cold"), 1);
  assert.ok(rows.every((row) => row.lineEqualsCold === undefined && row.excessLoss === undefined));
});

test("the tables say the same as Markdown and as text, in as many columns as fit", () => {
  const report = reportOf(results, 1);
  const markdown = markdownReport(report);
  assert.ok(markdown.includes("| insert above | patch | 3 | 30 / 40 | 30 | 90 | 80 | 0 | 6 | 2 | 100 % | 50 % | 88 | 50 % | 0.250 [0.000, 0.500] |"), markdown);
  assert.ok(markdown.includes("| insert above | 2 | 0.200 [0.100, 0.300] | 0.300 [0.200, 0.400] |"), markdown);
  const wide = textReport(report);
  assert.match(wide, /^insert above  patch .* 30 \/ 40 .* 0\.250 \[0\.000, 0\.500\]$/m);
  const narrow = textReport(report, 90);
  const table = narrow.split("\n\n").slice(0, 3).join("\n").split("\n");
  assert.ok(table.every((line) => line.length <= 90), narrow);
  assert.ok(wide.includes("Stale") && !narrow.includes("Stale"), narrow);
  assert.ok(narrow.includes("too narrow") && !wide.includes("too narrow"));
});

test("no results make no table", () => {
  assert.deepEqual(reportOf([], 1), { rows: [], ratios: [], shifts: [] });
});

test("edits whose rotation a completion waited for are counted over all edits", () => {
  const counted = [resultOf("one", "patch", { edits: 9, waitedForShift: true }), resultOf("two", "patch", { edits: 11 })];
  assert.deepEqual(reportOf(counted, 1).shifts, [{ policy: "patch", edits: 20, waited: 1 }]);
});

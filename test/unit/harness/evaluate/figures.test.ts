// The figures of an evaluation on results made by hand, the split of traces, and how figures and frontier look.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { CompletionResult } from "../../../harness/replay";
import { evaluateCommand } from "../../../harness/evaluate/evaluateOptions";
import type { EvaluatedPoint } from "../../../harness/evaluate/evaluatedPoint";
import type { FrontierRow } from "../../../harness/evaluate/figures";
import { frontierOf } from "../../../harness/evaluate/figures";
import { frontierPicture } from "../../../harness/evaluate/frontierPicture";
import { markdownFrontier, textFrontier } from "../../../harness/evaluate/frontierTable";
import { Resampling } from "../../../harness/evaluate/resampling";
import { ofShard, ofSplit, splitOf } from "../../../harness/evaluate/traceShare";
import { bootstrap, median } from "../../../harness/score";
import { parseTrace } from "../../../harness/trace";
import type { Trace } from "../../../harness/trace";
import { UsageError } from "../../../harness/usageError";

interface Made {
  readonly policy: string;
  readonly trace: string;
  readonly tokens: number;
  readonly ms: number;
  readonly suggested: string;
  readonly nats: number;
  readonly over?: Partial<CompletionResult>;
}

const cold = { suggested: "a();", promptTokens: 200, loss: { nats: 4, tokens: 4, bytes: 5 } };
const psm = { suggested: "b();", promptTokens: 200, loss: { nats: 6, tokens: 3, bytes: 4 } };

function made({ policy, trace, tokens, ms, suggested, nats, over }: Made): EvaluatedPoint {
  const charge = { tokensEncoded: tokens, cellsKept: 0, cellsShifted: 0, repairTokens: 3, healTokens: 5 };
  const result: CompletionResult = {
    trace, ordinal: 1, place: { line: 0, character: 0 }, action: "insert above", policy, outcome: "shown", suggested, expected: "a();", charge, cells: 200,
    cellsStale: 0, exactShare: 0.5, editToFirstTokenMs: ms, requestMs: ms, tokensDecoded: 3, edits: 1, waitedForShift: false, loss: { nats, tokens: 4, bytes: 5 }, ...over,
  };
  return { result, languageId: trace === "three" ? "python" : "typescript", promptTokens: 200, cold, psm, displaced: { ...cold, suggested: "c();", loss: { ...cold.loss, nats: 4.5 } }, served: undefined };
}

const points: readonly EvaluatedPoint[] = [
  made({ policy: "patch", trace: "one", tokens: 10, ms: 20, suggested: "a();", nats: 4 }),
  made({ policy: "patch", trace: "two", tokens: 30, ms: 40, suggested: "a(1);", nats: 6 }),
  made({ policy: "patch", trace: "three", tokens: 50, ms: 60, suggested: "a();\nb();", nats: 5 }),
  ...["one", "two", "three"].map((trace) => made({ policy: "llama-server", trace, tokens: 180, ms: 400, suggested: "b();", nats: 6 })),
  ...["one", "two"].map((trace) => made({ policy: "copilot", trace, tokens: 100, ms: 200, suggested: "a();", nats: 5 })),
  made({ policy: "patch", trace: "one", tokens: 200, ms: 900, suggested: "", nats: 9, over: { ordinal: 0, action: "open" } }),
  made({ policy: "patch", trace: "one", tokens: 1, ms: 2, suggested: "a();", nats: 4, over: { ordinal: 2, action: "typing", expected: undefined, loss: undefined } }),
];
const rows = frontierOf(points, ["patch", "llama-server", "copilot"], 1);

function rowOf(group: string, policy: string): FrontierRow {
  const row = rows.find((found) => found.group === group && found.policy === policy);
  assert.ok(row !== undefined, `${group} ${policy}`);
  return row;
}

test("losses are summed before they are divided, shares are of the policy's own prompt", () => {
  const row = rowOf("elsewhere", "patch");
  assert.equal(row.points, 3);
  assert.deepEqual([row.lossPoints, rowOf("all", "patch").lossPoints], [3, 3]);
  assert.equal(row.tokensEncoded?.value, 30);
  assert.equal(row.tokensEncodedP95, 50);
  assert.equal(row.shareOfCold?.value, 0.15);
  assert.equal(row.firstTokenMs?.value, 40);
  assert.equal(row.lineEqualsCold?.value, 2 / 3);
  assert.equal(row.excessLoss?.value, (0 + 2 + 1) / 12);
  assert.equal(row.lossOverPsm?.value, (-2 + 0 - 1) / 9);
  assert.equal(row.lossPerToken?.value, 15 / 12);
  assert.equal(row.lossPerByte?.value, 15 / 12);
  assert.equal(row.exactMatch?.value, 2 / 3);
  assert.equal(row.editSimilarity?.value, 100 - 20 / 3);
  assert.equal(row.coldTokens, 200);
  assert.deepEqual([row.roundingLineEquals?.value, row.roundingLoss?.value], [0, 1.5 / 12]);
  assert.equal(row.coldLossOverPsm, -6 / 9);
  assert.equal(row.coldExactMatch, 1);
  assert.deepEqual([row.repairTokens, row.healTokens, row.exactShare], [3, 5, 0.5]);
});

test("peers are compared on the points that all of them have, each with the others", () => {
  // Of traces one and two: 30 ms against copilot's 200, half of the lines right against all of copilot's.
  const patch = rowOf("elsewhere", "patch");
  assert.equal(patch.timesFaster?.value, 200 / 30);
  assert.equal(patch.exactMatchOverPeer?.value, -0.5);
  assert.equal(rowOf("elsewhere", "copilot").timesFaster?.value, 2);
  assert.equal(rowOf("elsewhere", "llama-server").timesFaster?.value, 0.5);
});

test("first completions are in no row, actions and languages have their own", () => {
  assert.deepEqual(rows.filter((row) => row.policy === "patch").map((row) => `${row.group} ${row.points}`), [
    "all 4", "elsewhere 3", "typing 1", "insert above 3", "elsewhere · python 1", "elsewhere · typescript 2", "typing · typescript 1",
  ]);
});

test("weights say what copies of traces would", () => {
  const traced = Array.from({ length: 40 }, (_, index) => ({ trace: `t${index % 7}`, value: (index * 37) % 23 }));
  const resampling = new Resampling(traced, 1);
  const middle = resampling.median(traced, (point) => point.value);
  const share = resampling.quotient(traced, (point) => ({ over: point.value, under: 2 }));
  assert.equal(middle(new Uint16Array(7).fill(1)), median(traced.map((point) => point.value)));
  const weights = Uint16Array.of(3, 0, 1, 0, 2, 0, 1);
  const copies = traced.flatMap((point) => Array<number>(weights[Number(point.trace.slice(1))] ?? 0).fill(point.value));
  assert.equal(middle(weights), median(copies));
  assert.equal(share(weights), copies.reduce((sum, value) => sum + value, 0) / (2 * copies.length));
  assert.equal(middle(new Uint16Array(7)), undefined);
  const groups = [...new Set(traced.map((point) => point.trace))].map((trace) => traced.filter((point) => point.trace === trace).map((point) => point.value));
  const plain = bootstrap(groups, (values) => median(values), 3);
  const weighted = resampling.estimate(middle)?.interval;
  assert.ok(plain !== undefined && weighted !== undefined);
  assert.ok(Math.abs(plain.low - weighted.low) <= 2 && Math.abs(plain.high - weighted.high) <= 2, "the same interval by another draw");
});

function traceFrom(name: string, source: object | undefined): Trace {
  return parseTrace(name, JSON.stringify({ palimpsest: 1, uri: "a.ts", languageId: "typescript", text: "", ...(source === undefined ? {} : { source }) }));
}

test("a commit's traces stand on one side, about half of all on each, and shards part them", () => {
  const traces = Array.from({ length: 400 }, (_, index) => traceFrom(`t${index}`, { repository: "a/b", commit: String(index) }));
  const [look, score] = [ofSplit(traces, "look"), ofSplit(traces, "score")];
  assert.equal(look.length + score.length, 400);
  assert.ok(150 < look.length && look.length < 250, String(look.length));
  assert.equal(splitOf(traceFrom("x", { repository: "a/b", commit: "7" })), splitOf(traceFrom("y", { repository: "a/b", commit: "7" })));
  assert.equal(splitOf(traceFrom("in/some/x.jsonl", undefined)), splitOf(traceFrom("x.jsonl", undefined)));
  const shards = [1, 2, 3].map((index) => ofShard(traces, { index, count: 3 }));
  assert.deepEqual(shards.map((shard) => shard.length), [134, 133, 133]);
  assert.equal(new Set(shards.flat()).size, 400);
});

test("the table says the same as Markdown and as text", () => {
  const markdown = markdownFrontier(rows);
  assert.match(markdown, /^\| elsewhere \| patch \| 3 \| 3 \| 30 \/ 50 \| 15\.0 \[5\.0, 25\.0\] % \| 40 \/ 60 \| 6\.67 \[/m);
  const text = textFrontier(rows, 200);
  assert.match(text, /^elsewhere +patch +3 +30 \/ 50 /m);
  assert.ok(text.split("\n\n").slice(0, 7).join("\n").split("\n").every((line) => line.length <= 200));
});

test("the picture is well-formed, and has each policy's name and mark", () => {
  const svg = frontierPicture(frontierOf(points.map((point) => ({ ...point, result: { ...point.result, policy: point.result.policy.replace("patch", "anchored8 runs text:near1-1<9") } })), ["anchored8 runs text:near1-1<9", "copilot"], 1));
  const open: string[] = [];
  for (const [, closing, name = "", attributes = "", selfClosing] of svg.matchAll(/<(\/?)([a-z]+)((?: [\w:-]+="[^"<>]*")*)(\/?)>/g)) {
    assert.ok(!/NaN|undefined|Infinity/.test(attributes), attributes);
    if (closing === "/") assert.equal(open.pop(), name);
    else if (selfClosing !== "/") open.push(name);
  }
  assert.deepEqual(open, []);
  assert.equal(svg.replace(/<\/?[a-z]+(?: [\w:-]+="[^"<>]*")*\/?>/g, "").includes("<"), false, "nothing else is marked up");
  assert.equal(svg.match(/>anchored8 runs text:near1-1&lt;9</g)?.length, 2);
  assert.equal(svg.match(/>copilot</g)?.length, 2);
});

function checkRefused(line: string, message: string): void {
  test(`refused: evaluate ${line}`, () => {
    assert.throws(() => evaluateCommand(line.split(" ").filter((word) => word !== "")), (error) => error instanceof UsageError && error.message.includes(message));
  });
}

checkRefused("", "at least one trace file or folder");
checkRefused("a --split half", '--split must be one of all, look, score, not "half"');
checkRefused("a --shard 3/2", '--shard must be I/N with 1 ≤ I ≤ N, not "3/2"');
checkRefused("a --policy warm", '"warm" is no policy');
checkRefused("a --merge --limit 3", "--limit has no meaning there");
checkRefused("a --policy patch --llama-server x", "ask for one of these policies too");

test("evaluate hears its options", () => {
  const heard = evaluateCommand("a b --policy patch,copilot --split look --shard 2/3 --cold-cache c --json j --picture p --healed --no-idle --per-action 4".split(" "));
  assert.ok(heard.kind === "evaluate");
  assert.deepEqual([heard.paths, heard.policies, heard.split, heard.shard, heard.healed, heard.idle, heard.perAction], [
    ["a", "b"], ["patch", "copilot"], "look", { index: 2, count: 3 }, true, false, 4,
  ]);
  assert.deepEqual([heard.coldFolder, heard.jsonPath, heard.picturePath], ["c", "j", "p"]);
  assert.equal(evaluateCommand("a --merge --json j".split(" ")).kind, "mergeEvaluations");
});

test("a suggestion that was written and withheld is as cold where the cold cache wrote the same", () => {
  const withheld = made({ policy: "patch", trace: "one", tokens: 10, ms: 20, suggested: "", nats: 4, over: { outcome: "syntaxError" } });
  const written = { rawText: "a();\n", text: "a();", end: "finished", choices: [] } as const;
  const equalityOf = (point: EvaluatedPoint): number | undefined => frontierOf([point], ["patch"], 1).find(({ group }) => group === "elsewhere")?.lineEqualsCold?.value;
  assert.equal(equalityOf(withheld), 0);
  assert.equal(equalityOf({ ...withheld, written }), 1);
});

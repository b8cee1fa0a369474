// Which tokens of a prompt each source of repairs names, the most useful first. `^` is the anchor and `|` the cursor; the runs
// are printed as the text that they spell.
import { deepEqual } from "node:assert/strict";
import { test } from "node:test";
import type { Move } from "../../../sidecar/cache/move";
import { layout } from "../../../sidecar/prompt/layout";
import type { StructureSpan } from "../../../sidecar/protocol/data";
import { ChangedNames } from "../../../sidecar/session/changedNames";
import type { Repair, RepairSource } from "../../../sidecar/session/policy";
import { occasionOf, repairAfter, rereadFor } from "../../../sidecar/session/repair";
import { utf16 } from "../../../sidecar/text/frames";
import { TokenRope } from "../../../sidecar/tokens/rope";
import { bracedStructure } from "../../support/bracedStructure";
import { FakeTokenizer } from "../../support/fakeTokenizer";
import { parseMarked } from "../../support/marked";
import { parsePlan } from "../../support/planNotation";
import { fim, printTokens } from "../../support/promptNotation";

interface Scene {
  readonly sources: readonly RepairSource[];
  /** The text with anchor and cursor. */
  readonly text: string;
  /** By the braces, where nothing is said. */
  readonly spans?: readonly StructureSpan[];
  /** An edit made before, in marked text of its own: its names have changed. */
  readonly edit?: string;
  readonly plan?: string;
  /** What has changed places before it. */
  readonly move?: Move;
}

function runsOf({ sources, text: marked, spans, edit, plan, move }: Scene): readonly string[] {
  const anchor = utf16(marked.indexOf("^"));
  const cursor = utf16(marked.replace("^", "").indexOf("|"));
  const text = marked.replace(/[|^]/g, "");
  const tokenizer = new FakeTokenizer();
  const rope = TokenRope.of(text, tokenizer);
  const window = { start: utf16(0), end: utf16(text.length) };
  const prompt = layout({ rope, path: "a.ts", window, near: window, anchor, cursor, suffix: undefined }, fim);
  const changed = new ChangedNames();
  if (edit !== undefined) {
    const { before, after, delta } = parseMarked(edit);
    changed.note(delta, before, after);
  }
  const around = (spans ?? bracedStructure(text))
    .filter((span) => span.kind !== "block" && span.startUtf16 < cursor && cursor <= span.endUtf16)
    .toSorted((a, b) => a.endUtf16 - a.startUtf16 - (b.endUtf16 - b.startUtf16));
  const scene = { rope, text, cursor, around, changed, jumped: false };
  const patch = { move, plan: parsePlan(plan ?? `=${prompt.tokens.length}`) };
  const { ranges } = rereadFor(sources, 100, scene, prompt, patch, 0);
  return [...ranges].map(({ start, end }) => printTokens(prompt.tokens.subarray(start, end), tokenizer));
}

function checkRuns(name: string, scene: Scene, expected: readonly string[]): void {
  test(name, () => deepEqual(runsOf(scene), expected));
}

const near: RepairSource = { kind: "near", tokensBefore: 3, tokensAfter: 2 };
const names: RepairSource = { kind: "names" };
const headers: RepairSource = { kind: "headers" };
const plain = "a;\nb;\n^c;\nd|e;\nf;\n";

checkRuns("near: before the anchor and after the cursor", { sources: [near], text: plain }, ["b;⏎", "e;"]);
checkRuns("near: nothing stands before an anchor at the start", { sources: [near], text: "^a;\nb|c;\n" }, ["c;"]);
checkRuns("near: nothing stands after a cursor at the end", { sources: [near], text: "a;\n^b;\n|" }, ["a;⏎"]);
checkRuns("near: with nothing in the middle, before the cursor", { sources: [near], text: "a;\nb;\n^|c;\n" }, ["⏎b;", "c;"]);
checkRuns("near: in runs of eight, the nearest first", {
  sources: [{ kind: "near", tokensBefore: 10, tokensAfter: 0 }], text: "3,4,5,6,7,8,9;\n^b|;",
}, [",7,8,9;⏎", ",6", ""]);
checkRuns("last: the end of the middle", { sources: [{ kind: "last", tokens: 3 }], text: plain }, ["<middle>", "c;⏎"]);
checkRuns("last: in runs of eight from the end on", { sources: [{ kind: "last", tokens: 10 }], text: "a;\n^3,4,5,6,7|;" }, ["<middle>", "3,4,5,6,", "<middle>"]);
checkRuns("last: nothing before the middle", { sources: [{ kind: "last", tokens: 100 }], text: plain }, ["<middle>", "<middle>c;⏎"]);
checkRuns("headers: the innermost first", {
  sources: [headers], text: "class A {\n  function go() {\n^    x;\n    |y;\n  }\n}\n",
}, ["  function go() {⏎", "class A {⏎"]);
checkRuns("headers: of several lines, up to the one that opens the body", {
  sources: [headers], text: "def go(\n    a,\n):\n^    x\n    |y\n", spans: [{ kind: "function", startUtf16: 0, endUtf16: 33 }],
}, ["def go(⏎    a,⏎):⏎"]);
checkRuns("headers: none at the top level", { sources: [headers], text: "function go() {\n}\n^x;\n|" }, []);
checkRuns("names: the nearest lines first, not those of the fresh part", {
  sources: [names], text: "total = 1;\nother;\ntotal;\n^total;\nx|;\nother;\ntotal + 1;\n", edit: "[-sum-]{+total+};",
}, ["total;⏎", "total + 1;⏎", "total = 1;⏎"]);
checkRuns("names: nothing has changed", { sources: [names], text: "total;\n^x|" }, []);
checkRuns("seams: the beginnings of kept runs behind a change, the last first", {
  sources: [{ kind: "seams", tokens: 2 }], text: plain, plan: "=6 -1 =3@-1 +1 =4 +7",
}, [";⏎", "a;"]);
checkRuns("seams: where a run was put, and where it came from", {
  sources: [{ kind: "seams", tokens: 2 }], text: plain, plan: "=25", move: { start: 6, border: 8, end: 13 },
}, ["e;", "⏎<suffix>", "a;"]);
checkRuns("one source after the other", { sources: [{ kind: "last", tokens: 1 }, near], text: plain }, ["<middle>", "⏎", "b;⏎", "e;"]);

const repairs = { text: [near], jump: [headers], deletion: [names] };
const rule = { text: { sources: repairs.text, tokensMax: 48 }, jump: { sources: repairs.jump, tokensMax: 64 }, deletion: { sources: repairs.deletion, tokensMax: 16 } };

function checkOccasion(name: string, jumped: boolean, own: { readonly tokensEncoded: number; readonly cellsDeleted: number }, expected: Repair): void {
  test(name, () => deepEqual(repairAfter(rule, occasionOf(jumped, own), own), expected));
}
checkOccasion("a change that brings text", false, { tokensEncoded: 5, cellsDeleted: 3 }, rule.text);
checkOccasion("a large change may be repaired by a quarter of what it reads", false, { tokensEncoded: 402, cellsDeleted: 3 }, { ...rule.text, tokensMax: 100 });
checkOccasion("a deletion", false, { tokensEncoded: 1, cellsDeleted: 30 }, rule.deletion);
checkOccasion("one that joins what it leaves", false, { tokensEncoded: 4, cellsDeleted: 30 }, rule.deletion);
checkOccasion("a replacement is no deletion", false, { tokensEncoded: 10, cellsDeleted: 12 }, rule.text);
checkOccasion("nothing new, nothing gone, as where a block changes places: the last token is always read", false, { tokensEncoded: 1, cellsDeleted: 1 }, rule.text);
checkOccasion("a jump, whatever was read for it", true, { tokensEncoded: 1, cellsDeleted: 30 }, rule.jump);

// The figures against their definitions, worked by hand.
import assert from "node:assert/strict";
import { test } from "node:test";
import { at } from "../../../../sidecar/base/assert";
import { caseOf } from "../../../harness/repetition/case";
import { compilersAt } from "../../../harness/repetition/compilers";
import { figureRows, figuresOf, gramsOf, linesOf, repeatedShare } from "../../../harness/repetition/figures";
import { textFigures } from "../../../harness/repetition/figureTable";
import type { Generation } from "../../../harness/repetition/generation";
import { loopPeriod } from "../../../harness/repetition/greedyLoop";

function generationOf(text: string, tokens: readonly number[], end: Generation["end"] = "tokens"): Generation {
  return { kind: "generation", caseId: "c", method: "m", end, text, tokens, decodeMs: 10 * tokens.length, processorMs: tokens.length, acts: [] };
}

test("TR-N is one less the share of different 4-grams", () => {
  assert.deepEqual(gramsOf([1, 2, 3]), []);
  assert.deepEqual(gramsOf([1, 2, 3, 4, 5]), ["1 2 3 4", "2 3 4 5"]);
  assert.equal(repeatedShare([]), 0);
  // 1212 2121 1212 2121 1212: two different ones of five.
  assert.equal(repeatedShare(gramsOf([1, 2, 1, 2, 1, 2, 1, 2])), 0.6);
});

test("TR-S counts lines with a word, indentation aside", () => {
  assert.deepEqual(linesOf("  a = 1\n}\n\n    a = 1\n  );\nb"), ["a = 1", "a = 1", "b"]);
  assert.equal(figuresOf(generationOf("a\na\na\nb\n", [1]), undefined, undefined).repeatedLines, 0.5);
});

test("EGP, times and verdicts of one generation", () => {
  const figures = figuresOf(generationOf("a", [1, 2], "end"), true, "unfinished");
  const { ended, parseOk, compileOk, compilesSoFar, tokens, msPerToken, processorShare } = figures;
  assert.deepEqual({ ended, parseOk, compileOk, compilesSoFar, tokens, msPerToken, processorShare },
    { ended: true, parseOk: true, compileOk: false, compilesSoFar: true, tokens: 2, msPerToken: 10, processorShare: 0.1 });
});

test("rows compare with greedy on the same cases", () => {
  const source = { language: "python", languageId: "python", text: "" } as const;
  const measured = [0, 1, 2, 3].flatMap((index) => {
    const sample = caseOf("as", { ...source, path: `${index}.py` }, `x = ${index}\n`, 5);
    const greedy = figuresOf(generationOf("a\na\n", [1, 1]), true, "wrong");
    const own = figuresOf(generationOf("a\nb\n", [1, 2], index < 3 ? "end" : "tokens"), true, "ok");
    return [{ sample, method: "greedy", own: greedy, greedy }, { sample, method: "rpg", own, greedy }];
  });
  const rows = figureRows(measured, ["greedy", "rpg"], 1);
  assert.deepEqual(rows.map(({ scenario, language, method, cases }) => `${scenario} ${language} ${method} ${cases}`), ["as python greedy 4", "as python rpg 4"]);
  const rpg = at(rows, 1);
  assert.equal(rpg.ended.value, 0.75);
  assert.equal(rpg.ended.overGreedy?.value, 0.75);
  assert.deepEqual(rpg.repeatedLines, { value: 0, overGreedy: { value: -0.5, interval: { low: -0.5, high: -0.5 } } });
  assert.equal(rpg.compileOk.overGreedy?.value, 1);
  assert.match(textFigures(rows), /as +python +rpg +4 +75 % +\+75 \[/);
});

function checkLoop(name: string, tokens: readonly number[], expected: number | undefined): void {
  test(`loop: ${name}`, () => assert.equal(loopPeriod(tokens), expected));
}

const times = (count: number, tokens: readonly number[]): readonly number[] => Array.from({ length: count }, () => tokens).flat();
checkLoop("no tokens", [], undefined);
checkLoop("one token 64 times", [7, 8, 9, ...times(64, [1])], 1);
checkLoop("63 times is too short", [7, 8, 9, ...times(63, [1])], undefined);
checkLoop("the shortest period", times(40, [1, 2]), 2);
checkLoop("five copies of twenty", [99, ...times(5, times(1, Array.from({ length: 20 }, (_, index) => index)))], 20);
checkLoop("four copies of twenty are too few", [99, ...times(4, times(1, Array.from({ length: 20 }, (_, index) => index)))], undefined);
checkLoop("broken at the end", [...times(80, [1]), 2], undefined);

const compiled = [
  ["python", "def f(x):\n    return x\n", "ok"],
  ["python", "def f(x):\n    return (x,\n", "unfinished"],
  ["python", "if x:\n", "unfinished"],
  ["python", "x = = 1\nif y:\n", "wrong"],
  ["typescript", "export const f = (x: number) => x;\nlet b = 1; let b = 2;\n", "ok"],
  ["typescript", "function f() {\n  return 1;\n", "unfinished"],
  ["typescript", "const = 1;\nfunction f() {\n", "wrong"],
  ["javascript", "const f = (x) => { await g(); };\n", "ok"],
  ["typescriptreact", "export const A = () => <div>{1}</div>;\n", "ok"],
  ["klingon", "nuqneH", undefined],
] as const;

test("compilers tell what is whole, what only ends too soon, and what is wrong", () => {
  const verdicts = compilersAt(process.cwd()).judge(compiled.map(([languageId, text]) => ({ languageId, text })));
  compiled.forEach(([languageId, text, expected], index) => {
    // Python need not be there; the TypeScript compiler checks this very project.
    if (languageId === "python" && verdicts[index] === undefined) return;
    assert.equal(verdicts[index], expected, `${languageId}: ${text}`);
  });
});

test("without compilers nothing is said", () => {
  assert.deepEqual(compilersAt("/nowhere").judge([{ languageId: "typescript", text: "x" }]), [undefined]);
});

// How cases are found in files: repeated lines by their shapes, and the prefixes made from them.
import assert from "node:assert/strict";
import { join } from "node:path";
import { before, test } from "node:test";
import { Grammars } from "../../../../grammars/grammars";
import { Random } from "../../../../sidecar/base/random";
import type { CaseSource, RepetitionCase } from "../../../harness/repetition/case";
import { findLineRepeats } from "../../../harness/repetition/lineRepeats";
import { loopingCases } from "../../../harness/repetition/loopSearch";
import { loopCandidates, pastedRepetitions, prefixUtf16, realRepetitions } from "../../../harness/repetition/makeCases";
import { countSyntaxErrors } from "../../../../grammars/syntaxErrors";
import { isProse } from "../../../harness/repetition/prose";
import { FakeEngine } from "../../../support/fakeEngine";

/** Repeats as `startLine+period*copies`. */
function checkRepeats(name: string, text: string, expected: string): void {
  test(`repeats: ${name}`, () => {
    assert.equal(findLineRepeats(text.split("\n")).map(({ startLine, period, copies }) => `${startLine}+${period}*${copies}`).join(" "), expected);
  });
}

checkRepeats("nothing", "const a = f(1);\nreturn a;\n", "");
checkRepeats("names, numbers and strings are masked", "a.b = 'x';\nccc.d = \"y z\";\n", "0+1*2");
checkRepeats("keywords are not", "const a = 1;\nlet b = 2;\n", "");
checkRepeats("a run is found once", "x = 1\nf(a, 1)\nf(b, 2)\nf(c, 3)\n", "1+1*3");
checkRepeats("a statement with its body", "elif a:\n    b()\nelif c:\n    d()\nelse:\n    e()\n", "0+2*2");
checkRepeats("other indentation is another shape", "f(a, 1)\n  f(b, 2)\n", "");
checkRepeats("what doesn't close its brackets isn't repeated", "f(a, {\nf(b, {\n", "");
checkRepeats("comments and closers don't count", "// a b c\n// d e f\n})();\n})();\n", "");
checkRepeats("a blank line ends a run", "f(a, 1)\nf(b, 2)\n\nf(c, 3)\n", "0+1*2");

const text = [
  "import { a } from 'a';", "import { b } from 'b';", "import { c } from 'c';", "",
  "export function route(app) {", "  /* app.get('/x', x);", "  app.get('/y', y); */", "  app.get('/one', one);", "  app.get('/two', two);",
  "  app.get('/three', three);", "  app.get('/four', four);", "  app.get('/five', five);", "  return app.listen(3000, 'the host that serves', done);", "}", "",
].join("\n");
const sources: readonly CaseSource[] = [
  { path: "routes.ts", language: "typescript", languageId: "typescript", text },
  { path: "other.ts", language: "typescript", languageId: "typescript", text: "const first = 1;\n" + text },
];

let syntax: Parameters<typeof realRepetitions>[2] = { errors: () => 0, isProse: () => false };
before(async () => {
  const grammar = await new Grammars(join(process.cwd(), "dist/grammars"), assert.fail).load("typescript");
  if (grammar === undefined) throw new Error("the grammar is not there");
  syntax = { errors: (_, whole) => countSyntaxErrors(grammar, whole), isProse: (source, offset) => isProse(grammar, source.text, offset) };
});

const sourceOf = ({ path }: RepetitionCase): string => sources.find((source) => source.path === path)?.text ?? "";
const lastLine = (prefix: string): string => prefix.trimEnd().split("\n").at(-1) ?? "";

test("real repetitions are beginnings of their files that end with two to four copies, never in a comment", () => {
  const cases = [1, 2, 3, 4, 5].flatMap((seed) => [...realRepetitions(sources, new Random(seed), syntax)]);
  assert.ok(cases.length >= 5);
  for (const sample of cases) {
    assert.ok(sourceOf(sample).startsWith(sample.prefix));
    assert.ok(prefixUtf16.min <= sample.prefix.length && sample.prefix.endsWith("\n"));
    assert.match(lastLine(sample.prefix), /app\.get\('\/(two|three|four)/);
    assert.equal(["two", "three", "four"].findIndex((word) => lastLine(sample.prefix).includes(word)) + 2, sample.copies);
  }
  assert.ok(new Set(cases.map(({ copies }) => copies)).size > 1, "seeds draw other numbers of copies");
});

test("pasted repetitions are the same with five to ten copies more of the last", () => {
  const cases = [...pastedRepetitions(sources, new Random(3), syntax)];
  assert.ok(cases.length >= 3);
  for (const sample of cases) {
    const last = lastLine(sample.prefix) + "\n";
    const pasted = (sample.prefix.length - sample.prefix.indexOf(last)) / last.length - 1;
    assert.ok(5 <= pasted && pasted <= 10, String(pasted));
    assert.ok(sourceOf(sample).startsWith(sample.prefix.slice(0, -pasted * last.length)));
    assert.ok(prefixUtf16.min <= sample.prefix.length);
    assert.ok([3, 5].includes(sample.copies - pasted), "three imports, five routes");
  }
});

test("a paste that breaks the syntax is no case", () => {
  const broken = { ...syntax, errors: (_: CaseSource, whole: string) => whole.length };
  assert.deepEqual([...pastedRepetitions(sources, new Random(3), broken)], []);
});

test("the same seed makes the same cases", () => {
  const ids = (seed: number): readonly string[] => [...loopCandidates(sources, new Random(seed), 6)].map(({ id }) => id);
  assert.deepEqual(ids(4), ids(4));
  assert.notDeepEqual(ids(4), ids(5));
});

test("what is known of a point is not tried again; what is found out is remembered", () => {
  const engine = new FakeEngine();
  const candidates = [...new Map([...loopCandidates(sources, new Random(1), 6)].map((sample) => [sample.id, sample])).values()];
  assert.ok(candidates.length >= 3);
  const remembered = new Map<string, boolean>();
  const search = (known: ReadonlyMap<string, boolean>): readonly string[] =>
    [...loopingCases(candidates, {
      engine, clock: { nowMs: () => 0 }, prompt: "fim", tokensMax: 8, known,
      remember: (id, loops) => void remembered.set(id, loops), interrupted: () => false,
    })].map(({ id }) => id);
  assert.deepEqual(search(new Map()), [], "a hash chain doesn't loop");
  assert.equal(remembered.size, candidates.length);
  assert.equal(engine.cellsUsed(), 0);
  const { decode } = engine.counts;
  const [first, second] = candidates;
  assert.deepEqual(search(new Map(candidates.map(({ id }) => [id, id === first?.id || id === second?.id]))), [first?.id, second?.id]);
  assert.equal(engine.counts.decode, decode);
});

// How methods are cut behind a dereference, in which order the cuts are measured, and where a generated text leaves its method.
import assert from "node:assert/strict";
import { join } from "node:path";
import { before, test } from "node:test";
import { Grammars } from "../../../../grammars/grammars";
import type { Grammar } from "../../../../grammars/grammars";
import { Random } from "../../../../sidecar/base/random";
import { cutText } from "../../../harness/dereference/case";
import type { CaseLanguage, CaseSource, DereferenceCase } from "../../../harness/dereference/case";
import { casesOf, drawnCases } from "../../../harness/dereference/makeCases";
import { methodClosing, methodEnd } from "../../../harness/dereference/methodEnd";

const grammars = new Map<CaseLanguage, Grammar>();
before(async () => {
  const loader = new Grammars(join(process.cwd(), "dist/grammars"), assert.fail);
  for (const language of ["typescript", "python"] as const) {
    const grammar = await loader.load(language);
    if (grammar === undefined) throw new Error("the grammar is not there");
    grammars.set(language, grammar);
  }
});

function casesIn(language: CaseLanguage, text: string): readonly (readonly DereferenceCase[])[] {
  const grammar = grammars.get(language);
  if (grammar === undefined) throw new Error("the grammar is not there");
  const source: CaseSource = { language, languageId: language, project: "p", path: "a", text };
  return casesOf(source, grammar);
}

/** Each case as `before▮[truth]after`, line ends as `⏎`. */
function checkCuts(name: string, language: CaseLanguage, text: string, expected: readonly string[]): void {
  test(`cuts: ${name}`, () => {
    const cuts = casesIn(language, text).flat().map((sample) => {
      const { before: start, after } = cutText(sample, text);
      assert.equal(start + sample.truth + after, text);
      return `${start}▮[${sample.truth}]${after}`.replaceAll("\n", "⏎");
    });
    assert.deepEqual(cuts, expected);
  });
}

checkCuts("a method's rest goes, its brace stays", "typescript", "class A {\n  f() {\n    a.b();\n    return c;\n  }\n}\n",
  ["class A {⏎  f() {⏎    a.▮[b();⏎    return c;]⏎  }⏎}⏎"]);
checkCuts("each dereference, in its innermost named function", "typescript", "function f() { const g = () => { x.y; }; return z?.w.v }",
  [
    "function f() { const g = () => { x.▮[y;] }; return z?.w.v }",
    "function f() { const g = () => { x.y; }; return z?.w.▮[v] }",
    "function f() { const g = () => { x.y; }; return z?.▮[w.v] }",
  ]);
checkCuts("a nameless function belongs to the one around it", "typescript", "function f() { g(() => { x.y }) }", ["function f() { g(() => { x.▮[y })] }"]);
checkCuts("none outside of functions, in strings or in broken code", "typescript", "a.b;\nfunction f() { return `${c.d}`; }\nfunction g() { e.f(; }\n", []);
checkCuts("private members", "typescript", "class A { #x = 1; f() { return this.#x; } }", ["class A { #x = 1; f() { return this.▮[#x;] } }"]);
checkCuts("an arrow without a block is no method", "typescript", "const f = (a: A) => a.b;", []);
checkCuts("python: the rest of the block", "python", "class A:\n    def f(self):\n        a.b()\n        return 1\n\n    def g(self):\n        pass\n",
  ["class A:⏎    def f(self):⏎        a.▮[b()⏎        return 1]⏎⏎    def g(self):⏎        pass⏎"]);
checkCuts("python: no imports, no decorators", "python", "import a.b\n\n@a.b\ndef f():\n    pass\n", []);

test("cases have one name wherever their project stands, and another for another text", () => {
  const idOf = (text: string): string | undefined => casesIn("typescript", text).flat()[0]?.id;
  assert.equal(idOf("function f() { a.b }"), idOf("function f() { a.b }"));
  assert.notEqual(idOf("function f() { a.b }"), idOf("function f() { a.c }"));
});

test("projects take turns, and no function has its second case before each has had its first", () => {
  const text = "function f() { a.b; a.c; a.d }\nfunction g() { a.e; a.f }\n";
  const projects = [casesIn("typescript", text), casesIn("typescript", "function h() { b.x }")];
  const drawn = [...drawnCases(projects, new Random(1))];
  assert.equal(drawn.length, 6);
  const functionOf = ({ bodyUtf16, receiver }: DereferenceCase): string => `${receiver}${bodyUtf16}`;
  assert.deepEqual([drawn[0], drawn[1]].map((one) => one?.receiver).toSorted(), ["a", "b"]);
  assert.equal(new Set(drawn.slice(0, 3).map(functionOf)).size, 3);
  assert.deepEqual([...drawnCases(projects, new Random(1))].map(({ id }) => id), drawn.map(({ id }) => id));
});

/** `body▮generated`, with `$` where the method ends. */
function checkEnd(language: CaseLanguage, marked: string, indentation = ""): void {
  test(`method end: ${language} ${marked.replaceAll("\n", "⏎")}`, () => {
    const [body = "", generated = ""] = marked.split("▮");
    const end = generated.indexOf("$");
    assert.equal(methodEnd(generated.replace("$", ""), { language, body, indentation }), end === -1 ? undefined : end);
  });
}

checkEnd("typescript", "a.▮b();\nreturn c;\n");
checkEnd("typescript", "a.▮b();\n$}\nfunction g() {");
checkEnd("typescript", "if (a) {\n f(a.▮b);\n}\nreturn c;\n$}");
checkEnd("typescript", "a.▮b(\"}\"); // }\n$}");
checkEnd("typescript", "a.▮b({ c: 1 })$)");
checkEnd("python", "  a.▮b()\n  return c\n$def g():", "");
checkEnd("python", "    a.▮b()\n\n    # done\n    return c\n", "  ");
checkEnd("python", "    f(a.▮b(\n1,\n))\n$  def g", "  ");
checkEnd("python", "  x = [a.▮b\n]\n$y = 1", "");

/** `body▮generated`, and what is written behind it before it is judged. */
function checkClosing(language: CaseLanguage, marked: string, expected: string): void {
  test(`method closing: ${language} ${marked.replaceAll("\n", "⏎")}`, () => {
    const [body = "", generated = ""] = marked.split("▮");
    assert.equal(methodClosing(generated, { language, body, indentation: "" }).replaceAll("\n", ""), expected);
  });
}

checkClosing("typescript", "a.▮b();\nreturn c;", "");
checkClosing("typescript", "if (x) {\n  a.▮b", "}");
checkClosing("typescript", "if (x) {\n  a.▮b; { c", "}}");
checkClosing("typescript", "f(a.▮b(() => {\n  c();", "");
checkClosing("typescript", "{ a.▮b(1,", "");
checkClosing("typescript", "{ a.▮b; // one", "}");
checkClosing("typescript", "{ a.▮b; /* one", "");
checkClosing("python", "x = f(a.▮b[1", "");

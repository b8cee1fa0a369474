// The structure of each language, as data: f, c and b brackets stand where functions, classes and blocks begin and end.
import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { Grammars } from "../../../grammars/grammars";
import { grammarNameOf, grammarSources } from "../../../grammars/languages";
import { boundSpans, compareSpans, type SpanKind, type SyntaxSpan } from "../../../grammars/spans";
import { SyntaxTree } from "../../../grammars/syntaxTree";
import { Random } from "../../../sidecar/base/random";

const folder = join(process.cwd(), "dist/grammars");
const grammars = new Grammars(folder, (message) => assert.fail(message));

const kinds: Readonly<Record<string, SpanKind>> = { f: "function", c: "class", b: "block" };

/** `‹f…›` is a function, `‹c…›` a class, `‹b…›` a block. */
function parseMarked(marked: string): { readonly text: string; readonly spans: readonly SyntaxSpan[] } {
  const open: { readonly kind: SpanKind; readonly startUtf16: number }[] = [];
  const spans: SyntaxSpan[] = [];
  let text = "";
  for (let i = 0; i < marked.length; i += 1) {
    const character = marked.charAt(i);
    if (character === "‹") {
      i += 1;
      const kind = kinds[marked.charAt(i)];
      assert.ok(kind !== undefined, `unknown kind ${marked.charAt(i)}`);
      open.push({ kind, startUtf16: text.length });
    } else if (character === "›") {
      const start = open.pop();
      assert.ok(start !== undefined, "a bracket closes nothing");
      spans.push({ ...start, endUtf16: text.length });
    } else {
      text += character;
    }
  }
  assert.equal(open.length, 0, "a bracket is open");
  return { text, spans: spans.sort(compareSpans) };
}

function printMarked(text: string, spans: readonly SyntaxSpan[]): string {
  let marked = "";
  for (let i = 0; i <= text.length; i += 1) {
    marked += "›".repeat(spans.filter((span) => span.endUtf16 === i).length);
    for (const span of spans) if (span.startUtf16 === i) marked += `‹${span.kind.charAt(0)}`;
    marked += text.charAt(i);
  }
  return marked;
}

function checkSpans(languageId: string, marked: string): void {
  test(`${languageId}: ${marked.slice(0, 60).replaceAll("\n", "⏎")}`, async () => {
    const { text, spans } = parseMarked(marked);
    const grammar = await grammars.load(languageId);
    assert.ok(grammar !== undefined, `no grammar for ${languageId}`);
    const tree = SyntaxTree.parse(grammar, text);
    assert.equal(printMarked(text, tree.spans(1_000)), printMarked(text, spans));
    assert.equal(tree.hasErrorIn(0, text.length), false);
    tree.delete();
  });
}

checkSpans("typescript", "const f = ‹f(a: number) => ‹b{ return a; }››;");
checkSpans("typescript", "‹cinterface A ‹b{ m(): void }››\n‹cclass B ‹b{ ‹fget x() ‹b{ if (a) ‹b{ b; }› return ‹b{ c: 1 }›; }›› }››");
checkSpans("typescriptreact", "‹ffunction A() ‹b{ return ‹b<div>{ok}</div>›; }››");
checkSpans("javascript", "‹ffunction f() ‹b{ switch (x) ‹b{ case 1: y(); }› }››");
checkSpans("javascriptreact", "const a = ‹f() => ‹b<p>hi</p>››;");
checkSpans("python", "‹cclass A:\n    ‹b‹fdef f(self):\n        ‹bif x:\n            ‹breturn 1›››››\n");
checkSpans("python", "‹f@cached\n‹fdef f():\n    ‹bpass›››\n");
checkSpans("go", "package a\ntype ‹cT struct ‹b{ a int }››\n‹ffunc (t T) F() ‹b{ if a ‹b{ b() }› }››\n");
checkSpans("rust", "‹cimpl S ‹b{ ‹ffn f(&self) -> i32 ‹b{ match x ‹b{ _ => ‹b{ 1 }› }› }›› }››");
checkSpans("java", "‹cclass A ‹b{ ‹fA() ‹b{ }›› ‹fvoid f() ‹b{ Runnable r = ‹f() -> ‹b{ z(); }››; }›› }››");
checkSpans("c", "‹cstruct s ‹b{ int a; }››;\n‹fint f(int x) ‹b{ if (x) ‹b{ return 1; }› return 2; }››\n");
checkSpans("cpp", "‹cnamespace n ‹b{ ‹cclass B ‹b{ ‹fint f() ‹b{ return 1; }›› }››; }››\n");
checkSpans("csharp", "‹cnamespace A ‹b{ ‹cclass B ‹b{ ‹fint P ‹b{ get; set; }›› ‹fvoid F() ‹b{ return; }›› }›› }››");
checkSpans("php", "<?php ‹cclass B ‹b{ ‹ffunction f() ‹b{ if ($x) ‹b{ return 1; }› }›› }››");
checkSpans("ruby", "‹cclass A\n ‹b‹fdef f(x)\n  ‹bx.each ‹bdo |a| ‹bb› end››\n end››\nend›\n");
checkSpans("css", "‹ca ‹b{ color: red; }››");
checkSpans("html", "‹b<div>‹b<p>hi</p>›</div>›");
checkSpans("json", '‹b{"a": ‹b[1, ‹b{"b": 2}›]›}›');
checkSpans("jsonc", "‹b[]›");
checkSpans("shellscript", "‹ff() ‹b{ for i in x; ‹bdo y; done›; }››\n");

test("every language id of the table leads to its grammar, and an unknown one to none", async () => {
  for (const source of grammarSources) {
    for (const languageId of source.languageIds) {
      assert.equal(grammarNameOf(languageId), source.name);
      assert.equal((await grammars.load(languageId))?.name, source.name);
    }
  }
  assert.equal(grammarNameOf("cobol"), undefined);
  assert.equal(await grammars.load("cobol"), undefined);
  assert.equal(await grammars.load("constructor"), undefined);
});

test("a grammar that fails to load is told once, and later asks give none", async () => {
  const messages: string[] = [];
  const broken = new Grammars(join(folder, "nowhere"), (message) => messages.push(message));
  assert.equal(await broken.load("typescript"), undefined);
  assert.equal(await broken.load("typescript"), undefined);
  assert.equal(messages.length, 1);
  assert.match(messages[0] ?? "", /^The grammar for typescript could not be loaded: /);
});

function checkBound(spans: string, countMax: number, expected: string): void {
  const parse = (text: string): readonly SyntaxSpan[] =>
    text.split(" ").filter((part) => part !== "").map((part) => {
      const [startUtf16 = 0, endUtf16 = 0] = part.split("-").map(Number);
      return { kind: "block", startUtf16, endUtf16 };
    });
  const print = (values: readonly SyntaxSpan[]): string => values.map((span) => `${span.startUtf16}-${span.endUtf16}`).join(" ");
  test(`bound ${countMax} of ${spans}`, () => assert.equal(print(boundSpans(parse(spans), countMax)), expected));
}

checkBound("2-4 0-9 5-6", 9, "0-9 2-4 5-6");
checkBound("0-9 0-9 2-4", 9, "0-9 2-4");
checkBound("0-9 1-8 2-7 10-12", 3, "0-9 1-8 10-12");
checkBound("0-9 1-3 4-6 10-12", 3, "0-9 1-3 10-12");
checkBound("0-9 10-12", 0, "");

test("what an offset lies in or at the end of, outer before inner", async () => {
  const grammar = await grammars.load("javascript");
  assert.ok(grammar !== undefined);
  const tree = SyntaxTree.parse(grammar, "function f() { return 1; } x");
  assert.deepEqual(tree.around(16).map((span) => [span.kind, span.startUtf16, span.endUtf16]), [["function", 0, 26], ["block", 13, 26]]);
  assert.deepEqual(tree.around(3).map((span) => span.kind), ["function"]);
  assert.deepEqual(tree.around(26).map((span) => span.kind), ["function", "block"]);
  for (const offset of [0, 27, 28, 100]) assert.deepEqual(tree.around(offset), []);
  tree.delete();
});

const nested: Readonly<Record<string, readonly string[]>> = {
  typescript: ["function f() {\n", "if (a) { b(); }\n", "}\n", "class A {\n", "m() { return 1; }\n", "const é = \"😀\";\n", "x = () => 1;\n", "("],
  python: ["def f():\n", "    if a:\n        return 1\n", "class A:\n", "    def m(self):\n        pass\n", "x = '😀'\n", ")\n"],
};

test("law: what lies around an offset is what of all spans does", async () => {
  for (const [language, pieces] of Object.entries(nested)) {
    const grammar = await grammars.load(language);
    assert.ok(grammar !== undefined);
    const random = new Random(11);
    for (let sample = 0; sample < 20; sample += 1) {
      const text = Array.from({ length: 12 }, () => random.pick(pieces)).join("");
      const tree = SyntaxTree.parse(grammar, text);
      const all = tree.spans(1_000);
      for (let offset = 0; offset <= text.length; offset += 1) {
        const expected = all.filter((span) => span.startUtf16 < offset && offset <= span.endUtf16);
        assert.deepEqual(tree.around(offset), expected, `${JSON.stringify(text)} at ${offset}`);
      }
      tree.delete();
    }
  }
});

test("an error is found where it is and nowhere else", async () => {
  const grammar = await grammars.load("javascript");
  assert.ok(grammar !== undefined);
  const text = "function f() { return 1; }\nlet = = 3;\nfunction g() { }";
  const tree = SyntaxTree.parse(grammar, text);
  assert.equal(tree.hasErrorIn(0, 20), false);
  assert.equal(tree.hasErrorIn(27, 37), true);
  assert.equal(tree.hasErrorIn(40, text.length), false);
  tree.delete();
});

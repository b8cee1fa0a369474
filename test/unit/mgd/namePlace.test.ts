// Where a monitor sees a name that it can ask for, case by case: the text ends at the place. A place is printed as its kind, what
// of the name is there, and what the answer depends on; "" where there is none.
import assert from "node:assert/strict";
import { test } from "node:test";
import { CodeScanner } from "../../../sidecar/decode/mgd/codeScanner";
import { monitorRules, monitorRulesOf } from "../../../sidecar/decode/mgd/monitorRules";
import { placeAt } from "../../../sidecar/decode/mgd/namePlace";

function seenAt(languageId: string, text: string, restOfLine: string): string {
  const rules = monitorRulesOf(languageId);
  assert.ok(rules !== undefined, languageId);
  const scanner = new CodeScanner(rules.marks, rules.brackets);
  scanner.read(text);
  const place = placeAt(scanner, rules, () => text, restOfLine);
  if (place === undefined) return "";
  assert.equal(text.slice(place.startUtf16), place.typed, "the name begins where it says");
  return [place.kind, place.typed, place.receiver].filter((part) => part !== undefined && part !== "").join(" ");
}

function checkPlaces(languageId: string, cases: Readonly<Record<string, string>>, restOfLine = ""): void {
  test(`places in ${languageId}${restOfLine === "" ? "" : ` before ${restOfLine}`}`, () => {
    for (const [text, expected] of Object.entries(cases)) assert.equal(seenAt(languageId, text, restOfLine), expected, text);
  });
}

checkPlaces("typescript", {
  "a.": "member a.",
  "a.b": "member b a.",
  "this.items.pu": "member pu this.items.",
  "a?.": "member a?.",
  "f(x).": "member",
  "a[0].": "member",
  "\"a\".": "member",
  "`a`.": "member",
  "a!.": "member",
  "f()\n  .": "member",
  "f().\n  ": "member",
  "f(). ": "",
  "a.#": "member # a.",
  "a.#pri": "member #pri a.",
  "a.größe": "member größe a.",
  "1.": "",
  "a = 1_0.": "",
  "a1.": "member a1.",
  "0x1f.": "member",
  "...": "",
  "[...": "",
  "[...a.": "member",
  "a.b(": "",
  "a.b ": "",
  "a": "",
  "// a.": "",
  "/* a.": "",
  "/* a */ b.": "member b.",
  "// a.\nb": "",
  "\"a.": "",
  "'it.": "",
  "it's\na.": "member a.",
  "`a.": "",
  "`${a.": "member a.",
  "`${a}.": "",
  "`${`x${b.": "member b.",
  "a = /b\\/c./.": "member",
  "a = /[/.": "",
  "a / b.": "member b.",
  "<p>it</p>{a.": "member a.",
  "a / b / c.": "member c.",
  "return /x./": "",
  "namespace A.": "",
  "x ? a.": "member a.",
  "a ?.5": "",
  "f({": "key",
  "f({ ": "key",
  "f({ na": "key na",
  "f({ a: 1, ": "key",
  "f({ a: b.c, d": "key d",
  "f({ a: ": "",
  "f({ ...": "",
  "f({ [": "",
  "x = {": "key",
  "const { a": "",
  "x: T = { a: { ": "key",
  "if (a) {": "",
  "() => {": "",
  "() => ({": "key",
  "type A = {": "",
  "interface A {": "",
  "class A { ": "",
  "return {": "key",
  "a === \"": "quoted",
  "a === 'x-": "quoted x-",
  "case \"": "quoted",
  "a[\"": "quoted",
  "f(\"": "quoted",
  "f(a, '": "quoted",
  "x = \"": "quoted",
  "require(\"": "",
  "import(\"": "",
  "import a from \"": "",
  "a + \"": "",
  "a === \"b\" && \"": "",
});
checkPlaces("typescript", { "import { ": "import", "import { a, b": "import b", "import type { ": "import", "import { a as ": "", "import d, { ": "import" }, " } from \"./x\";");
checkPlaces("typescript", { "import { ": "", "import { a, b": "" }, "");
checkPlaces("javascript", {
  "a.": "member a.",
  "exports.": "",
  "module.exports.": "",
  "x = exports.": "member exports.",
  "class A { constructor() { this.": "",
  "class A { constructor() { f(this.": "member this.",
  "f(\"": "",
});
checkPlaces("python", {
  "a.": "member a.",
  "a.b.c": "member c a.b.",
  "f(). ": "",
  "f()\n    .": "member",
  "\"\"\"a.": "",
  "\"\"\"a\"\"\".": "member",
  "\"\".": "member",
  "'' + a.": "member a.",
  "# a.": "",
  "1.": "",
  "from .": "",
  "from a.": "member a.",
  "from a import ": "import",
  "from a.b import c, d": "import d",
  "from a import (\n  b,\n  ": "import",
  "from a import b as ": "",
  "import a.": "member a.",
  "def __init__(self):\n    self.": "",
  "def __init__(self):\n    x = self.": "member self.",
  "def __init__(self):\n    f(\n        self.": "member self.",
  "def __init__(self):\n    pass\n\ndef f(self):\n    self.": "member self.",
  "f(a, ": "",
  "f(a=1, ": "argument",
  "f(a=1, b": "argument b",
  "f(a == 1, ": "",
  "f(a=g(1, ": "",
  "if a == \"": "quoted",
  "x = {": "",
  "a[\"": "",
  "def f(x): ...\n": "",
});
checkPlaces("rust", {
  "a.": "member a.", "A::": "member A::", "0..": "", "1.0": "", "t.0.": "member t.0.", "&'a self, b.": "member b.", "'x'.": "member", "r#\"a.\"b.": "",
  "r#\"a\"#.": "member", "\"a\n.b.": "", "use a::{": "import", "use a::{b, c": "import c", "A { ": "key", "A { b: 1, ": "key", "struct A { ": "", "match a { ": "", "-> ": "",
});
checkPlaces("go", { "a.": "member a.", "`a.": "", "T{": "key", "p.T{A: 1, ": "key", "type T struct {": "", "if x {": "", "x.\n\t": "member x.", "package a.": "" });
checkPlaces("java", { "a.": "member a.", "A::": "member A::", "'.'.": "member", "package a.": "", "x case ": "", "\n  case ": "case", "\n  case RE": "case RE", "\"\"\"\n a.\n": "" });
checkPlaces("c", { "a->": "member a->", "a->b": "member b a->", "a.": "member a.", "#include <a.": "", "a - ": "", "1.": "" });
checkPlaces("cpp", { "std::": "member std::", "a->b::": "member", "p->": "member p->", "L'a'.": "member" });
checkPlaces("php", { "$a->": "member $a->", "A::": "member A::", "$a . ": "", "$a?->": "member $a?->", "# a->": "" });
checkPlaces("ruby", { "a.": "member a.", "a&.": "member a&.", "A::": "member A::", "# a.": "" });
checkPlaces("csharp", { "a.": "member a.", "a?.": "member a?.", "namespace A.": "" });

test("a language has one set of rules, an unknown one none", () => {
  const ids = monitorRules.flatMap(({ languageIds }) => languageIds);
  assert.equal(new Set(ids).size, ids.length);
  assert.equal(monitorRulesOf("markdown"), undefined);
});

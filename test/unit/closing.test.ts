// What closes a text that is left open. In a case `▮` is the cursor: what was opened before it stays open, unless all is to be
// closed; then what has to be written, `⏎` standing for a line end.
import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { Grammars } from "../../grammars/grammars";
import { countSyntaxErrors } from "../../grammars/syntaxErrors";
import type { Random } from "../../sidecar/base/random";
import { marksOf } from "../../sidecar/decode/languageMarks";
import { closingOf, type ClosingStyle } from "../../sidecar/decode/closing";
import { checkLaw } from "../support/law";

const grammars = new Grammars(join(process.cwd(), "dist/grammars"), (message) => assert.fail(message));

function checkClosing(languageId: string, marked: string, expected: string, all?: "all", style: ClosingStyle = { bodies: true }): void {
  test(`${languageId}: ${marked}`, () => {
    const text = marked.replaceAll("⏎", "\n");
    const cursor = text.indexOf("▮");
    const closing = closingOf(text.replace("▮", ""), all === "all" ? 0 : cursor, marksOf(languageId), style);
    assert.equal(closing.replaceAll("\n", "⏎"), expected);
  });
}

// Brackets, each on the line that it belongs on.
checkClosing("typescript", "▮class A {⏎  b() {⏎    c();", "⏎  }⏎}");
checkClosing("typescript", "▮class A {⏎  b() {⏎    c();⏎", "  }⏎}");
checkClosing("typescript", "▮class A {⏎  b() {⏎ ", " }⏎}");
checkClosing("typescript", "▮a(b[", "⏎])");
checkClosing("typescript", "▮it('a', () => {⏎  b({⏎    c: [1,", "]⏎  })⏎})");
checkClosing("typescript", "▮const a = { b: 1", " }");
checkClosing("typescript", "▮const a = {", "⏎}");
checkClosing("typescript", "▮a(⏎  b", "⏎)");
checkClosing("typescript", "  ▮if (a) {", "⏎  }");
checkClosing("typescript", "▮f(a", ")");
checkClosing("typescript", "▮f(() => {⏎  a();", "⏎})");
checkClosing("typescript", "class A {⏎▮  b() {⏎    c();⏎", "  }");
checkClosing("typescript", "class A {⏎▮  b() {⏎    c();⏎", "  }⏎}", "all");
checkClosing("typescript", "▮a('{');⏎", "");
checkClosing("typescript", "▮class A {}⏎", "");
checkClosing("python", "▮a = [⏎    1,⏎", "]");
// Comments and long strings.
checkClosing("typescript", "▮class A {⏎  /**⏎   * B", "⏎   */⏎}");
checkClosing("typescript", "▮  /**⏎   *", "/");
checkClosing("typescript", "▮  /**⏎   * ", "*/");
checkClosing("typescript", "▮  /**⏎", "   */");
checkClosing("typescript", "▮  /** B", " */");
checkClosing("typescript", "▮  /*⏎    B", "⏎  */");
checkClosing("typescript", "/*⏎▮ a {", "");
checkClosing("typescript", "/*⏎▮ a {", "⏎*/", "all");
checkClosing("typescript", "▮a( // b", "⏎)");
checkClosing("typescript", "▮// b", "");
checkClosing("python", "▮def a():⏎    \"\"\"B", "\"\"\"");
checkClosing("python", "▮def a():⏎    '''⏎    B⏎", "    '''");
checkClosing("python", "▮a = b(\"\"\"⏎C", "⏎\"\"\")");
// A header that can't stand alone.
checkClosing("python", "▮if a:⏎    if b:", "⏎        pass");
checkClosing("python", "▮class A:⏎\tdef b():⏎", "\t\tpass");
checkClosing("python", "▮# a:", "");
checkClosing("python", "a(▮{1:", " }");
checkClosing("typescript", "▮switch (a) {⏎  case 1:", "⏎}");

checkClosing("python", "▮f = lambda x:", "");
checkClosing("python", "▮for x in y:", "", undefined, {});
// Statements.
checkClosing("c", "▮void a(void) {⏎  b(c", ");⏎}", undefined, { semicolons: true });
checkClosing("java", "▮class A {⏎  void b() {⏎    c(d(1,⏎", "    ));⏎  }⏎}", undefined, { semicolons: true });
checkClosing("typescript", "▮it('a', () => {⏎  b([1,", "]);⏎});", undefined, { semicolons: true });
// What no person leaves open.
checkClosing("typescript", `▮${"[".repeat(65)}`, "");

const pieces: Readonly<Record<string, readonly string[]>> = {
  typescript: [
    "class A {\n", "b() {\n", "}\n", "/**\n", " * c\n", "*/\n", "f([\n", "1,\n", "])\n", "const d = {\n", "e: 1,\n", "};\n", "// g (\n", "if (h) {\n",
    "return `${i}`;\n", "'[' +\n", "  ", "    ",
  ],
  python: ["def a():\n", "    ", "        ", "\"\"\"b\n", "'''\n", "c = [\n", "1,\n", "]\n", "# d (\n", "if e:\n", "pass\n", "f(\n", ")\n", "{'g': 1,\n", "}\n"],
};

for (const languageId of ["typescript", "python"]) {
  const marks = marksOf(languageId);
  checkLaw({
    name: `${languageId}: whatever is open, behind its closing nothing is, and the same again closes nothing`,
    cases: 2_000,
    make: (random: Random) => Array.from({ length: random.below(12) }, () => random.pick(pieces[languageId] ?? [])).join(""),
    print: (text) => JSON.stringify(text),
    check: (text) => {
      const closed = text + closingOf(text, 0, marks);
      assert.equal(closingOf(closed, 0, marks), "");
      // A beginning of a closing leaves what is left of it.
      const half = text + closingOf(text, 0, marks).slice(0, 1);
      assert.equal(closingOf(half + closingOf(half, 0, marks), 0, marks), "");
    },
  });
}

test("Tree-sitter finds nothing wrong with what was closed in the middle of a correct file", async () => {
  const grammar = await grammars.load("typescript");
  assert.ok(grammar !== undefined);
  const whole = "/** A. */\nexport class A {\n  /**\n   * B.\n   */\n  b(c: number[]): void {\n    if (c.length > 0) {\n      this.d({\n        e: [\n          1,\n        ],\n      });\n    }\n  }\n}\n";
  const lines = whole.split("\n");
  for (let count = 1; count <= lines.length; count += 1) {
    const text = lines.slice(0, count).map((line) => `${line}\n`).join("");
    assert.equal(countSyntaxErrors(grammar, text + closingOf(text, 0, marksOf("typescript"))), 0, text);
  }
});

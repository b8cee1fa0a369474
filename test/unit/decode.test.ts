// Where a completion ends and what of it is shown, case by case. In a case `|` is the cursor and what follows `⟹` is
// what the model wrote, `⏎` standing for its line ends; the expected text is what remains of it.
import { deepEqual, equal, throws } from "node:assert/strict";
import { test } from "node:test";
import { closersAllowed, openedIn, overclosedAt } from "../../sidecar/decode/bracketScan";
import { marksOf } from "../../sidecar/decode/languageMarks";
import { greedy, logProbability } from "../../sidecar/decode/sampler";
import { columnsOf } from "../../sidecar/decode/stop";
import { TokenHealing } from "../../sidecar/decode/tokenHealing";
import { overlap, trimSuggestion } from "../../sidecar/decode/trimSuggestion";
import { surroundingsAt } from "../../sidecar/session/surroundings";
import { TextDocument } from "../../sidecar/text/document";
import { utf16 } from "../../sidecar/text/frames";
import { PieceIndex } from "../../sidecar/tokens/pieceIndex";
import { FakeTokenizer } from "../support/fakeTokenizer";

const slashes = marksOf("typescript");

interface Around {
  readonly languageId?: string;
  /** The line that opens the enclosing block, as it stands in the text. */
  readonly block?: string;
  readonly endedWhole?: boolean;
}

function checkTrim(name: string, marked: string, wrote: string, expected: string, around: Around = {}): void {
  test(name, () => {
    const cursor = marked.indexOf("|");
    const text = marked.replace("|", "");
    const document = new TextDocument("a", around.languageId ?? "typescript", 1, text);
    const start = around.block === undefined ? -1 : text.indexOf(around.block);
    const enclosing = around.block === undefined ? undefined : { kind: "function" as const, startUtf16: start, endUtf16: text.length };
    const context = surroundingsAt(document, utf16(cursor), enclosing);
    equal(trimSuggestion(wrote, around.endedWhole ?? true, context).text, expected);
  });
}

checkTrim("a line ends at its end", "const a = |\n", "1;\nconst b = 2;\n", "1;");
checkTrim("a block goes on until what it opened is closed", "if (a) |\n", "{\n  b();\n}\nc();\n", "{\n  b();\n}");
checkTrim("an else on the closing line belongs to it", "if (a) |\n", "{\n  b();\n} else {\n  c();\n}\nd();", "{\n  b();\n} else {\n  c();\n}");
checkTrim("code right of the cursor leaves only the line", "f(|, b)\n", "a {\n  x\n}", "a {");
checkTrim("an auto-closed bracket is not written twice", "f(|)\n", "a, b)", "a, b");
checkTrim("a bracket that the completion opened is its own", "log(f|)\n", "oo(x))", "oo(x)");
checkTrim("an auto-closed bracket and semicolon", "f(|);\n", "a, b);", "a, b");
checkTrim("an auto-closed quote is not written twice", "f(\"|\")\n", "abc\")", "abc");
checkTrim("a bracket that is open before the cursor may be closed", "f(|\n", "a, b);\ng();", "a, b);");
checkTrim("a brace that the text below closes is not closed", "function f() {\n  |\n}\n", "return 1;\n}\n", "return 1;");
checkTrim("a brace at another indentation is somebody else's", "function f() {\n  if (a) {\n    |\n}\n", "b();\n  }\n}", "b();", { block: "function f" });
checkTrim("the block around the cursor ends the completion", "function f() {\n  |\n", "return {\n  };\nconst x = 1;", "return {\n  };", { block: "function f" });
checkTrim("the line below is not written again", "a();\n|\nreturn b;\n", "if (c) {\n  d();\n}\nreturn b;\n", "if (c) {\n  d();\n}");
checkTrim("a python body goes on while it is indented", "|\n", "def f():\n    a = 1\n    return a\n\nb = 2\n", "def f():\n    a = 1\n    return a", { languageId: "python" });
checkTrim("a python line ends at its end", "def f():\n    a()\n    |\n", "return 1\n    x\n", "return 1", { languageId: "python" });
checkTrim("a budget leaves only whole lines", "if (a) |\n", "{\n  b();\n  c(", "{\n  b();", { endedWhole: false });
checkTrim("a budget leaves the only line there is", "const a = |\n", "b + ", "b +", { endedWhole: false });
checkTrim("white space is nothing", "a();|\n", "\n\n   \n", "");
checkTrim("a closer that nothing opened is nothing", "a();\n|", "}\n", "");
checkTrim("a completion that starts on the next line", "if (a) {|\n}\n", "\n  b();\n}", "\n  b();");
checkTrim("brackets in strings and comments don't count", "|\n", "f(\"(\"); // (\ng();", "f(\"(\"); // (");
checkTrim("a comment of several lines is written to its end", "|\n", "/**\n * A.\n */\nf();\n", "/**\n * A.\n */");
checkTrim("a long string is written to its end", "a = |\n", "\"\"\"B\nC\"\"\"\nd = 1\n", "\"\"\"B\nC\"\"\"", { languageId: "python" });
checkTrim("the line below is not written again as the first line", "a();\n|\nreturn b;\n", "return b;\nc();", "");
checkTrim("the line below is not written again as the rest of a line", "a();\nret|\nreturn b;\n", "urn b;\n", "");
checkTrim("the line below is not written again where the model ends", "a();|\nreturn b;\n", "\nreturn b;", "");
checkTrim("a line like the one below may stand above it", "return b;|\nreturn b;\n", "\n  c();", "\n  c();");
checkTrim("an opener far above may be closed", `class A {\n${"  a();\n".repeat(1_000)}|`, "}\n", "}");
checkTrim("a closer far below belongs to the text", `class A {\n  |\n${"  a();\n".repeat(1_000)}}\n`, "b();\n}", "b();");
checkTrim("a lifetime is no string", "|\n", "fn f<'a>(x: &'a str) -> bool {\n  g(')')\n}\nx();", "fn f<'a>(x: &'a str) -> bool {\n  g(')')\n}", { languageId: "rust" });
checkTrim("the pattern of a case closes nothing", "case $1 in\n  |\n", "start) run ;;\n", "start) run ;;", { languageId: "shellscript" });
checkTrim("a hash inside a word is no comment", "|\n", "echo ${x##*/}\nls\n", "echo ${x##*/}", { languageId: "shellscript" });
checkTrim("an address is no comment", "|\n", "a { background: url(http://b/c); }\nd {}\n", "a { background: url(http://b/c); }", { languageId: "css" });
checkTrim("a place in a template may be closed", "const a = `x ${|", "b}`;\n", "b}`;");
checkTrim("windows line ends", "const a = |\r\n", "1;\r\nb", "1;");

test("brackets that are open, in order", () => {
  const opened = (text: string): string => openedIn(text, slashes).map((bracket) => bracket.character).join("");
  equal(opened("f(a[1], {"), "({");
  equal(opened("it's (a"), "(");
  equal(opened("`${a}` ("), "(");
  equal(opened("/* ( */ ["), "[");
  equal(openedIn("# (\n(", { ...slashes, hashComments: true }).length, 1);
});
test("closers a completion may write", () => {
  equal(closersAllowed("f(g[", ")", slashes), "]");
  equal(closersAllowed("f(", "", slashes), ")");
  equal(closersAllowed("if (a) {\n  f(", "\n}", slashes), ")");
  equal(closersAllowed("x = {\n", "\n}", slashes), "");
});
test("where a text closes too much", () => {
  equal(overclosedAt("a) b", "", slashes), 1);
  equal(overclosedAt("a) b)", ")", slashes), 4);
  equal(overclosedAt("(a)", "", slashes), 3);
});
test("overlap with what follows", () => {
  equal(overlap("abc);", ");", slashes), 2);
  equal(overlap("f(x)", ")", slashes), 0);
  equal(overlap("abc", "xbc", slashes), 0);
});
test("columns of indentation", () => {
  equal(columnsOf("\t  a"), 6);
  equal(columnsOf("   "), undefined);
});

test("greedy takes the first of the highest, and something there must be", () => {
  equal(greedy(Float32Array.of(1, 3, 3)), 1);
  throws(() => greedy(Float32Array.of(-Infinity, -Infinity)), /choice/);
});
test("log probability of a token", () => {
  equal(Math.abs(logProbability(Float32Array.of(0, 0), 0) + Math.log(2)) < 1e-6, true);
});

test("token healing: only what spells the cut bytes can be chosen, step by step, and it rolls back", () => {
  const tokenizer = new FakeTokenizer();
  const words = ["return", "ret", "r", "re", "x"].map((word) => tokenizer.tokenise(word)[0] ?? -1);
  const vocabularySize = 600;
  const index = new PieceIndex(tokenizer, vocabularySize);
  const healing = new TokenHealing(Buffer.from("ret"), index, tokenizer);
  const allowed = (): number[] => {
    const logits = new Float32Array(vocabularySize).fill(1);
    healing.lower(logits);
    return words.map((token) => (Number.isFinite(logits[token]) ? 1 : 0));
  };
  deepEqual(allowed(), [1, 1, 1, 1, 0]);
  const r = words[2] ?? -1;
  healing.accept(r);
  const next = tokenizer.tokenise("et")[0] ?? -1;
  const logits = new Float32Array(vocabularySize).fill(1);
  healing.lower(logits);
  equal(Number.isFinite(logits[words[0] ?? -1]), false);
  equal(new PieceIndex(tokenizer, vocabularySize).fitting(Buffer.from("et")).includes(next), true);
  healing.rollBack(1);
  deepEqual(allowed(), [1, 1, 1, 1, 0]);
  healing.accept(words[0] ?? -1);
  equal(healing.lower(new Float32Array(vocabularySize)), false);
});

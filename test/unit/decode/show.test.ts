// What of a completion is shown, a table for each complaint that users of other tools have. `|` is the cursor, the written
// text follows, and then what is shown; `⟦n⟧` before it replaces n units right of the cursor.
import { deepEqual, equal } from "node:assert/strict";
import { test } from "node:test";
import { confidenceMin, confidenceOf } from "../../../sidecar/decode/show/confidence";
import { marksOf } from "../../../sidecar/decode/languageMarks";
import { choiceOf } from "../../../sidecar/decode/show/choice";
import { indentationUnitOf } from "../../../sidecar/decode/show/indentation";
import { isLikelyEnd } from "../../../sidecar/decode/show/likelyEnd";
import { withoutDanglingOperator } from "../../../sidecar/decode/show/danglingOperator";
import { withoutSyntaxError } from "../../../sidecar/decode/show/syntaxCut";
import { trimSuggestion } from "../../../sidecar/decode/trimSuggestion";
import type { Written } from "../../../sidecar/session/complete";
import { showingOf } from "../../../sidecar/session/showing";
import { surroundingsAt } from "../../../sidecar/session/surroundings";
import { utf16 } from "../../../sidecar/text/frames";

const marks = marksOf("typescript");

interface Circumstances {
  readonly languageId?: string;
  readonly endedWhole?: boolean;
  readonly invoked?: boolean;
  /** Log-probability of the only token. */
  readonly logProbability?: number;
  /** Whether a text adds a syntax error, or how many; none where it mends some. */
  readonly addsError?: (text: string) => boolean | number;
  /** The user's wish. */
  readonly singleLine?: boolean;
}

/** `shown` is the suggestion, or the kind of the outcome in angle brackets. */
function check(name: string, marked: string, wrote: string, shown: string, circumstances: Circumstances = {}): void {
  test(name, () => {
    const cursor = marked.indexOf("|");
    const { languageId = "typescript", endedWhole = true, invoked = false, logProbability = 0, addsError, singleLine = false } = circumstances;
    const around = surroundingsAt({ text: marked.replace("|", ""), languageId }, utf16(cursor), undefined);
    const context = { ...around, singleLine: around.singleLine || singleLine };
    const written: Written = {
      ...trimSuggestion(wrote, endedWhole, context),
      rawText: wrote, end: "finished", choices: [{ logProbability, endLogProbability: -9, endUtf16: wrote.length }],
      tokensDecoded: 1, firstTokenAtMs: 0, interruption: undefined,
    };
    const showing = showingOf(written, context, { withholding: !invoked, charactersMin: 1, errorsAdded: () => addsError && ((text) => Number(addsError(text))) });
    const said = showing.kind === "withheld"
      ? `<${showing.outcome.kind}>`
      : `${showing.rest.replacedUtf16 === 0 ? "" : `⟦${showing.rest.replacedUtf16}⟧`}${showing.rest.text}`;
    equal(said, shown);
  });
}

// The last paragraph of what peers do after decoding names nine; each is a complaint.
const complaint = (name: string, what: string): string => `complaint: ${name}: ${what}`;

const overlap = "suffix overlap on characters";
check(complaint(overlap, "the end of the line is there"), "f(a, |, c);\n", "b, c);", "<tooShort>");
check(complaint(overlap, "the rest of a word group is there"), "const total = |price * count;\n", "quantity * price * count;", "quantity *");
check(complaint(overlap, "lines below are there, half of one too"), "a();\n|\nreturn b;\n", "if (c) {\n  d();\n}\nreturn", "if (c) {\n  d();\n}");

const nextLine = "next-line duplicate";
check(complaint(nextLine, "the line below is said again"), "a();\n|\nreturn value;\n", "return value;\n", "<cutToNothing>");
check(complaint(nextLine, "after something new"), "a();\n|\nreturn value;\n", "b();\nreturn value;\n", "b();");

const autoClosed = "auto-closed bracket or quote";
check(complaint(autoClosed, "a parenthesis that the completion closes too"), "f(|)\n", "first, second);\n", "⟦1⟧first, second);");
check(complaint(autoClosed, "a parenthesis and nothing behind it"), "f(|)\n", "first, second)\n", "first, second");
check(complaint(autoClosed, "a quote and a parenthesis"), "f(\"|\")\n", "name\", value)", "⟦2⟧name\", value)");
check(complaint(autoClosed, "a brace on a line of its own"), "if (a) {|}\n", "\n  b();\n}", "⟦1⟧\n  b();\n}");
check(complaint(autoClosed, "a body in a call"), "f(|)\n", "() => {\n  b();\n});\n", "⟦1⟧() => {\n  b();\n});");
check(complaint(autoClosed, "more than the rest of a line is shown before it"), "f(|);\n", "() => {\n  b();\n});\n", "() => {\n  b();\n}");

const ownCloser = "close only what the completion opened";
check(complaint(ownCloser, "a closer that nothing opened"), "a();\n|", "}\n", "<unopenedCloser>");
check(complaint(ownCloser, "its own closers stay"), "log(g|)\n", "et(x))", "et(x)");

const indentation = "indentation as in the document";
check(complaint(indentation, "spaces become tabs"), "a {\n\tb();\n}\n|\n", "if (c) {\n    d();\n}\n", "if (c) {\n\td();\n}");
check(complaint(indentation, "tabs become spaces"), "a {\n  b();\n}\n|\n", "if (c) {\n\td();\n}\n", "if (c) {\n  d();\n}");
check(complaint(indentation, "no second space"), "const a = |\n", " value;", "value;");

const midWord = "mid-word rule";
check(complaint(midWord, "nothing inside a word"), "con|sole\n", "tainer", "<insideWord>");
check(complaint(midWord, "but by key"), "con|sole\n", "tainer", "tainer", { invoked: true });
check(complaint(midWord, "no half word at the end of a budget"), "const a = |\n", "left + righ", "left +", { endedWhole: false });
check(complaint(midWord, "half a word alone is nothing"), "const a = |\n", "righ", "<unfinished>", { endedWhole: false });

const length = "minimum useful length";
check(complaint(length, "one character costs as much as it saves"), "a = b|\n", ";", "<tooShort>");
check(complaint(length, "but by key"), "a = b|\n", ";", ";", { invoked: true });

const leak = "leaked sentinel";
check(complaint(leak, "nothing from it on"), "a = |\n", "b + c<|fim_suffix|>d", "b + c");
check(complaint(leak, "half of one"), "a = |\n", "b + c<|fim_su", "b + c");
check(complaint(leak, "nothing else"), "a = |\n", "<|endoftext|>", "<sentinelLeaked>");
check(complaint(leak, "a text about sentinels"), "s = \"<PRE>\";\nt = |\n", "\"<PRE>\" + s;", "\"<PRE>\" + s;");

const repetition = "repetition by tokens";
check(complaint(repetition, "a loop within a line"), "a = |\n", "b.c.c.c.c.c.c.c.c.c.c.c", "b.c");
check(complaint(repetition, "a row of zeros is none"), "a = |\n", "[0, 0, 0, 0, 0];", "[0, 0, 0, 0, 0];");

check("unsure of it: not shown", "a = |\n", "value;", "<lowConfidence>", { logProbability: confidenceMin - 0.01 });
check("unsure of it, asked by key: shown", "a = |\n", "value;", "value;", { logProbability: -9, invoked: true });
check("a syntax error is cut off", "|\n", "f(() => {\n  a();\n  b c;\n})", "f(() => {\n  a();\n})", { addsError: (text) => text.includes("b c") || !text.endsWith("})") });
const open = (text: string): boolean => !text.endsWith("}");
check("a line by wish opens a block: it is shown as it is", "|\n", "for (;;) {\n  a();", "for (;;) {", { addsError: open, singleLine: true });
check("a line by wish opens a block within a line", "f(|, b);\n", "() => {", "<syntaxError>", { addsError: open, singleLine: true });
check("a syntax error everywhere", "|\n", "a b;", "<syntaxError>", { addsError: () => true });
const better = (text: string): number => (text.endsWith("??") || text.endsWith("&") ? 0 : -1);
check("an operator without its operand is cut off where the text is better for it", "f({\n  a: |\n})\n", "b.c ??", "b.c", { addsError: better });
check("it is in a type", "type A = |\n", "B<C> &", "B<C>", { addsError: better });
check("what it opened is closed where the text is better for it", "if |\nb();\n", "(a) {\n  c();", "(a) {\n  c();\n}", { addsError: (text) => (text.endsWith("}") ? -1 : 0) });
const count = (text: string): number => text.replace(/[^(]/g, "").length - text.replace(/[^)]/g, "").length - (/\?\?\W*$/.test(text) ? 0 : 1);
check("both at once", "a = |\n", "f(b ??", "f(b)", { addsError: (text) => count(text) - 1 });
check("it stays open where that is no better", "if |\nb();\n", "(a) {\n  c();", "(a) {\n  c();", { addsError: () => 0 });
check("what is left of it is too short", "a = |\n", "b ??", "<tooShort>", { addsError: better });
check("it stays where the text is no better without", "a = |\n  b;\n", "c ??", "c ??", { addsError: () => -1 });
check("an empty body is written whole", "function f() {\n  |\n}\n", "const a = 1;\n  return a;\n}\n", "const a = 1;\n  return a;");
check("a comment is one line, whatever it opens", "// see |\n", "f(a\nb();", "f(a");

test("no more parses than a user waits for", () => {
  let parses = 0;
  const addsError = (): boolean => 0 < (parses += 1);
  equal(withoutSyntaxError("a\n".repeat(100), addsError, (text) => text), undefined);
  equal(parses, 8);
});

test("log-probabilities of what was chosen and of an end in its place", () => {
  const { logProbability, endLogProbability } = choiceOf(Float32Array.of(0, 0, -Infinity, 0), 0, new Set([1, 3]));
  equal(logProbability.toFixed(4), Math.log(1 / 3).toFixed(4));
  equal(endLogProbability.toFixed(4), Math.log(2 / 3).toFixed(4));
});

test("an end is likely at a line end sooner than within a line, and nowhere inside a word or a bracket", () => {
  const gap = (nats: number): { logProbability: number; endLogProbability: number } => ({ logProbability: -0.1, endLogProbability: -0.1 - nats });
  equal(isLikelyEnd(gap(2.9), "return a;", "\n", marks), true);
  equal(isLikelyEnd(gap(3.1), "return a;", "\n", marks), false);
  equal(isLikelyEnd(gap(2.9), "return a", " + b", marks), false);
  equal(isLikelyEnd(gap(0.5), "return a", " + b", marks), true);
  equal(isLikelyEnd(gap(0.5), "return a", "b", marks), false);
  equal(isLikelyEnd(gap(0.5), "f(a", "\n", marks), false);
  equal(isLikelyEnd(gap(2.9), "/**\n * a", "\n", marks), false);
  equal(isLikelyEnd(gap(2.9), "a(); // b", "\n", marks), true);
});

test("confidence is that of the first line and of its end", () => {
  const at = (endUtf16: number, logProbability: number): { endUtf16: number; logProbability: number; endLogProbability: number } => ({ endUtf16, logProbability, endLogProbability: -9 });
  equal(confidenceOf("ab\ncd", [at(2, -1), at(3, -1), at(5, -50)])?.toFixed(3), (-2 / Math.SQRT2).toFixed(3));
  equal(confidenceOf("ab", []), undefined);
});

test("how a document is indented", () => {
  const unit = (text: string): string => JSON.stringify(indentationUnitOf(text));
  equal(unit("a\n\tb\n"), '{"kind":"tab"}');
  equal(unit("a\n  b\n    c\nd\n"), '{"kind":"spaces","count":2}');
  equal(unit("a\n     \n\t\n  b\n"), '{"kind":"spaces","count":2}', "a blank line says nothing");
  equal(unit("  a\n\tb\n\tc"), '{"kind":"tab"}', "what most lines do");
  equal(indentationUnitOf("a\n\nb"), undefined);
  equal(indentationUnitOf("a\n   \n"), undefined);
});

test("where an operator wants another operand", () => {
  const cut = (text: string): string => withoutDanglingOperator(text) ?? "whole";
  deepEqual(["a ??", "f(x) && ", "a >= ", "const a =", "Foo<T> &", "a[0] |", "x !==", "not a and", "key in", "2 **"].map(cut),
    ["a", "f(x)", "a", "const a", "Foo<T>", "a[0]", "x", "not a", "key", "2"]);
  deepEqual(["i++", "a => ", "/* x */", "console", "has", "a", "", "}", "f(", "case 1:", "a,", "a ?", "b!", "  *", "...", "x => {"].map(cut), Array(16).fill("whole"));
});

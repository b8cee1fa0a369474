// Which part of a long text is shown where its structure is known, case by case: `|` is the cursor, in what is shown `…`
// stands for what is left out. A line such as `a;` has three tokens.
import { deepEqual, equal, ok } from "node:assert/strict";
import { test } from "node:test";
import { Random } from "../../../sidecar/base/random";
import { movedWindow, windowFor, type Window } from "../../../sidecar/prompt/window";
import type { Outline } from "../../../sidecar/prompt/constructs";
import type { StructureSpan } from "../../../sidecar/protocol/data";
import { Delta } from "../../../sidecar/text/delta";
import { utf16 } from "../../../sidecar/text/frames";
import { Lines } from "../../../sidecar/text/lines";
import { pairStart } from "../../../sidecar/text/surrogates";
import type { LeafRule } from "../../../sidecar/tokens/leaf";
import { tokensWithin } from "../../../sidecar/tokens/tokenCount";
import { TokenRope } from "../../../sidecar/tokens/rope";
import { bracedStructure } from "../../support/bracedStructure";
import { editing, nextEdit } from "../../support/edits";
import { FakeTokenizer } from "../../support/fakeTokenizer";
import { checkLaw } from "../../support/law";

function outlineOf(text: string): () => Outline {
  return () => ({ lines: Lines.of(text), spans: bracedStructure(text) });
}

function ranges(window: Window): readonly { readonly start: number; readonly end: number }[] {
  return [...(window.landmarks ?? []), { start: window.start, end: window.end }];
}

function shown(text: string, window: Window): string {
  let printed = "";
  let end = 0;
  for (const range of ranges(window)) {
    if (end < range.start) printed += "…\n";
    printed += text.slice(range.start, range.end);
    end = range.end;
  }
  return (end < text.length ? `${printed}…` : printed).trim().replaceAll(/\s+/g, " ");
}

function checkShown(name: string, marked: string, budget: number, expected: string, spansOf = bracedStructure): void {
  test(name, () => {
    const cursor = marked.indexOf("|");
    const text = marked.replace("|", "");
    const rope = TokenRope.of(text, new FakeTokenizer());
    const window = windowFor(rope, utf16(cursor), budget, undefined, () => ({ lines: Lines.of(text), spans: spansOf(text) }));
    equal(shown(text, window), expected);
  });
}

/** A function of `count` lines that name it. */
const body = (name: string, count: number, indent = ""): string => `${indent}function ${name} {\n${`${indent}  ${name};\n`.repeat(count)}${indent}}\n`;
const bodies = (names: string, count: number, indent = ""): string => [...names].map((name) => body(name, count, indent)).join("");
const classOf = (name: string, members: string): string => `class ${name} {\n${members}}\n`;
const imports = "import i;\nimport j;\n\n";

checkShown("what fits is shown whole", `${imports}${bodies("abc", 1)}|`, 300, "import i; import j; function a { a; } function b { b; } function c { c; }");
checkShown("whole functions, the nearest first, behind the head of the file", `${imports}${bodies("abcd", 8)}${body("e", 3).replace("e;", "|e;")}${bodies("fghk", 8)}`, 200, "import i; import j; … function c { c; c; c; c; c; c; c; c; } function d { d; d; d; d; d; d; d; d; } function e { e; e; e; } function f { f; f; f; f; f; f; f; f; } …");
checkShown("the header of the class around, and whole members", `${imports}${classOf("A", bodies("abcd", 8, "  ") + body("e", 3, "  ").replace("e;", "|e;") + bodies("fghk", 8, "  "))}`, 200, "import i; import j; class A { … function c { c; c; c; c; c; c; c; c; } function d { d; d; d; d; d; d; d; d; } function e { e; e; e; } function f { f; f; f; f; f; f; f; f; } …");
checkShown("headers of all that is around", `${imports}${classOf("A", bodies("ab", 8, "  ") + `  class B {\n${bodies("cd", 12, "    ")}${body("e", 3, "    ").replace("e;", "|e;")}${bodies("fghk", 8, "    ")}  }\n`)}`, 200, "import i; import j; class A { … class B { … function d { d; d; d; d; d; d; d; d; d; d; d; d; } function e { e; e; e; } function f { f; f; f; f; f; f; f; f; } …");
checkShown("a function longer than the budget is cut by lines", `${imports}${body("a", 100)}${body("b", 100).replace("b;\n  b;", "b;\n|  b;")}`, 200, "import i; import j; function a { … a; a; a; a; a; a; a; a; a; a; a; a; a; a; a; a; a; a; a; a; a; a; } function b { b; b; b; b; b; b; b; b; b; b; b; b; b; b; …");
checkShown("a function beside that exceeds the budget alone is cut", `${imports}${body("a", 100)}${body("b", 3).replace("b;", "|b;")}${body("c", 100)}`, 200, "import i; import j; function a { … a; a; a; a; a; a; a; a; a; a; a; a; a; a; a; a; a; a; a; a; a; a; } function b { b; b; b; } function c { c; c; c; c; c; c; c; c; c; …");
checkShown("a class beside is cut between its members", `${imports}${classOf("A", bodies("abcdef", 4, "  "))}${body("g", 3).replace("g;", "|g;")}${classOf("B", bodies("hklmno", 4, "  "))}`, 200, "import i; import j; class A { … function d { d; d; d; d; } function e { e; e; e; e; } function f { f; f; f; f; } } function g { g; g; g; } class B { function h { h; h; h; h; } …");
checkShown("a comment stands with what is below it", `${imports}${bodies("ab", 10)}// one\n// two\n${body("c", 5)}// three\n// four\n${body("d", 3).replace("d;", "|d;")}// five\n// six\n${body("e", 20)}`, 150, "import i; import j; … function b { b; b; b; b; b; b; b; b; b; b; } // one // two function c { c; c; c; c; c; } // three // four function d { d; d; d; } …");
checkShown("a long head is cut", `${"import i;\n".repeat(30)}${bodies("abc", 20)}${body("d", 3).replace("d;", "|d;")}`, 200, "import i; import i; import i; import i; import i; … function c { c; c; c; c; c; c; c; c; c; c; c; c; c; c; c; c; c; c; c; c; } function d { d; d; d; }");
checkShown("a licence is no part of the head", `/*\n * L\n */\n"use strict";\nconst { a } = require(a);\nb;\n${bodies("abc", 10)}${body("d", 3).replace("d;", "|d;")}`, 150, "… const { a } = require(a); b; … function c { c; c; c; c; c; c; c; c; c; c; } function d { d; d; d; }");
checkShown("a licence alone is not shown where the imports are", `/*\n${" * L\n".repeat(40)} */\n${imports}${body("a", 5)}${body("d", 3).replace("d;", "|d;")}${bodies("bc", 20)}`, 150, "… import i; import j; function a { a; a; a; a; a; } function d { d; d; d; } …");
checkShown("a cursor in the head", `import |i;\nimport j;\n\n${bodies("abcde", 10)}`, 200, "import i; import j; function a { a; a; a; a; a; a; a; a; a; a; } function b { b; b; b; b; b; b; b; b; b; b; } function c { c; c; c; c; c; c; c; c; c; c; } …");
checkShown("a cursor between functions", `${imports}${bodies("abc", 10)}|\n${bodies("def", 10)}`, 200, "import i; import j; … function b { b; b; b; b; b; b; b; b; b; b; } function c { c; c; c; c; c; c; c; c; c; c; } function d { d; d; d; d; d; d; d; d; d; d; } …");
checkShown("without structure, leaves around the cursor", `${imports}${bodies("abc", 10)}|\n${bodies("def", 10)}`, 100, "… b; } function c { c; c; c; c; c; c; c; c; c; c; } function d { d; d; d; d; d; d; …", () => []);

const python = "import i\n\nclass A:\n" + [..."abcdef"].map((name) => `    def ${name}(\n        self,\n    ):\n${`        ${name}()\n`.repeat(8)}`).join("");
/** A block begins on its first line, without a brace. */
function pythonStructure(text: string): readonly StructureSpan[] {
  const functions = [...text.matchAll(/def \w\(\n.*\n {4}\):\n((?: {8}\w\(\)\n)+)/g)].flatMap((match): readonly StructureSpan[] => {
    const endUtf16 = match.index + match[0].length - 1;
    return [
      { kind: "function", startUtf16: match.index, endUtf16 },
      { kind: "block", startUtf16: endUtf16 + 1 - (match[1]?.length ?? 0) + 8, endUtf16 },
    ];
  });
  const classStart = text.indexOf("class");
  const bodyStart = text.indexOf("def");
  return [{ kind: "class", startUtf16: classStart, endUtf16: text.length - 1 }, { kind: "block", startUtf16: bodyStart, endUtf16: text.length - 1 }, ...functions];
}
checkShown("a body without braces is no part of the header", python.replace("        d()", "        d(|)"), 120, "import i class A: … def d( self, ): d() d() d() d() d() d() d() d() …", pythonStructure);
checkShown("a signature of several lines", python.replace("        e()\n", `${"        e()\n".repeat(50)}        e(|)\n${"        e()\n".repeat(50)}`), 350, `import i class A: … def e( self, ): …${" e()".repeat(54)} …`, pythonStructure);

const long = `${imports}${classOf("A", [..."abcdefghklmnopqrstuvw"].map((name) => body(name, 8, "  ")).join(""))}`;

/** What becomes of `window` when something is typed: as the edit moves it, and as the next completion has it. */
function typedInto(text: string, window: Window, at: number, typed: string, budget: number): { readonly moved: Window; readonly next: Window } {
  const delta = Delta.fromReplacements(text.length, [{ start: utf16(at), end: utf16(at), text: typed }]);
  const after = delta.apply(text);
  const moved = movedWindow(window, delta, Lines.of(after));
  const rope = TokenRope.of(after, new FakeTokenizer());
  return { moved, next: windowFor(rope, utf16(at + typed.length), budget, moved, outlineOf(after)) };
}

test("typing doesn't move a window, though what is typed breaks the structure", () => {
  const at = long.indexOf("k;") + 2;
  const rope = TokenRope.of(long, new FakeTokenizer());
  let window = windowFor(rope, utf16(at), 200, undefined, outlineOf(long));
  let text = long;
  [..." if (x) {\n    y"].forEach((character, index) => {
    const { moved, next } = typedInto(text, window, at + index, character, 200);
    deepEqual(next, moved);
    text = text.slice(0, at + index) + character + text.slice(at + index);
    window = next;
  });
});

test("the structure is not asked for while a window serves", () => {
  const at = long.indexOf("k;");
  const rope = TokenRope.of(long, new FakeTokenizer());
  const window = windowFor(rope, utf16(at), 200, undefined, outlineOf(long));
  deepEqual(windowFor(rope, utf16(at + 2), 200, window, () => { throw new Error("it is asked"); }), window);
});

test("a window whose cursor leaves its home for another construct that it holds stays, and has a new home", () => {
  const rope = TokenRope.of(long, new FakeTokenizer());
  const window = windowFor(rope, utf16(long.indexOf("k;")), 300, undefined, outlineOf(long));
  const next = windowFor(rope, utf16(long.indexOf("l;")), 300, window, outlineOf(long));
  deepEqual([next.start, next.end, next.landmarks], [window.start, window.end, window.landmarks]);
});

function checkMoved(name: string, text: string, window: Window, [start, end, typed]: readonly [number, number, string], expected: string): void {
  test(name, () => {
    const delta = Delta.fromReplacements(text.length, [{ start: utf16(start), end: utf16(end), text: typed }]);
    const after = delta.apply(text);
    equal(shown(after, movedWindow(window, delta, Lines.of(after))), expected);
  });
}

const nine = "a;\nb;\nc;\nd;\ne;\nf;\ng;\nh;\ni;\n";
const range = (start: number, end: number): { readonly start: ReturnType<typeof utf16>; readonly end: ReturnType<typeof utf16> } =>
  ({ start: utf16(3 * start), end: utf16(3 * end) });
const between: Window = { ...range(6, 8), landmarks: [range(0, 2), range(3, 4)], fit: { home: range(6, 7), tokens: 9 } };
checkMoved("landmarks stay where nothing is edited", nine, between, [0, 0, ""], "a; b; … d; … g; h; …");
checkMoved("what is added to the head is shown", nine, between, [3, 3, "x;\n"], "a; x; b; … d; … g; h; …");
checkMoved("an edit that is not shown changes nothing", nine, between, [7, 8, "xyz\n"], "a; b; … d; … g; h; …");
checkMoved("a landmark cut in the middle of a line is whole lines again", nine, between, [4, 8, ""], "a; b d; … g; h; …");
checkMoved("a landmark that is deleted is gone", nine, between, [8, 13, ""], "a; b; … g; h; …");
checkMoved("a deletion over all of them", nine, between, [0, 20, ""], "h; …");

/** Classes and functions, nested at random, with lines between. */
function randomCode(random: Random, depth: number): string {
  const indent = "  ".repeat(depth);
  return Array.from({ length: 1 + random.below(6) }, () => {
    if (depth === 3 || random.chance(0.4)) return `${indent}${random.pick(["a;", "b(c, d);", "// e", "", "🐍;"])}\n`.repeat(1 + random.below(5));
    const opening = random.pick(["class A {", "function f() {", "if (x) {", "export class B {"]);
    return `${indent}${opening}\n${randomCode(random, depth + 1)}${indent}}\n`;
  }).join("");
}

interface Case {
  readonly text: string;
  readonly cursor: number;
  readonly budget: number;
  readonly rule: LeafRule;
}

const makeCase = (random: Random): Case => {
  const text = randomCode(random, 0);
  return { text, cursor: pairStart(text, random.below(text.length + 1)), budget: 20 + random.below(150), rule: random.pick(["anyLine", "anyLine", "unindentedLine"]) };
};

/** What must hold of any window. */
function checkWindow({ text, cursor, budget }: Case, rope: TokenRope, window: Window): void {
  ok(window.start <= cursor && cursor <= window.end, `the cursor is not in ${window.start}..${window.end}`);
  let end = 0;
  let tokens = 0;
  for (const { start, end: next } of ranges(window)) {
    ok(end <= start && start <= next && next <= text.length, `${start}..${next} after ${end}`);
    tokens += rope.tokensOf({ start: utf16(start), end: utf16(next) }).length;
    end = next;
  }
  ok(tokens <= budget, `${tokens} tokens of ${budget}`);
  const lines = Lines.of(text);
  for (const { start, end: next } of window.landmarks ?? []) {
    ok([start, next].every((edge) => edge === window.start || edge === lines.startOf(lines.lineAt(edge))), `a landmark is cut: ${start}..${next}`);
  }
}

checkLaw<Case>({
  name: "a window holds the cursor, fits the budget, and cuts no function that fits",
  cases: 1_500,
  make: makeCase,
  print: (sample) => JSON.stringify(sample),
  check: (sample) => {
    const { text, cursor, budget, rule } = sample;
    const rope = TokenRope.of(text, new FakeTokenizer(), rule);
    const window = windowFor(rope, utf16(cursor), budget, undefined, outlineOf(text));
    checkWindow(sample, rope, window);
    if (window.fit === undefined) return;
    for (const { kind, startUtf16, endUtf16 } of bracedStructure(text)) {
      const holdsCursor = startUtf16 <= cursor && cursor <= endUtf16;
      const isCut = [window.start, window.end].some((edge) => startUtf16 < edge && edge < endUtf16);
      const fits = tokensWithin(rope, { start: utf16(startUtf16), end: utf16(endUtf16) }, budget) < budget * 0.7;
      ok(!isCut || kind !== "function" || holdsCursor || !fits, `the function at ${startUtf16} is cut`);
    }
  },
});

checkLaw<{ readonly start: Case; readonly seed: number }>({
  name: "through random edits a window is sound, and what is typed in its home moves it only when it overflows",
  cases: 250,
  make: (random) => ({ start: makeCase(random), seed: random.below(1_000_000) }),
  print: (sample) => JSON.stringify(sample),
  check: ({ start, seed }) => {
    const random = new Random(seed);
    const tokenizer = new FakeTokenizer();
    let now = { ...editing(start.text), cursor: start.cursor };
    let window = windowFor(TokenRope.of(now.text, tokenizer, start.rule), utf16(now.cursor), start.budget, undefined, outlineOf(now.text));
    for (let step = 0; step < 12; step += 1) {
      const { kind, delta, after } = nextEdit(random, now);
      const moved = movedWindow(window, delta, Lines.of(after.text));
      const rope = TokenRope.of(after.text, tokenizer, start.rule);
      window = windowFor(rope, utf16(after.cursor), start.budget, moved, outlineOf(after.text));
      checkWindow({ ...start, text: after.text, cursor: after.cursor }, rope, window);
      const home = moved.fit?.home;
      const inHome = home !== undefined && home.start <= after.cursor && after.cursor <= home.end;
      const fits = ranges(moved).reduce((sum, { start: from, end }) => sum + rope.tokensOf({ start: utf16(from), end: utf16(end) }).length, 0) <= start.budget;
      if (kind === "type" && delta.oldLength < delta.newLength && inHome && fits && now.cursor <= after.cursor) deepEqual(ranges(window), ranges(moved));
      now = after;
    }
  },
});

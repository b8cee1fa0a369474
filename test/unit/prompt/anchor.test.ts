// Where the middle of the prompt begins, case by case: line numbers only where lines are all that counts, else texts in which
// `|` is the cursor and `^` stands where the middle is expected to begin.
import { equal } from "node:assert/strict";
import { test } from "node:test";
import { anchorLineFor, defaultAnchorRule, restingAnchorLine, type AnchorBoundary, type AnchorRule } from "../../../sidecar/prompt/anchor";
import type { StructureSpan } from "../../../sidecar/protocol/data";
import { Lines } from "../../../sidecar/text/lines";
import { utf16 } from "../../../sidecar/text/frames";
import { bracedStructure } from "../../support/bracedStructure";

interface Where {
  readonly cursor: number;
  readonly had?: number;
  readonly first?: number;
}

const unasked = (): never => {
  throw new Error("at a fixed line, nothing is to be known of the text");
};

function checkAnchor(name: string, { cursor, had, first = 0 }: Where, expected: number): void {
  test(name, () => equal(anchorLineFor(cursor, had, first, defaultAnchorRule, unasked), expected));
}

checkAnchor("a new anchor is set eight lines above", { cursor: 20 }, 12);
checkAnchor("not above the start of the text", { cursor: 3 }, 0);
checkAnchor("not above the start of the window", { cursor: 20, first: 15 }, 15);
checkAnchor("the cursor on the window's first line", { cursor: 15, first: 15 }, 15);
checkAnchor("it stays while the cursor goes down", { cursor: 44, had: 12 }, 12);
checkAnchor("it moves when the cursor is too far below", { cursor: 45, had: 12 }, 37);
checkAnchor("it stays while the cursor goes up", { cursor: 14, had: 12 }, 12);
checkAnchor("it moves when there is too little above the cursor", { cursor: 13, had: 12 }, 5);
checkAnchor("it moves when the cursor is above it", { cursor: 10, had: 12 }, 2);
checkAnchor("at the start of the text nothing above is needed", { cursor: 0, had: 0 }, 0);
checkAnchor("nor on the line below it", { cursor: 1, had: 0 }, 0);
checkAnchor("an anchor above the window is none", { cursor: 20, had: 12, first: 14 }, 14);

const reach = { linesAbove: 2, linesAboveMax: 6, linesAboveMin: 1 } as const;
type SpansOf = (text: string) => readonly StructureSpan[];
const unknown: SpansOf = () => [];

/** Two lines above the cursor, or up to six where the boundary is further up. */
function checkBoundary(name: string, boundary: AnchorBoundary, spansOf: SpansOf, marked: string): void {
  test(`${boundary}: ${name}`, () => {
    const text = marked.replace(/[|^]/g, "");
    const lines = Lines.of(text);
    const cursorLine = lines.lineAt(utf16(marked.replace("^", "").indexOf("|")));
    const rule: AnchorRule = { ...reach, boundary };
    const line = anchorLineFor(cursorLine, undefined, 0, rule, () => ({ lines, spans: spansOf(text) }));
    const start = lines.startOf(line) ?? 0;
    const withCursor = marked.replace("^", "");
    equal(`${withCursor.slice(0, start)}^${withCursor.slice(start)}`, marked);
  });
}

const plain = "a;\n^b;\nc;\n|";
checkBoundary("the fixed line", "line", bracedStructure, "f(\n^  x,\n);\n|");
checkBoundary("where the line begins a statement, it stays", "statement", unknown, plain);
checkBoundary("the same with structure", "statement", bracedStructure, plain);
checkBoundary("the same where there is no function", "function", bracedStructure, plain);
checkBoundary("not inside the arguments of a call", "statement", unknown, "a;\n^f(\n  x,\n  y,\n);\n|");
checkBoundary("not inside a block that has ended", "statement", unknown, "a;\n^if (x) {\n  b;\n  c;\n}\n|");
checkBoundary("nor inside one in the structure", "statement", bracedStructure, "a;\n^if (x) {\n  b;\n  c;\n}\n|");
checkBoundary("the block around the cursor is no reason to move", "statement", unknown, "if (x) {\n  a;\n^  b;\n  c;\n  |");
checkBoundary("nor where the structure knows it", "statement", bracedStructure, "if (x) {\n  a;\n^  b;\n  c;\n  |\n}\n");
checkBoundary("a line that goes on is none to begin with", "statement", unknown, "a;\n^b\n  .c()\n  .d();\n|");
checkBoundary("also where it is not indented", "statement", unknown, "a;\n^b = c\n&& d\ne;\n|");
checkBoundary("not between if and else", "statement", unknown, "^if (x) {\n  a;\n} else {\n  b;\n}\n|");
checkBoundary("not on a blank line", "statement", unknown, "a;\n^b;\n\nc;\n|");
checkBoundary("not inside a comment", "statement", unknown, "a;\n^/**\n * b\n * c\n */\n|");
checkBoundary("flat text in a template does not mislead it where the structure is known", "statement", bracedStructure, "a;\n^function b {\n`\nx\ny\n`; }\n|");
checkBoundary("a block out of reach is cut at a statement of its own", "statement", unknown, "if (x) {\n  a;\n  b;\n  c;\n  d;\n  e;\n  g(\n    1);\n^  h;\n}\n|");
checkBoundary("the same in the structure", "statement", bracedStructure, "if (x) {\n  a;\n  b;\n  c;\n  d;\n  e;\n^  g(\n    1);\n}\n|");
checkBoundary("Python's blocks end with their indentation", "statement", unknown, "a\n^if x:\n    b\n    c\nd|");
checkBoundary("on an empty line nobody knows whether a block has ended", "statement", unknown, "a\nif x:\n^    b\n    c\n|");
checkBoundary("tabs, and how far the cursor's line is indented", "statement", unknown, "if (x) {\n\ta;\n^\tb(\n\t\tc,\n\t\td);\n\t|");
checkBoundary("the start of the text", "statement", unknown, "^  .a\n|");
checkBoundary("a carriage return is no text", "statement", unknown, "a;\r\n^b;\r\n\r\nc;\r\n|");
checkBoundary("the start of the function around", "function", bracedStructure, "a;\n^function f {\n  b;\n  c;\n  d;\n  |\n}\n");
checkBoundary("with what stands before it on its line", "function", bracedStructure, "a;\n^export function f {\n  b;\n  c;\n  d;\n  |\n}\n");
checkBoundary("a function that begins below the fixed line has too few lines", "function", bracedStructure, "a;\n^b;\nfunction f {\n  |\n}\n");
checkBoundary("the outer one where the inner begins below", "function", bracedStructure, "a;\n^function f {\n  b;\n  function g {\n    |\n  }\n}\n");
checkBoundary("a function out of reach", "function", bracedStructure, "function f {\n  a;\n  b;\n  c;\n  d;\n  e;\n^  g(\n    1);\n  |\n}\n");
checkBoundary("a function that has ended is not around", "function", bracedStructure, "function f {\n  a;\n}\n^b;\nc;\n|");
checkBoundary("without structure, as a statement", "function", unknown, "function f {\n  b;\n^  c;\n  d;\n  |\n}\n");

/** Python's functions end with their last statement. */
const pythonFunctions: SpansOf = (text) =>
  [...text.matchAll(/def .*(?:\n(?: .*)?)*?(?=\s*$|\n\S)/g)].map((match) => ({ kind: "function", startUtf16: match.index, endUtf16: match.index + match[0].length }));
checkBoundary("an indented line below the last statement is still the function's", "function", pythonFunctions, "a\n^def f():\n    b\n    c\n    d\n    |");
checkBoundary("one that isn't indented is not", "function", pythonFunctions, "a\n^def f():\n    b\n    c\n\n|");

interface Rest {
  readonly cursor: number;
  readonly anchor: number;
  readonly first?: number;
  readonly linesMax?: number;
}

/** With eight lines above at a fixed line, unless the rule says otherwise. */
function checkRest(name: string, { cursor, anchor, first = 0, linesMax = 16 }: Rest, expected: number | undefined, rule = defaultAnchorRule): void {
  test(name, () => {
    const lines = Lines.of("function f {\n".concat("  a;\n".repeat(100), "}\n"));
    equal(restingAnchorLine(cursor, anchor, first, rule, linesMax, () => ({ lines, spans: bracedStructure(lines.text) })), expected);
  });
}

checkRest("an anchor rests while the middle is short", { cursor: 28, anchor: 12 }, undefined);
checkRest("it is moved in idle time when the middle has grown", { cursor: 29, anchor: 12 }, 21);
checkRest("not above the window's first line", { cursor: 29, anchor: 12, first: 25 }, 25);
checkRest("it is never moved up", { cursor: 29, anchor: 22, linesMax: 4 }, undefined);
checkRest("nor to where it is", { cursor: 20, anchor: 12, linesMax: 4 }, undefined);
checkRest("a boundary further up may be where it is", { cursor: 20, anchor: 0 }, undefined, { ...defaultAnchorRule, boundary: "function" });
checkRest("or below it, once that is out of reach", { cursor: 40, anchor: 0 }, 32, { ...defaultAnchorRule, boundary: "function" });

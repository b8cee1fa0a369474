// What the repetition penalty sees and does, case by case. In a text `▮` is the cursor: what follows was generated, and the
// next choice stands at its end. What the penalty does is printed as `kind rule ×count "opening"`.
import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { Grammars } from "../../grammars/grammars";
import { RepetitionPenalty } from "../../sidecar/decode/rpg/repetitionPenalty";
import { paperStrengths, shippedStrengths, type Strengths } from "../../sidecar/decode/rpg/strength";
import { PieceIndex } from "../../sidecar/tokens/pieceIndex";
import { FakeTokenizer } from "../support/fakeTokenizer";

const grammars = new Grammars(join(process.cwd(), "dist/grammars"), (message) => assert.fail(message));

interface Seen {
  /** What the strongest repeat did; empty where nothing was lowered. */
  readonly act: string;
  /** The pieces that were lowered, sorted. */
  readonly lowered: readonly string[];
}

async function seenAt(languageId: string, marked: string, strengths = shippedStrengths): Promise<Seen> {
  const tokenizer = new FakeTokenizer();
  const [before = "", generated = ""] = marked.split("▮");
  const tokens = tokenizer.tokenise(generated);
  let act = "";
  const penalty = new RepetitionPenalty({
    grammar: await grammars.load(languageId),
    before,
    pieces: new PieceIndex(tokenizer, tokenizer.vocabularySize),
    tokenizer,
    strengths,
    onAct: ({ kind, rule, count, opening }) => {
      act = `${kind} ${rule} ×${count} ${JSON.stringify(opening)}`;
    },
  });
  for (const token of tokens) penalty.accept(token);
  const logits = new Float32Array(tokenizer.vocabularySize);
  penalty.lower(logits);
  penalty.close();
  const lowered = [...logits.keys()].filter((token) => (logits[token] ?? 0) < 0).map((token) => tokenizer.spell([token]));
  return { act, lowered: [...new Set(lowered)].sort() };
}

function checkAct(name: string, languageId: string, marked: string, expected: string, strengths = shippedStrengths): void {
  test(name, async () => assert.equal((await seenAt(languageId, marked, strengths)).act, expected));
}

/** Where the same productions repeat as well, that is often the stronger reason, and hides the others. */
const textsOnly: Strengths = { ...shippedStrengths, structure: { nats: 0, free: 0 }, pattern: { nats: 0, free: 0 } };

function checkLowered(name: string, languageId: string, marked: string, expected: readonly string[]): void {
  test(name, async () => assert.deepEqual((await seenAt(languageId, marked)).lowered, expected));
}

checkAct("a statement written once more", "typescript", "go();\n▮go();\n", 'content expression_statement ×1 "go();"');
checkAct("each copy counts", "typescript", "▮go();\ngo();\ngo();\n", 'content expression_statement ×2 "go();"');
checkAct("copies before the cursor don't count", "typescript", "go();\ngo();\ngo();\n▮", "");
checkAct("another statement breaks the series", "typescript", "▮go();\ngo();\nstop();\n", "");
checkAct("units of several lines, by their lines", "python", "▮if a:\n    b()\nif a:\n    b()\n", 'content if_statement ×2 "if a:"');
checkAct("two statements in turn", "python", "▮a()\nb()\na()\nb()\n", 'content expression_statement ×2 "a()"');
checkAct("a member of a list", "typescript", "const a = {\n▮  b: 1,\n  b: 1,\n", 'content pair ×1 "  b: 1,"');
checkAct("an elif that is an arm of the statement before", "python", "if a:\n    b()\n▮elif c:\n    d()\nelif c:\n    d()\n", 'content elif_clause ×2 "elif c:"');
checkAct("the else behind a brace, once it is closed", "typescript", "if (a) {\n  b();\n▮} else if (c) {\n  d();\n} else if (c) {\n  d();\n} ",
  'content else_clause ×2 "else if (c) {"');
checkAct("lines in another order", "python", "▮a()\nb()\nc()\nc()\na()\nb()\na()\nc()\nb()\n", 'scattered expression_statement ×6 "b()"', textsOnly);
checkAct("numbers that are counted up, at length", "python", `▮${[1, 2, 3, 4, 5, 6].map((n) => `a${n} = ${n}\n`).join("")}`, 'numbered expression_statement ×5 "a6 = 6"', textsOnly);
checkAct("numbers that are counted up, a while", "python", `▮${[1, 2, 3, 4].map((n) => `a${n} = ${n}\n`).join("")}`, "");
checkAct("the same productions, at length", "python", `▮${[..."abcdefgh"].map((n) => `${n} = f(${n})\n`).join("")}`, 'structure expression_statement ×7 "h = f(h)"');
checkAct("the same productions, a while", "python", `▮${[..."abcde"].map((n) => `${n} = f(${n})\n`).join("")}`, "");
checkAct("members may go on twice as long", "typescript", `const x = {\n▮${[..."abcdefghij"].map((n) => `  ${n}: f(${n}),\n`).join("")}`, "");
checkAct("the same productions in no strict order, at length", "typescript", `▮${"abcdefghijkl".replaceAll(/./g, (n) => `${n}(1);\n${n} = ${n}1 + 2;\n${n < "d" || "h" < n ? `if (${n}) return;\n` : ""}`)}`,
  'pattern if_statement ×28 "if (l) return;"');
checkAct("lines of a text have no structure", "python", `"""\n▮${[..."abcdefghijkl"].map((n) => `${n} word ${n}\n`).join("")}`, "");
checkAct("a language without a table goes by lines", "yaml", "▮a: 1\na: 1\n", 'content line ×1 "a: 1"');
checkAct("inside a line", "typescript", `▮const a = b${".c.d".repeat(8)}`, 'tokens token ×7 "."');
checkAct("inside a line, in no strict order, at length", "typescript", `▮type A = ${"B<C<D>, D, C<B>, ".repeat(7)}`, 'wander token ×101.5 "D"');
checkAct("inside a line, in no strict order, a while", "typescript", `▮type A = ${"B<C<D>, D, ".repeat(4)}B<D`, "");
checkAct("a short row of the same", "typescript", "▮const a = [0, 0, 0, 0", "");
checkAct("behind the start of another line nothing is critical", "typescript", "▮go();\ngo();\nst", "");
checkAct("deeper than the repeat nothing is critical", "python", "▮a()\na()\n    ", "");

checkLowered("what spells the opening, from its first letter on", "typescript", "function f() {\n▮  foo();\n  foo();\n  ", ["f", "foo"]);
checkLowered("white space only as deep as the opening", "typescript", "function f() {\n▮    foo();\n    foo();\n", ["    "]);
checkLowered("a closer stays possible", "typescript", "if (a) {\n  b();\n▮} else if (c) {\n  d();\n} else if (c) {\n  d();\n", []);

test("the paper's strength is a decay of 0.9 a copy", async () => {
  assert.ok(Math.abs(paperStrengths.content.nats - 0.105) < 0.001);
  assert.equal((await seenAt("python", "▮a = 1\nb = 2\n", paperStrengths)).act, 'structure expression_statement ×1 "b = 2"');
});

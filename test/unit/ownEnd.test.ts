// How a completion ends that has repeated, case by case: in a text `▮` is the cursor, what follows was generated, the next choice
// stands at its end, where the likeliest is the end of the text; `▯`, where it is there, begins the text behind the cursor.
import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { Grammars } from "../../grammars/grammars";
import { at } from "../../sidecar/base/assert";
import { Random } from "../../sidecar/base/random";
import { marksOf } from "../../sidecar/decode/languageMarks";
import { ProcessorChain } from "../../sidecar/decode/processorChain";
import type { LogitProcessor } from "../../sidecar/decode/processor";
import { OwnEnd } from "../../sidecar/decode/rpg/ownEnd";
import { greedy } from "../../sidecar/decode/sampler";
import { PieceIndex } from "../../sidecar/tokens/pieceIndex";
import { FakeTokenizer, fakeSentinels } from "../support/fakeTokenizer";
import { tryLaw, type Law } from "../support/law";

const grammars = new Grammars(join(process.cwd(), "dist/grammars"), (message) => assert.fail(message));
const fragments = ["{", "(", "[", "}", ")", "]", "\n", "  ", "a", "'", '"', "`", "// b", "/* ", "*/", "\\", "f(", " = ", ";"] as const;
const tokenizer = new FakeTokenizer();
for (const fragment of [...fragments, "foo", "ab"]) tokenizer.tokenise(fragment);
const pieces = new PieceIndex(tokenizer, tokenizer.vocabularySize);

interface Rig {
  readonly end: OwnEnd;
  readonly acts: string[];
}

interface Setting {
  readonly hasRepeated?: boolean;
  readonly healedBytes?: number;
  readonly languageId?: string;
}

async function rigBehind(marked: string, { hasRepeated = true, healedBytes = 0, languageId = "typescript" }: Setting = {}): Promise<Rig> {
  const acts: string[] = [];
  const [before = "", rest = ""] = marked.split("▮");
  const [generated = "", after = ""] = rest.split("▯");
  const end = new OwnEnd({
    pieces,
    tokenizer,
    marks: marksOf(languageId),
    endTokens: new Set([fakeSentinels.end]),
    grammar: await grammars.load(languageId),
    before,
    after,
    healedBytes,
    hasRepeated: () => hasRepeated,
    onAct: ({ opening }) => acts.push(opening),
  });
  for (const token of tokenizer.tokenise(generated)) end.accept(token);
  return { end, acts };
}

/** All as likely as each other, but for one piece and the end. */
function logitsOf(endLogit: number): Float32Array {
  return new Float32Array(tokenizer.vocabularySize).with(fakeSentinels.end, endLogit).with(tokenOf("foo"), 2);
}

function tokenOf(piece: string): number {
  return at(tokenizer.tokenise(piece), 0);
}

/** undefined: anything. */
function keptAt({ end }: Rig, endLogit = 3): readonly string[] | undefined {
  const before = logitsOf(endLogit);
  const after = before.slice();
  if (!end.lower(after)) return undefined;
  const kept = [...after.keys()].filter((token) => after[token] === before[token]);
  return [...new Set(kept.map((token) => (token === fakeSentinels.end ? "END" : tokenizer.spell([token]))))].sort();
}

/** What is written before the end, where the model chose to end and would then rather say something else. */
function writtenBehind(end: OwnEnd, watch: LogitProcessor = end): string {
  const written: string[] = [];
  for (let step = 0; step < 40; step += 1) {
    // The end is the likeliest where the model first chose it, and never again.
    const logits = logitsOf(step === 0 ? 3 : 1);
    watch.lower(logits);
    const token = greedy(logits);
    if (token === fakeSentinels.end) return written.join("");
    written.push(tokenizer.spell([token]));
    watch.accept(token);
  }
  return `${written.join("")}…`;
}

/** `expected`: what is written before the end. */
function checkEnd(name: string, marked: string, expected: string, setting: Setting = {}): void {
  test(name, async () => {
    const { end, acts } = await rigBehind(marked, setting);
    assert.equal(writtenBehind(end), expected);
    assert.deepEqual(acts, expected === "" ? [] : [expected.trim()], "told once");
  });
}

checkEnd("what it opened is closed", "▮class A {\n  b() {\n    c();\n", "  }\n}");
checkEnd("within a line", "▮class A {\n  b = f([1", "])\n}");
checkEnd("all is closed", "▮class A {\n  a = 1;\n}\n", "");
checkEnd("a bracket in a string", "▮a('{');\n", "");
checkEnd("nothing has repeated", "▮class A {\n  a = 1;\n", "", { hasRepeated: false });
checkEnd("a comment is closed before the class", "class A {\n▮  /**\n   * B\n", "   */\n}");
checkEnd("where nothing follows, what stood open before the cursor is closed too", "class A {\n▮  b() {\n    c();\n", "  }\n}");
checkEnd("where the rest follows, it is left to that", "class A {\n▮  b() {\n    c();\n▯\n}\n", "  }");
checkEnd("what the text behind the cursor closes already", "class A {\n▮  b() {\n    c();\n▯  }\n}\n", "");
checkEnd("a bracket before the cursor that healing spells again is not its own", "▮f(a▯)\n", "", { healedBytes: 2 });
checkEnd("a semicolon where statements have them", "▮it('a', () => {\n  b();\n  b();\n  c([1", "]);\n});");
checkEnd("and where they have none, none", "▮it('a', () => {\n  b()\n  b()\n  c([1", "])\n})");
checkEnd("a language that can't do without", "▮void a(void) {\n  b(c", ");\n}", { languageId: "c" });
checkEnd("a body that is missing at the end of the file", "▮def a():\n    for x in y:", "\n        pass", { languageId: "python" });
checkEnd("a body that follows the cursor", "▮def a():\n    for x in y:▯\n        b(x)\n", "", { languageId: "python" });
checkEnd("no header at all", "▮f = lambda x:", "", { languageId: "python" });
// What only looks open, or what no closer mends.
checkEnd("a bracket in a regular expression", "▮const re = /\\(/;\nfoo();\n", "");
checkEnd("a bracket in a string that doesn't end", "▮const a = \"foo (", "");
checkEnd("a template that doesn't end", "▮const a = `x ${foo( ", "");
checkEnd("prose in a page", "▮<p>\n  Don't (\n", "", { languageId: "typescriptreact" });
checkEnd("a language without a grammar", "▮{ a: [1", "", { languageId: "lua" });

test("the model chooses how the closing is spelled", async () => {
  assert.deepEqual(keptAt(await rigBehind("▮class A {\n  b() {\n")), [" ", "  "]);
});

test("where the end isn't the likeliest, nothing is lowered", async () => assert.equal(keptAt(await rigBehind("▮class A {\n  a = 1;\n"), 1), undefined));

test("taken back behind the place where it began to end, it may go on; taken back to it, it ends as before", async () => {
  const rig = await rigBehind("▮class A {\n  b = f(a");
  const alone = keptAt(rig);
  for (const piece of [")", "\n"]) rig.end.accept(tokenOf(piece));
  rig.end.rollBack(1);
  assert.deepEqual(keptAt(rig, 1), ["\n"]);
  rig.end.rollBack(2);
  assert.equal(keptAt(rig, 1), undefined);
  rig.end.accept(tokenOf("a"));
  assert.deepEqual(keptAt(rig), alone);
});

test("asked again at the same place with other logits, it looks again, and it is told of once", async () => {
  const rig = await rigBehind("▮class A {\n  b = f(a");
  assert.notEqual(keptAt(rig), undefined);
  assert.notEqual(keptAt(rig), undefined);
  assert.equal(rig.acts.length, 1);
  assert.equal(keptAt(rig, 1), undefined);
});

test("an end by a narrow lead is a close call, elsewhere nothing is", async () => {
  const rig = await rigBehind("▮class A {\n  b = f(a");
  assert.equal(rig.end.isCloseCall(0.5), false);
  keptAt(rig, 2.25);
  assert.deepEqual([rig.end.isCloseCall(0.2), rig.end.isCloseCall(0.5)], [false, true]);
  rig.end.accept(tokenOf(")"));
  assert.equal(rig.end.isCloseCall(0.5), false);
});

/** Rules out a piece, as a monitor rules out a closer where an argument is missing. */
function without(...ruledOut: readonly string[]): LogitProcessor {
  const tokens = ruledOut.map((piece) => (piece === "END" ? fakeSentinels.end : tokenOf(piece)));
  return {
    lower: (logits) => {
      for (const token of tokens) logits[token] = -Infinity;
      return true;
    },
    accept: () => undefined,
    rollBack: () => undefined,
  };
}

test("where something else rules the closer out, the model's own end stands", async () => {
  const { end } = await rigBehind("▮f(() => {\n  b = f(a");
  assert.equal(writtenBehind(end, new ProcessorChain([end, without(")")])), "");
});

test("where something else has a name written first, the closing is given up, and the next end has one of its own", async () => {
  const rig = await rigBehind("▮f(() => {\n  b = f(a.");
  assert.deepEqual(keptAt(rig), undefined, "a dot is no end that brackets mend");
  const other = await rigBehind("▮f(() => {\n  b = f(a");
  assert.deepEqual(keptAt(other), [")"]);
  other.end.accept(tokenOf("ab"));
  assert.equal(keptAt(other, 1), undefined);
  assert.deepEqual(keptAt(other), [")"]);
  other.end.rollBack(1);
  assert.deepEqual(keptAt(other), [")"]);
});

test("where something else rules the end out, nothing is written again and again", async () => {
  const { end } = await rigBehind("▮f(() => {\n  b();\n  b = f(a");
  assert.match(writtenBehind(end, new ProcessorChain([end, without("END")])), /^\);\n\}\);[^;]/);
});

test("whatever was written, it ends, and soon, on 2,000 random texts", async () => {
  const grammar = await grammars.load("typescript");
  const law: Law<{ readonly text: string; readonly seed: number }> = {
    name: "own end",
    cases: 2_000,
    make: (random) => ({ text: Array.from({ length: 1 + random.below(12) }, () => random.pick(fragments)).join(""), seed: random.seed }),
    print: ({ text, seed }) => `${JSON.stringify(text)} ${seed}`,
    check: ({ text, seed }) => {
      const acts: string[] = [];
      const end = new OwnEnd({
        pieces, tokenizer, grammar, marks: marksOf("typescript"), endTokens: new Set([fakeSentinels.end]), before: "", after: "", healedBytes: 0,
        hasRepeated: () => true, onAct: ({ opening }) => acts.push(opening),
      });
      for (const token of tokenizer.tokenise(text)) end.accept(token);
      const random = new Random(seed);
      for (let step = 0; ; step += 1) {
        assert.ok(step <= text.length * 4, "it goes on and on");
        const logits = Float32Array.from({ length: tokenizer.vocabularySize }, () => random.below(100) / 50).with(fakeSentinels.end, step === 0 ? 3 : -1);
        end.lower(logits);
        assert.ok(logits.some((logit) => Number.isFinite(logit)));
        const token = greedy(logits);
        if (token === fakeSentinels.end) break;
        end.accept(token);
      }
    },
  };
  for (let seed = 1; seed <= law.cases; seed += 1) tryLaw(law, seed);
});

// How a completion ends that has repeated, case by case: in a text `▮` is the cursor, what follows was generated, and the next
// choice stands at its end, where the likeliest is the end of the text. Then what may be chosen, as pieces.
import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { Grammars, type Grammar } from "../../grammars/grammars";
import { marksOf } from "../../sidecar/decode/languageMarks";
import { closingOf } from "../../sidecar/decode/rpg/closing";
import { OwnEnd } from "../../sidecar/decode/rpg/ownEnd";
import { greedy } from "../../sidecar/decode/sampler";
import { PieceIndex } from "../../sidecar/tokens/pieceIndex";
import { Random } from "../../sidecar/base/random";
import { FakeTokenizer, fakeSentinels } from "../support/fakeTokenizer";
import { checkLaw } from "../support/law";

const grammars = new Grammars(join(process.cwd(), "dist/grammars"), (message) => assert.fail(message));

const fragments = ["{", "(", "[", "}", ")", "]", "\n", "  ", "a", "'", '"', "`", "// b", "/* ", "*/", "\\", "f(", " = "] as const;

interface Rig {
  readonly tokenizer: FakeTokenizer;
  readonly end: OwnEnd;
  readonly acts: string[];
}

interface Setting {
  readonly hasRepeated?: boolean;
  readonly healedBytes?: number;
  readonly grammar?: Grammar | undefined;
}

/** `marked`: `▮` is the cursor, `▯`, where it is there, where the text behind the cursor begins. */
function rigBehind(marked: string, { hasRepeated = true, healedBytes = 0, grammar }: Setting = {}): Rig {
  const tokenizer = new FakeTokenizer();
  const acts: string[] = [];
  const cursor = marked.indexOf("▮");
  const [generated = "", after = ""] = marked.slice(cursor + 1).split("▯");
  const end = new OwnEnd({
    pieces: new PieceIndex(tokenizer, tokenizer.vocabularySize),
    tokenizer,
    marks: marksOf("typescript"),
    endTokens: new Set([fakeSentinels.end]),
    grammar,
    before: marked.slice(0, Math.max(0, cursor)),
    after,
    healedBytes,
    hasRepeated: () => hasRepeated,
    onAct: ({ opening }) => acts.push(opening),
  });
  for (const token of tokenizer.tokenise(generated)) end.accept(token);
  return { tokenizer, end, acts };
}

/** All as likely as each other, but for one piece and the end. */
function logitsOf({ tokenizer }: Rig, endLogit: number, favourite = "foo"): Float32Array {
  return new Float32Array(tokenizer.vocabularySize).with(fakeSentinels.end, endLogit).with(tokenizer.tokenise(favourite)[0] ?? 0, 2);
}

/** undefined: anything. */
function keptAt(rig: Rig, endLogit = 3): readonly string[] | undefined {
  const before = logitsOf(rig, endLogit);
  const after = before.slice();
  if (!rig.end.lower(after)) return undefined;
  const kept = [...after.keys()].filter((token) => after[token] === before[token]);
  return [...new Set(kept.map((token) => (token === fakeSentinels.end ? "END" : rig.tokenizer.spell([token]))))].sort();
}

function checkKept(name: string, marked: string, expected: readonly string[] | undefined, setting: Setting = {}): void {
  test(name, () => assert.deepEqual(keptAt(rigBehind(marked, setting)), expected));
}

checkKept("inside what it opened, a beginning of what closes it", "▮class A {\n  b() {\n", [" ", "  "]);
checkKept("the same behind words", "▮class A {\n  b = f(", [")"]);
checkKept("the same behind blanks", "▮class A {\n  ", ["}"]);
checkKept("in a comment that goes on", "▮class A {\n  a = 1; /* b", [" "]);
checkKept("all that it opened is closed", "▮class A {\n  a = 1;\n}\n", undefined);
checkKept("what stood open before the cursor", "class A {\n▮  a = 1;\n", undefined);
checkKept("a bracket in a string", "▮a('{');\n", undefined);
checkKept("nothing has repeated", "▮class A {\n  a = 1;\n", undefined, { hasRepeated: false });
checkKept("a bracket before the cursor that healing spells again", "▮f(a", undefined, { healedBytes: 2 });

test("where the end isn't the likeliest, nothing is lowered", () => assert.equal(keptAt(rigBehind("▮class A {\n  a = 1;\n"), 1), undefined));

/** What is written before the end, where the model chose to end and would then rather say something else, or `favourite`. */
function writtenBehind(rig: Rig, favourite?: string): string {
  const written: string[] = [];
  for (let step = 0; step < 40; step += 1) {
    // The end is the likeliest where the model first chose it, and never again.
    const logits = logitsOf(rig, step === 0 ? 3 : 1, favourite);
    rig.end.lower(logits);
    const token = greedy(logits);
    if (token === fakeSentinels.end) return written.join("");
    written.push(rig.tokenizer.spell([token]));
    rig.end.accept(token);
  }
  return assert.fail(`no end behind ${JSON.stringify(written.join(""))}`);
}

test("it closes, and then it ends, whatever the model would rather say", () => {
  const rig = rigBehind("▮class A {\n  b = f(");
  assert.equal(writtenBehind(rig), ")\n}");
  assert.deepEqual(rig.acts, [")\n}"], "told once");
});

test("where the model wants a semicolon behind a closer, it has one", () => {
  assert.equal(writtenBehind(rigBehind("▮it(() => {\n  b = f(["), ";"), "]);\n});");
});

test("taken back behind the place where it began to end, it may go on", () => {
  const rig = rigBehind("▮class A {\n  b = f(");
  const alone = keptAt(rig);
  rig.end.accept(rig.tokenizer.tokenise(")")[0] ?? 0);
  rig.end.rollBack(2);
  assert.equal(keptAt(rig, 1), undefined);
  rig.end.accept(rig.tokenizer.tokenise("(")[0] ?? 0);
  assert.deepEqual(keptAt(rig), alone);
});

test("asked again at the same place with other logits, it looks again", () => {
  const rig = rigBehind("▮class A {\n  b = f(");
  assert.notEqual(keptAt(rig, 3), undefined);
  assert.equal(keptAt(rig, 1), undefined);
});

function checkParsed(name: string, marked: string, expected: string): void {
  test(`with a grammar: ${name}`, async () => {
    const grammar = await grammars.load("typescript");
    assert.ok(grammar !== undefined);
    assert.equal(writtenBehind(rigBehind(marked, { grammar })), expected);
  });
}

checkParsed("where nothing follows, what stood open before the cursor is closed too", "class A {\n▮  b() {\n    c();\n", "  }\n}");
checkParsed("where the rest follows, it is left to that", "class A {\n▮  b() {\n    c();\n▯\n}\n", "  }");
checkParsed("what mends nothing isn't written", "class A {\n▮  b() {\n    c();\n▯  }\n}\n", "");
checkParsed("a comment is closed before the class", "class A {\n▮  /**\n   * B\n", "   */\n}");

checkLaw({
  name: "whatever was written, it ends, and soon",
  cases: 2_000,
  make: (random: Random) => ({
    text: Array.from({ length: 1 + random.below(12) }, () => random.pick(fragments)).join(""),
    seed: random.seed,
  }),
  print: ({ text, seed }) => `${JSON.stringify(text)} ${seed}`,
  check: ({ text, seed }) => {
    const rig = rigBehind(`▮${text}`);
    const random = new Random(seed);
    const closing = closingOf(text, 0, marksOf("typescript"));
    for (let step = 0; ; step += 1) {
      assert.ok(step <= 2 * closing.length + 1, "it goes on and on");
      const logits = Float32Array.from({ length: rig.tokenizer.vocabularySize }, () => random.below(100) / 50).with(fakeSentinels.end, step === 0 ? 3 : -1);
      rig.end.lower(logits);
      const token = greedy(logits);
      if (token === fakeSentinels.end) break;
      rig.end.accept(token);
    }
  },
});

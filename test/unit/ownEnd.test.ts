// How a completion ends that has repeated, case by case: in a text `▮` is the cursor, what follows was generated, and the next
// choice stands at its end, where the likeliest is the end of the text. Then what may be chosen, as pieces.
import assert from "node:assert/strict";
import { test } from "node:test";
import { marksOf } from "../../sidecar/decode/languageMarks";
import { OwnEnd } from "../../sidecar/decode/rpg/ownEnd";
import { greedy } from "../../sidecar/decode/sampler";
import { PieceIndex } from "../../sidecar/tokens/pieceIndex";
import { Random } from "../../sidecar/base/random";
import { FakeTokenizer, fakeSentinels } from "../support/fakeTokenizer";
import { checkLaw } from "../support/law";

const fragments = ["{", "(", "[", "}", ")", "]", "\n", "  ", "a", "'", '"', "`", "// b", "/* ", "*/", "\\", "f(", " = "] as const;

interface Rig {
  readonly tokenizer: FakeTokenizer;
  readonly end: OwnEnd;
  readonly acts: string[];
}

function rigBehind(generated: string, { hasRepeated = true, healedBytes = 0 } = {}): Rig {
  const tokenizer = new FakeTokenizer();
  const acts: string[] = [];
  const end = new OwnEnd({
    pieces: new PieceIndex(tokenizer, tokenizer.vocabularySize),
    tokenizer,
    marks: marksOf("typescript"),
    endTokens: new Set([fakeSentinels.end]),
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

function checkKept(name: string, marked: string, expected: readonly string[] | undefined, options = {}): void {
  test(name, () => assert.deepEqual(keptAt(rigBehind(marked.slice(marked.indexOf("▮") + 1), options)), expected));
}

checkKept("inside a bracket that it opened, at the start of a line", "▮class A {\n  a = 1;\n", ["\t", "\t\t", " ", "  ", "    ", "}"]);
checkKept("the same behind words", "▮class A {\n  b = f(", ["\n", ")"]);
checkKept("the same behind blanks", "▮class A {\n  ", ["}"]);
checkKept("in a comment to the end of the line a closer is none", "▮class A {\n  a = 1; // b", ["\n"]);
checkKept("in a comment that goes on nothing closes", "▮class A {\n  a = 1; /* b", ["END"]);
checkKept("all that it opened is closed", "▮class A {\n  a = 1;\n}\n", undefined);
checkKept("a bracket that stood open before the cursor", "class A {\n▮  a = 1;\n", undefined);
checkKept("a bracket in a string", "▮a('{');\n", undefined);
checkKept("nothing has repeated", "▮class A {\n  a = 1;\n", undefined, { hasRepeated: false });
checkKept("a bracket before the cursor that healing spells again", "▮f(a", undefined, { healedBytes: 2 });

test("where the end isn't the likeliest, nothing is lowered", () => assert.equal(keptAt(rigBehind("class A {\n  a = 1;\n"), 1), undefined));

test("it closes, and then it ends, whatever the model would rather say behind the closer", () => {
  const rig = rigBehind("class A {\n  b = f(");
  const written: string[] = [];
  for (let step = 0; step < 12; step += 1) {
    // The end is the likeliest where the model first chose it, and never again.
    const logits = logitsOf(rig, step === 0 ? 3 : 1);
    rig.end.lower(logits);
    const token = greedy(logits);
    written.push(token === fakeSentinels.end ? "END" : rig.tokenizer.spell([token]));
    if (token === fakeSentinels.end) break;
    rig.end.accept(token);
  }
  assert.equal(written.at(-1), "END");
  assert.equal(written.join("").replaceAll(/\s/g, ""), ")}END");
  assert.deepEqual(rig.acts, ["("], "told once");
});

test("taken back behind the place where it began to end, it may go on", () => {
  const rig = rigBehind("class A {\n  b = f(");
  const alone = keptAt(rig);
  rig.end.accept(rig.tokenizer.tokenise(")")[0] ?? 0);
  rig.end.rollBack(2);
  assert.equal(keptAt(rig, 1), undefined);
  rig.end.accept(rig.tokenizer.tokenise("(")[0] ?? 0);
  assert.deepEqual(keptAt(rig), alone);
});

test("asked again at the same place with other logits, it looks again", () => {
  const rig = rigBehind("class A {\n  b = f(");
  assert.notEqual(keptAt(rig, 3), undefined);
  assert.equal(keptAt(rig, 1), undefined);
});

checkLaw({
  name: "whatever was written, it ends, and soon",
  cases: 2_000,
  make: (random: Random) => ({
    text: Array.from({ length: 1 + random.below(12) }, () => random.pick(fragments)).join(""),
    seed: random.seed,
  }),
  print: ({ text, seed }) => `${JSON.stringify(text)} ${seed}`,
  check: ({ text, seed }) => {
    const rig = rigBehind(text);
    const random = new Random(seed);
    const opened = [...text].filter((character) => "([{".includes(character)).length;
    for (let step = 0; ; step += 1) {
      assert.ok(step <= 3 * opened + 3, "it goes on and on");
      const logits = Float32Array.from({ length: rig.tokenizer.vocabularySize }, () => random.below(100) / 50).with(fakeSentinels.end, step === 0 ? 3 : -1);
      rig.end.lower(logits);
      const token = greedy(logits);
      if (token === fakeSentinels.end) break;
      rig.end.accept(token);
    }
  },
});

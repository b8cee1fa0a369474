// The comparison methods against their definitions, worked by hand on a vocabulary of letters; and what every processor owes.
import assert from "node:assert/strict";
import { join } from "node:path";
import { before, test } from "node:test";
import { Grammars } from "../../../../grammars/grammars";
import type { Grammar } from "../../../../grammars/grammars";
import { at } from "../../../../sidecar/base/assert";
import { Random } from "../../../../sidecar/base/random";
import type { LogitProcessor } from "../../../../sidecar/decode/processor";
import { greedy } from "../../../../sidecar/decode/sampler";
import { PieceIndex } from "../../../../sidecar/tokens/pieceIndex";
import { DryPenalty } from "../../../harness/repetition/methods/dryPenalty";
import { methodKinds, methodNamed, startMethod } from "../../../harness/repetition/methods/method";
import { marksOf } from "../../../../sidecar/decode/languageMarks";
import type { MethodBasis } from "../../../harness/repetition/methods/method";
import { PlainPenalty } from "../../../harness/repetition/methods/plainPenalty";
import { TemperatureSampling } from "../../../harness/repetition/methods/temperatureSampling";
import { checkLaw } from "../../../support/law";
import { FakeTokenizer, fakeSentinels } from "../../../support/fakeTokenizer";

let python: Grammar | undefined;
before(async () => {
  python = await new Grammars(join(process.cwd(), "dist/grammars"), assert.fail).load("python");
});

/** Letters stand for tokens: a is 0, b is 1, … */
const tokensOf = (letters: string): readonly number[] => [...letters].map((letter) => letter.charCodeAt(0) - 97);

/** What a processor takes from logits that are all 4: `c−0.80 x−1.40`. */
function printLowered(processor: LogitProcessor): string {
  const logits = new Float32Array(26).fill(4);
  processor.lower(logits);
  return [...logits].flatMap((logit, token) => (logit === 4 ? [] : [`${String.fromCharCode(97 + token)}−${(4 - logit).toFixed(2)}`])).join(" ");
}

function checkDry(name: string, context: string, expected: string, breakers = ""): void {
  test(`dry: ${name}`, () => {
    const isBreaker = (token: number): boolean => breakers.includes(String.fromCharCode(97 + token));
    const options = { multiplier: 0.8, base: 1.75, allowedLength: 2, isBreaker };
    assert.equal(printLowered(new DryPenalty(tokensOf(context), options)), expected);
    const grown = new DryPenalty([], options);
    for (const token of tokensOf(`${context}zz`)) grown.accept(token);
    grown.rollBack(2);
    assert.equal(printLowered(grown), expected, "accepted one by one, with two taken back");
  });
}

checkDry("nothing before anything repeats", "abcd", "");
checkDry("a run of the allowed length costs the multiplier", "abcxab", "c−0.80");
checkDry("each further token multiplies by the base", "abcdxabc", "d−1.40");
checkDry("the longest of several runs counts", "qabcyabczqab", "c−1.40");
checkDry("several tokens can go on with a run", "abcyabzyab", "c−0.80 z−1.40");
checkDry("a loop is one long run", "abababab", "a−7.50");
checkDry("a run doesn't reach back over a breaker", "nabcnab", "c−0.80", "n");
checkDry("a breaker is never penalised", "abnab", "", "n");
checkDry("behind a breaker nothing repeats yet", "abncdabn", "", "n");

test("plain penalty: positive logits are divided, negative ones multiplied, of the last 64 tokens alone", () => {
  const penalty = new PlainPenalty([9, ...Array.from({ length: 62 }, () => 1), 2], 1.25);
  penalty.accept(3);
  const logits = Float32Array.from([5, 5, -4, 0, 7, 5, 5, 5, 5, 5]);
  assert.equal(penalty.lower(logits), true);
  assert.deepEqual([...logits], [5, 4, -5, 0, 7, 5, 5, 5, 5, 5]);
});

test("temperature: tokens come as often as their weights say, and a draw is repeated after a roll-back", () => {
  const logits = Float32Array.from([Math.log(3), 0, -Infinity]);
  const drawn = (temperature: number, seed: number): number => {
    const lowered = logits.slice();
    new TemperatureSampling(temperature, seed).lower(lowered);
    return greedy(lowered);
  };
  const share = (temperature: number): number => Array.from({ length: 2_000 }, (_, seed) => drawn(temperature, seed)).filter((token) => token === 0).length / 2_000;
  // Weights 3 : 1 at temperature 1, and 9 : 1 at a half.
  assert.ok(Math.abs(share(1) - 0.75) < 0.03, String(share(1)));
  assert.ok(Math.abs(share(0.5) - 0.9) < 0.03, String(share(0.5)));
  const sampling = new TemperatureSampling(1, 5);
  const next = (): number => {
    const lowered = logits.slice();
    sampling.lower(lowered);
    return greedy(lowered);
  };
  const series = Array.from({ length: 20 }, () => {
    const token = next();
    sampling.accept();
    return token;
  });
  assert.ok(new Set(series).size === 2, "draws differ from token to token");
  sampling.rollBack(15);
  assert.equal(next(), series[5]);
});

/** Characters that the paper's form lowers behind `text`, by what was generated of it: `opening −nats`. */
function checkSequence(name: string, text: string, generated: string, expected: string): void {
  test(`rpg-sequence: ${name}`, () => {
    const acts: string[] = [];
    const basis = { ...basisOf(text), onAct: ({ rule, opening, nats }: { rule: string; opening: string; nats: number }) => acts.push(`${rule} ${opening} −${nats.toFixed(3)}`) };
    const started = startMethod(methodNamed("rpg-sequence"), basis);
    const processor = at(started.processors, 0);
    for (const token of basis.tokenizer.tokenise(generated)) processor.accept(token);
    const logits = new Float32Array(basis.vocabularySize);
    const lowered = processor.lower(logits);
    started.close();
    assert.equal(acts.join(), expected);
    assert.equal(lowered, expected !== "");
    assert.equal([...logits].some((logit) => logit < 0), lowered);
  });
}

function basisOf(text: string): MethodBasis & { readonly tokenizer: FakeTokenizer } {
  const tokenizer = new FakeTokenizer(1_024);
  const beforeTokens = [...tokenizer.tokenise(text)];
  const pieces = new PieceIndex(tokenizer, tokenizer.vocabularySize);
  return {
    tokenizer, vocabularySize: tokenizer.vocabularySize, pieces, grammar: python, marks: marksOf("python"), endTokens: new Set([fakeSentinels.end]),
    before: text, beforeTokens, after: "", healedBytes: 0, seed: 1, onAct: () => undefined,
  };
}

checkSequence("two statements of a kind are one repeat", "a = 1\nb = 2\n", "", "expression_statement b = 2 −0.105");
checkSequence("each further copy adds as much", "a = 1\nb = 2\n", "c = 3\nd = 4\n", "expression_statement d = 4 −0.316");
checkSequence("another kind in between ends it", "a = 1\nb = 2\nimport x\n", "", "");
checkSequence("a clause with its body", "if a:\n    b()\nelif c:\n    d()\nelif e:\n    f()\n", "", "elif_clause elif e: −0.105");
checkSequence("nothing inside a line", "a = 1\nb = 2\n", "c =", "");


checkLaw({
  name: "no method raises a logit or leaves nothing to choose; taking back leaves no trace",
  cases: 60,
  make: (random: Random) => ({
    method: random.pick(methodKinds),
    text: Array.from({ length: random.below(30) }, () => random.pick(["x = 1\n", "y = f(x)\n", "if x:\n    ", "return x\n", "# é\n"])).join(""),
    generated: Array.from({ length: 5 + random.below(60) }, () => random.below(300)),
    back: random.below(5),
    seed: random.below(1_000),
  }),
  print: (sample) => JSON.stringify(sample),
  check: ({ method, text, generated, back, seed }) => {
    const basis = { ...basisOf(text), seed };
    const row = (): Float32Array => Float32Array.from({ length: basis.vocabularySize }, (_, token) => 8 * Math.sin(token * 12.9898 + seed));
    const lowered = (processors: readonly LogitProcessor[]): Float32Array => {
      const logits = row();
      for (const processor of processors) processor.lower(logits);
      return logits;
    };
    const straight = startMethod(methodNamed(method), basis);
    const detour = startMethod(methodNamed(method), basis);
    for (const token of generated) for (const processor of straight.processors) processor.accept(token);
    for (const processor of detour.processors) {
      generated.forEach((token, index) => {
        processor.accept(token);
        if (index % 7 === 0) processor.lower(row());
      });
      for (let extra = 0; extra < back; extra += 1) processor.accept(10 + extra);
      processor.rollBack(back);
    }
    const result = lowered(straight.processors);
    const original = row();
    assert.ok(result.every((logit, token) => logit <= at(original, token)), "no logit rises");
    assert.ok(Number.isFinite(at(result, greedy(result))));
    assert.deepEqual(lowered(detour.processors), result);
    assert.equal(straight.processors.length === 0, method === "greedy");
    straight.close();
    detour.close();
  },
});

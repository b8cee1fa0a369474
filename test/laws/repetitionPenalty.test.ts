// Laws of the repetition penalty, on random text, whole and broken: it never raises a logit and never empties the choice;
// what it does is a function of the tokens accepted, whether they came one by one, as a draft or behind a roll-back.
import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { Grammars, type Grammar } from "../../grammars/grammars";
import { grammarSources } from "../../grammars/languages";
import { productionsOf } from "../../grammars/productions";
import { at } from "../../sidecar/base/assert";
import type { Random } from "../../sidecar/base/random";
import { RepetitionPenalty } from "../../sidecar/decode/rpg/repetitionPenalty";
import { shippedStrengths } from "../../sidecar/decode/rpg/strength";
import { PieceIndex } from "../../sidecar/tokens/pieceIndex";
import { FakeTokenizer } from "../support/fakeTokenizer";
import { tryLaw, type Law } from "../support/law";

const grammars = new Grammars(join(process.cwd(), "dist/grammars"), (message) => assert.fail(message));

const fragments = [
  "a();", "b(1);", "b(2);", "if (a) {", "}", "} else if (b) {", "if a:", "elif b:", "    pass", "case 1:", "  x: 1,", "x = 1", "return x", "def f():",
  "class A {", "\"", "'''", "/*", "*/", "// c", "# c", "`${", "((((", "]]", "é😀", "\t\ty", ".a.b.a.b.a.b.a.b.a.b.a.b", "0, 0, 0, 0, 0, 0, 0, 0, 0, 0,",
  "B<C<D>, D>, C<B<D>>, D<B>, C<D>, B<D>, D, C<B<C>>, B, ", "#[a]", "func f(", "<p>", "match x {", "1 => 2,", "\\", "import a", "",
] as const;
const indentations = ["", "", "  ", "    ", "\t"] as const;
const ends = ["\n", "\n", "\n", "\n\n", " ", "", "\r\n"] as const;

const tokenizer = new FakeTokenizer(420);
for (const text of [...fragments, ...indentations, ...ends]) tokenizer.tokenise(text);
const pieces = new PieceIndex(tokenizer, tokenizer.vocabularySize);

interface Case {
  readonly languageId: string;
  readonly before: string;
  readonly tokens: readonly number[];
  readonly seed: number;
}

/** Lines that are often the ones before, in the same order. */
function randomText(random: Random, linesMax: number): string {
  const lines: string[] = [];
  for (let count = random.below(linesMax + 1); 0 < count; count -= 1) {
    const back = 1 + random.below(4);
    const again = random.chance(0.6) ? lines[lines.length - back] : undefined;
    lines.push(again ?? random.pick(indentations) + random.pick(fragments) + random.pick(ends));
  }
  return lines.join("");
}

const languageIds = [...grammarSources.flatMap((source) => source.languageIds.slice(0, 1)), "yaml"];

function randomCase(random: Random): Case {
  const tokens = [...tokenizer.tokenise(randomText(random, 10))];
  // A model may choose any token whatever, sentinels and halves of characters too.
  if (random.chance(0.3)) tokens.splice(random.below(tokens.length + 1), 0, random.below(tokenizer.vocabularySize));
  return { languageId: random.pick(languageIds), before: randomText(random, 5), tokens, seed: random.seed };
}

function openPenalty({ languageId, before }: Case, loaded: ReadonlyMap<string, Grammar | undefined>, acts: string[]): RepetitionPenalty {
  return new RepetitionPenalty({
    grammar: loaded.get(languageId),
    before,
    pieces,
    tokenizer,
    strengths: shippedStrengths,
    onAct: ({ tokenIndex, kind, rule, count, nats, opening, tokens }) => acts.push(JSON.stringify([tokenIndex, kind, rule, count, nats, opening, [...tokens]])),
  });
}

/** A third of them can't be chosen. */
const logits = Float32Array.from({ length: tokenizer.vocabularySize }, (_, token) => (token % 3 === 0 ? -Infinity : ((token * 31) % 17) - 8));

function checkLowered(penalty: RepetitionPenalty): void {
  const acts = penalty.acts();
  const after = acts ? logits.slice() : logits;
  assert.equal(penalty.lower(after), acts, "it says whether it acts");
  if (!acts) return;
  // Compared by hand: an assertion a token would take most of the law's time.
  const raised = after.findIndex((logit, token) => at(logits, token) < logit || Number.isFinite(logit) !== Number.isFinite(at(logits, token)));
  assert.equal(raised, -1, "no logit is raised, none made impossible");
}

/** What it does at the end of `tokens`, having been asked only there. */
function actsAtEnd(sample: Case, loaded: ReadonlyMap<string, Grammar | undefined>, feed: (penalty: RepetitionPenalty) => void): readonly string[] {
  const acts: string[] = [];
  const penalty = openPenalty(sample, loaded, acts);
  try {
    feed(penalty);
    acts.length = 0;
    penalty.lower(new Float32Array(tokenizer.vocabularySize));
    return [...acts];
  } finally {
    penalty.close();
  }
}

/** Gives whether it acts at the end, as 0 or 1. */
function checkCase(sample: Case, loaded: ReadonlyMap<string, Grammar | undefined>): number {
  const { tokens } = sample;
  const oneByOne = actsAtEnd(sample, loaded, (penalty) => tokens.forEach((token) => {
    checkLowered(penalty);
    penalty.accept(token);
  }));
  assert.deepEqual(actsAtEnd(sample, loaded, (penalty) => tokens.forEach((token) => penalty.accept(token))), oneByOne, "as a draft");
  const kept = sample.seed % (tokens.length + 1);
  const wandered = actsAtEnd(sample, loaded, (penalty) => {
    for (const token of [...tokens.slice(0, kept), ...tokenizer.tokenise("a();\na();\n}\nif a:\n")]) {
      penalty.acts();
      penalty.accept(token);
    }
    penalty.acts();
    penalty.rollBack(tokenizer.tokenise("a();\na();\n}\nif a:\n").length);
    for (const token of tokens.slice(kept)) penalty.accept(token);
  });
  assert.deepEqual(wandered, oneByOne, `behind a roll-back to ${kept}`);
  return oneByOne.length;
}

test("never raised, never emptied, a function of the tokens, on 10,000 random texts", async () => {
  const loaded = new Map<string, Grammar | undefined>();
  for (const languageId of languageIds) loaded.set(languageId, await grammars.load(languageId));
  let acted = 0;
  const law: Law<Case> = {
    name: "repetition penalty",
    cases: 10_000,
    make: randomCase,
    print: ({ languageId, before, tokens }) => `${languageId} ${JSON.stringify(before)} ▮ ${JSON.stringify(tokenizer.spell(tokens))} [${tokens.join(", ")}]`,
    check: (sample) => {
      acted += checkCase(sample, loaded);
    },
  };
  const cases = Number(process.env["LAW_CASES"] ?? law.cases);
  for (let seed = 1; seed <= cases; seed += 1) tryLaw(law, seed);
  assert.ok(cases / 20 < acted, `it acted at the end of ${acted} of ${cases}`);
});

test("every production named in a table is one of its grammar", async () => {
  let tables = 0;
  for (const { name, languageIds: ids } of grammarSources) {
    const productions = productionsOf(name);
    const grammar = await grammars.load(ids[0] ?? "");
    assert.ok(grammar !== undefined, name);
    if (productions === undefined) continue;
    tables += 1;
    for (const type of productions.keys()) assert.notEqual(grammar.language.idForNodeType(type, true), null, `${name} has no ${type}`);
  }
  assert.equal(tables, 9);
});

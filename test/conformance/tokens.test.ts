// The rope spells the text, and its tokens are those of tokenising what the model reads of it from scratch: under random edits, for whole texts and
// for any cut of them, with the fake tokeniser and with the embedded model's own.
import { deepEqual, equal } from "node:assert/strict";
import { join } from "node:path";
import { after, test } from "node:test";
import { setVerify } from "../../sidecar/base/invariants";
import { Random } from "../../sidecar/base/random";
import { locateLibrary } from "../../sidecar/engine/llama/library";
import { openLlamaEngine } from "../../sidecar/engine/llama/llamaEngine";
import { utf16 } from "../../sidecar/text/frames";
import { splitsPair } from "../../sidecar/text/surrogates";
import { leafRuleOf } from "../../sidecar/tokens/leaf";
import { modelText } from "../../sidecar/tokens/modelText";
import { resync } from "../../sidecar/tokens/resync";
import { TokenRope } from "../../sidecar/tokens/rope";
import type { Tokenizer } from "../../sidecar/tokens/tokenizer";
import { editing, nextEdit } from "../support/edits";
import { FakeTokenizer } from "../support/fakeTokenizer";
import { tryLaw } from "../support/law";

setVerify(true);
const embedded = openLlamaEngine({
  library: locateLibrary(process.cwd()),
  modelPath: join(process.cwd(), "sidecar/models/palimpsest-nano-50m-q8_0.gguf"),
  contextLength: 256,
});
after(() => embedded.close());

const lines = [
  "export class Session {", "  private readonly items = new Map<string, number>();", "    return this.items.get(key) ?? 0;", "  }", "}", "",
  "   ", "\t\tif (a && !b) {", "# a comment", "def mean(values):", "    \"\"\"Doc.\"\"\"", "    return sum(values) / len(values)", "const s = `a ${b} c`;",
  "// naïve – “quoted” 漢字 😀", "\u0085", "\u00a0x", "\ufeffimport a", "});", ");", "    ", "123456789012345", "e\u0301e\u0301", "\u2028", "a\u000bb",
];
const ends = ["\n", "\n", "\n", "\n", "\r\n", "\n\n", "\n\n\n", "\r"];

function randomCode(random: Random): string {
  return Array.from({ length: random.below(14) }, () => random.pick(lines) + random.pick(ends)).join("");
}

/** A place of `text` that doesn't cut a surrogate pair. */
function place(random: Random, text: string): number {
  const offset = random.below(text.length + 1);
  return splitsPair(text, offset) ? offset - 1 : offset;
}

function checkTokens(name: string, tokenizer: Tokenizer, cases: number): void {
  test(`${name}: ${cases} editing sessions`, () => {
    for (let seed = 1; seed <= cases; seed += 1) {
      tryLaw<Random>({
        name: "the rope's tokens are those of its text",
        cases,
        make: (random) => random,
        print: () => "a random session",
        check: (random) => {
          let now = editing(randomCode(random));
          let rope = TokenRope.of(now.text, tokenizer);
          for (let step = 0; step < 8; step += 1) {
            const { delta, after: next } = nextEdit(random, now);
            const steps = resync(rope, delta, next.text);
            const where = JSON.stringify({ before: now.text, delta: delta.toJson() });
            deepEqual([...steps.rope.tokensOf({ start: utf16(0), end: utf16(next.text.length) })], [...tokenizer.tokenise(modelText(next.text))], where);
            equal(spelledBy(tokenizer, steps.rope), Buffer.from(modelText(next.text)).toString("hex"), where);
            const cuts = [place(random, next.text), place(random, next.text)].sort((a, b) => a - b);
            const [start = 0, end = 0] = cuts;
            const cut = next.text.slice(start, end);
            deepEqual([...steps.rope.tokensOf({ start: utf16(start), end: utf16(end) })], [...tokenizer.tokenise(modelText(cut))], JSON.stringify({ text: next.text, start, end }));
            const splicedCount = steps.splices.reduce((sum, splice) => sum + splice.inserted.length - splice.removed.length, 0);
            equal(rope.leaves.length + splicedCount, steps.rope.leaves.length);
            now = next;
            rope = steps.rope;
          }
        },
      }, seed);
    }
  });
}

function spelledBy(tokenizer: Tokenizer, rope: TokenRope): string {
  const tokens = rope.tokensOf({ start: utf16(0), end: utf16(rope.lengthUtf16) });
  return Buffer.concat([...tokens].map((token) => tokenizer.pieceOf(token))).toString("hex");
}

checkTokens("fake tokeniser", new FakeTokenizer(), 400);
checkTokens("embedded model's tokeniser", embedded, 1_500);

test("the embedded model's pattern cuts before every line that isn't blank", () => {
  equal(leafRuleOf(embedded), "anyLine");
});

test("one line of 100,000 characters", () => {
  const text = "const a = [" + "1234, ".repeat(16_700) + "];";
  const rope = TokenRope.of(text, embedded);
  deepEqual([...rope.tokensOf({ start: utf16(0), end: utf16(text.length) })], [...embedded.tokenise(text)]);
});

// Laws of the syntax tree. Under random edits it equals a parse from scratch wherever the text has no error, and after
// undoing everything. Where the text is broken, the parser may recover otherwise with the old tree at hand than without
// it: that is its right, but seldom, and the spans stay within the text and nested.
import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { Grammars, type Grammar } from "../../grammars/grammars";
import type { SyntaxSpan } from "../../grammars/spans";
import { SyntaxTree, type SyntaxChange } from "../../grammars/syntaxTree";
import { Random } from "../../sidecar/base/random";

const grammars = new Grammars(join(process.cwd(), "dist/grammars"), (message) => assert.fail(message));

const sources: Readonly<Record<string, string>> = {
  typescript: `import { a } from "a";\nexport class A<T> extends B {\n  private x = 1;\n  f(a: string): void {\n    if (a) {\n      return g(\`é\${a}\`);\n    }\n    const h = async (x: number) => { return x; };\n  }\n}\nfunction g() { /* 😀 */ return { a: 1, b: [2] }; }\n`,
  typescriptreact: `export function A({ x }: P) {\n  return (\n    <div class="a">\n      {x.map((y) => <b key={y}>{y}</b>)}\n    </div>\n  );\n}\n`,
  python: `@dec\nclass A:\n    x = {"a": 1}\n    def f(self):\n        if x:\n            return 1\n        for y in z:\n            print("é")\n\ndef g():\n    """doc"""\n    pass\n`,
  go: `package a\n\ntype T struct {\n\ta int\n}\n\nfunc (t *T) F(x int) error {\n\tif x > 0 {\n\t\treturn nil\n\t}\n\tf := func() { c() }\n\treturn f\n}\n`,
  rust: `impl S {\n    fn f(&self) -> i32 {\n        match x {\n            Some(y) => { y + 1 }\n            None => 0,\n        }\n    }\n}\nfn g<'a>(s: &'a str) {}\n`,
  csharp: `namespace A {\n  class B {\n    int P { get; set; }\n    void F(int x) {\n      if (x > 0) { return; }\n    }\n  }\n}\n`,
  ruby: `class A\n  def f(x)\n    x.each do |a|\n      puts "#{a}"\n    end\n  end\nend\n`,
  html: `<!DOCTYPE html>\n<div>\n  <p>hi <b>x</b></p>\n  <script>let a = 1;</script>\n</div>\n`,
  json: `{\n  "a": [1, {"b": null}],\n  "c": "d"\n}\n`,
  shellscript: `f() {\n  if [ -n "$1" ]; then\n    echo a\n  fi\n}\nfor i in a b; do\n  f "$i"\ndone\n`,
};

const pastes = ["\n", " ", "  ", "{", "}", "(", ")", "x", "a.b", '"', "\r\n", "😀", "if (a) { b(); }\n", "return 1", "// c\n", "é", "<i>", "end\n", "\tx = 1\n"];

/** Mostly typing at one place, often deleting backwards, sometimes a paste or a replacement. */
function randomChange(random: Random, text: string, at: number): SyntaxChange {
  const place = random.chance(0.3) ? random.below(text.length + 1) : Math.min(at, text.length);
  const kind = random.next();
  if (kind < 0.55) return { startUtf16: place, endUtf16: place, text: random.pick(pastes) };
  const startUtf16 = Math.max(0, place - 1 - random.below(kind < 0.9 ? 4 : 60));
  return { startUtf16, endUtf16: place, text: kind < 0.9 ? "" : random.pick(pastes) };
}

/** Gives whether the tree equals the one from scratch; it must where `text` has no error. */
function checkAgainstScratch(grammar: Grammar, tree: SyntaxTree, text: string, told: () => string): boolean {
  const scratch = SyntaxTree.parse(grammar, text);
  const spans = tree.spans(10_000);
  assert.equal(tree.lengthUtf16(), text.length, told());
  if (!scratch.hasErrorIn(0, text.length)) assert.equal(tree.print(), scratch.print(), told());
  const equal = tree.print() === scratch.print();
  if (equal) assert.deepEqual(spans, scratch.spans(10_000), told());
  checkNested(spans, text.length, told);
  scratch.delete();
  return equal;
}

function checkNested(spans: readonly SyntaxSpan[], lengthUtf16: number, told: () => string): void {
  const openEnds: number[] = [lengthUtf16];
  for (const { startUtf16, endUtf16 } of spans) {
    assert.ok(0 <= startUtf16 && startUtf16 <= endUtf16, told());
    while (openEnds.length > 1 && (openEnds.at(-1) ?? 0) <= startUtf16) openEnds.pop();
    assert.ok(endUtf16 <= (openEnds.at(-1) ?? 0), told());
    openEnds.push(endUtf16);
  }
}

/** The change that takes `change` back from the text that it was applied to. */
function inverse(change: SyntaxChange, text: string): SyntaxChange {
  return {
    startUtf16: change.startUtf16,
    endUtf16: change.startUtf16 + change.text.length,
    text: text.slice(change.startUtf16, change.endUtf16),
  };
}

function apply(change: SyntaxChange, text: string): string {
  return text.slice(0, change.startUtf16) + change.text + text.slice(change.endUtf16);
}

/** Rounds of a few random edits, each compared with scratch, then undone in one go. */
function checkWalk(languageId: string, seed: number, rounds: number): void {
  test(`${languageId}: ${rounds} rounds of random edits from seed ${seed}`, async () => {
    const grammar = await grammars.load(languageId);
    const source = sources[languageId];
    assert.ok(grammar !== undefined && source !== undefined);
    const random = new Random(seed);
    const tree = SyntaxTree.parse(grammar, source);
    assert.equal(tree.hasErrorIn(0, source.length), false, "the sample parses");
    let steps = 0;
    let unequal = 0;
    for (let round = 0; round < rounds; round += 1) {
      const undo: SyntaxChange[] = [];
      let text = source;
      let at = random.below(text.length);
      for (let edits = random.below(8); 0 <= edits; edits -= 1) {
        const before = text;
        const changes: SyntaxChange[] = [];
        for (let i = random.below(3); 0 <= i; i -= 1) {
          const change = randomChange(random, text, at);
          undo.unshift(inverse(change, text));
          text = apply(change, text);
          at = change.startUtf16 + change.text.length;
          changes.push(change);
        }
        tree.edit(changes);
        steps += 1;
        if (!checkAgainstScratch(grammar, tree, text, () => JSON.stringify({ languageId, before, changes }))) unequal += 1;
      }
      tree.edit(undo);
      assert.ok(checkAgainstScratch(grammar, tree, source, () => `undone: ${JSON.stringify({ languageId, source, undo })}`));
    }
    tree.delete();
    assert.ok(unequal * 20 < steps, `${unequal} of ${steps} broken texts were parsed otherwise than from scratch`);
  });
}

for (const languageId of Object.keys(sources)) for (const seed of [1, 2]) checkWalk(languageId, seed, 15);

test("a parse in slices equals one in one go, and an edit between slices starts it again", async () => {
  const grammar = await grammars.load("typescript");
  assert.ok(grammar !== undefined);
  const text = (sources["typescript"] ?? "").repeat(200);
  const whole = SyntaxTree.parse(grammar, text);
  const sliced = SyntaxTree.begin(grammar, `${text}x`);
  let asked = 0;
  const pauseSoon = (): boolean => {
    asked += 1;
    return asked % 5 === 0;
  };
  assert.equal(sliced.advance(pauseSoon), false, "the first slice is not the last");
  assert.throws(() => sliced.print(), /before it is parsed/);
  sliced.change([{ startUtf16: text.length, endUtf16: text.length + 1, text: "" }]);
  let slices = 1;
  while (!sliced.advance(pauseSoon)) slices += 1;
  assert.ok(1 < slices, `${slices} slices`);
  assert.equal(sliced.print(), whole.print());
  sliced.delete();
  whole.delete();
});

// Owns the leaves of a rope: pieces of text whose tokens don't depend on what stands around them, and where one may start.
// Byte-pair tokenisers first cut a text by a pattern. After a line break and before a line that isn't blank, the patterns
// of Qwen, Llama 3 and DeepSeek always cut, whatever stands before; GPT-2's only where that line isn't indented.
import { modelText } from "./modelText";
import type { Tokenizer } from "./tokenizer";

/** Before which lines a leaf may start. */
export type LeafRule = "anyLine" | "unindentedLine";

/** White space as the tokenisers' patterns count it; JavaScript's \s lacks U+0085 and has U+FEFF, which does no harm here. */
const notBlank = /[^\s\u0085]/;

/** A piece of text with the tokens of what the model reads of it, made when first asked for. */
export class Leaf {
  private known: Int32Array | undefined;

  constructor(readonly text: string, private readonly tokenizer: Tokenizer) {}

  get tokens(): Int32Array {
    this.known ??= this.tokenizer.tokenise(modelText(this.text));
    return this.known;
  }
}

/** The texts of the leaves that `text` falls into; together they spell it, and none is empty. */
export function leafTexts(text: string, rule: LeafRule): readonly string[] {
  const texts: string[] = [];
  let leafStart = 0;
  let lineStart = text.indexOf("\n") + 1;
  while (0 < lineStart && lineStart < text.length) {
    const lineEnd = text.indexOf("\n", lineStart) + 1 || text.length;
    if (startsLeaf(text.slice(lineStart, lineEnd), rule)) {
      texts.push(text.slice(leafStart, lineStart));
      leafStart = lineStart;
    }
    lineStart = lineEnd;
  }
  if (leafStart < text.length) texts.push(text.slice(leafStart));
  return texts;
}

function startsLeaf(line: string, rule: LeafRule): boolean {
  return rule === "anyLine" ? notBlank.test(line) : notBlank.test(line.charAt(0));
}

const samples: readonly (readonly [string, string])[] = [
  ["a;\n", "    b(c);\n"],
  ["a {\n\n", "  b\n"],
  ["f()\n", "\tg()\n"],
  ["x\n   \n", "  y\n"],
  ["}\n\n\n", "      }\n"],
  ["# a\n", " 1\n"],
];

/** The rule that the tokeniser itself obeys on a handful of samples; the stricter one where it obeys neither. */
export function leafRuleOf(tokenizer: Tokenizer): LeafRule {
  const cutsBeforeAnyLine = samples.every(([before, after]) => {
    const whole = tokenizer.tokenise(before + after);
    const parts = [...tokenizer.tokenise(before), ...tokenizer.tokenise(after)];
    return whole.length === parts.length && parts.every((token, index) => whole[index] === token);
  });
  return cutsBeforeAnyLine ? "anyLine" : "unindentedLine";
}

// What the model is given, case by case: `^` is the anchor and `|` the cursor. In the expected prompt sentinels stand by
// name, `‖` marks where the fresh part begins, and `⟨…⟩` what was taken back to be healed.
import { equal } from "node:assert/strict";
import { test } from "node:test";
import { frameTokens, layout, type Prompt, type PromptTokens } from "../../../sidecar/prompt/layout";
import type { Window } from "../../../sidecar/prompt/window";
import { utf16, type Range, type Utf16Offset } from "../../../sidecar/text/frames";
import { TokenRope } from "../../../sidecar/tokens/rope";
import { FakeTokenizer, fakeSentinels } from "../../support/fakeTokenizer";

const { prefix, suffix, middle, fileSeparator, end } = fakeSentinels;
const fim: PromptTokens = { fim: { prefix, suffix, middle, fileSeparator }, begin: undefined };
const unnamed: PromptTokens = { fim: { prefix, suffix, middle, fileSeparator: undefined }, begin: end };
const left: PromptTokens = { fim: undefined, begin: undefined };
const leftBegun: PromptTokens = { fim: undefined, begin: end };

function printed(marked: string, special: PromptTokens, vocabularySize: number): string {
  const anchor = marked.indexOf("^");
  const cursor = marked.replace("^", "").indexOf("|");
  const rope = TokenRope.of(marked.replace("^", "").replace("|", ""), new FakeTokenizer(vocabularySize));
  const window = { start: utf16(0), end: utf16(rope.lengthUtf16) };
  const prompt = layout({ rope, path: "a.ts", window, near: window, anchor: utf16(anchor), cursor: utf16(cursor), suffix: undefined }, special);
  return printPrompt(prompt, rope);
}

function printPrompt(prompt: Prompt, rope: TokenRope): string {
  const names = new Map<number, string>([[prefix, "<prefix>"], [suffix, "<suffix>"], [middle, "<middle>"], [fileSeparator, "<file>"], [end, "<begin>"]]);
  const words = Array.from(prompt.tokens, (token) => names.get(token) ?? Buffer.from(rope.tokenizer.pieceOf(token)).toString("utf8"));
  const text = `${words.slice(0, prompt.freshFrom).join("")}‖${words.slice(prompt.freshFrom).join("")}`;
  return `${text}⟨${Buffer.from(prompt.healed).toString("utf8")}⟩`.replaceAll("\n", "⏎").replaceAll("\r", "␍");
}

function checkLayout(name: string, marked: string, special: PromptTokens, expected: string, vocabularySize = 4_096): void {
  test(name, () => equal(printed(marked, special, vocabularySize), expected));
}

checkLayout("anchored", "a;\n^b;\nc.nam|e;\nd;\n", fim, "<file>a.ts⏎<prefix>a;⏎<suffix>e;⏎d;⏎‖<middle>b;⏎c.⟨nam⟩");
checkLayout("without file names", "a;\n^b|\n", unnamed, "<begin><prefix>a;⏎<suffix>⏎‖<middle>⟨b⟩");
checkLayout("an empty file", "^|", fim, "<file>a.ts⏎<prefix><suffix>‖<middle>⟨⟩");
checkLayout("the start of a file", "^|a;\nb", fim, "<file>a.ts⏎<prefix><suffix>a;⏎b‖<middle>⟨⟩");
checkLayout("the end of a file", "^a;\nb|", fim, "<file>a.ts⏎<prefix><suffix>‖<middle>a;⏎⟨b⟩");
checkLayout("with nothing in the middle, the prefix's last token is taken back", "a;\n^|b", fim, "<file>a.ts⏎<prefix>a;<suffix>b‖<middle>⟨⏎⟩");
checkLayout("a line end is taken back whole", "^a;\r\n|b", fim, "<file>a.ts⏎<prefix><suffix>b‖<middle>a;⟨␍⏎⟩");
checkLayout("indentation is taken back", "^a\n    |", fim, "<file>a.ts⏎<prefix><suffix>‖<middle>a⏎⟨    ⟩");
checkLayout("a character of several tokens is taken back whole", "^a+ж|", fim, "<file>a.ts⏎<prefix><suffix>‖<middle>a+⟨ж⟩", 310);
checkLayout("a pair of several tokens is taken back whole", "^a+🐍|", fim, "<file>a.ts⏎<prefix><suffix>‖<middle>a+⟨🐍⟩", 310);
checkLayout("left context: what stands behind the anchor is fresh", "a;\n^b;\nc.nam|e;\n", left, "a;⏎‖b;⏎c.⟨nam⟩");
checkLayout("left context behind a token of beginning", "a;\n^b|e;\n", leftBegun, "<begin>a;⏎‖⟨b⟩");
checkLayout("left context of a lone token keeps it", "^def|", left, "‖def⟨⟩");
checkLayout("left context of nothing", "^|def", left, "‖⟨⟩");

function checkLandmarks(name: string, near: readonly [number, number], special: PromptTokens, expected: string): void {
  const text = "a;\nb;\nc;\nd;\ne;\nf;\ng;\n";
  const lines = (start: number, end: number): Range<Utf16Offset> => ({ start: utf16(3 * start), end: utf16(3 * end) });
  test(name, () => {
    const rope = TokenRope.of(text, new FakeTokenizer());
    const window: Window = { ...lines(4, 7), landmarks: [lines(0, 1), lines(2, 3)] };
    const view = { rope, path: "a.ts", window, near: lines(...near), anchor: utf16(15), cursor: utf16(17), suffix: undefined };
    equal(printPrompt(layout(view, special), rope), expected);
  });
}

checkLandmarks("landmarks stand ahead of the prefix", [4, 7], fim, "<file>a.ts⏎<prefix>a;⏎c;⏎e;⏎<suffix>⏎g;⏎‖<middle>f⟨;⟩");
checkLandmarks("where there is context, they stand ahead of that", [5, 7], fim, "<file>a.ts⏎a;⏎c;⏎e;⏎‖<file>a.ts⏎<prefix><suffix>⏎g;⏎<middle>f⟨;⟩");
checkLandmarks("and ahead of left context", [4, 7], left, "a;⏎c;⏎e;⏎‖f⟨;⟩");

test("the frame holds all sentinels and the path", () => {
  const rope = TokenRope.of("", new FakeTokenizer());
  equal(frameTokens(rope, "src/a.ts"), 2 * 6 + 6);
});

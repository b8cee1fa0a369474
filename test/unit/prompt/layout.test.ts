// What the model is given, case by case: `^` is the anchor and `|` the cursor. In the expected prompt sentinels stand by
// name, `‖` marks where the fresh part begins, and `⟨…⟩` what was taken back to be healed.
import { deepEqual, equal } from "node:assert/strict";
import { test } from "node:test";
import { frameTokens, layout, tokenRangesOf, type PromptTokens } from "../../../sidecar/prompt/layout";
import type { Window } from "../../../sidecar/prompt/window";
import { utf16, type Range, type Utf16Offset } from "../../../sidecar/text/frames";
import { TokenRope } from "../../../sidecar/tokens/rope";
import { FakeTokenizer, fakeSentinels } from "../../support/fakeTokenizer";
import { checkLaw } from "../../support/law";
import { fim, printPrompt, printTokens } from "../../support/promptNotation";
import { randomText } from "../../support/edits";

const { prefix, suffix, middle, end } = fakeSentinels;
const unnamed: PromptTokens = { fim: { prefix, suffix, middle, fileSeparator: undefined }, begin: end };
const left: PromptTokens = { fim: undefined, begin: undefined };
const leftBegun: PromptTokens = { fim: undefined, begin: end };

function printed(marked: string, special: PromptTokens, vocabularySize: number): string {
  const anchor = marked.indexOf("^");
  const cursor = marked.replace("^", "").indexOf("|");
  const rope = TokenRope.of(marked.replace("^", "").replace("|", ""), new FakeTokenizer(vocabularySize));
  const window = { start: utf16(0), end: utf16(rope.lengthUtf16) };
  const prompt = layout({ rope, path: "a.ts", window, near: window, anchor: utf16(anchor), cursor: utf16(cursor), suffix: undefined }, special);
  return printPrompt(prompt, rope.tokenizer);
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
checkLayout("a line end is taken back, as the model reads it", "^a;\r\n|b", fim, "<file>a.ts⏎<prefix><suffix>b‖<middle>a;⟨⏎⟩");
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
    equal(printPrompt(layout(view, special), rope.tokenizer), expected);
  });
}

checkLandmarks("landmarks stand ahead of the prefix", [4, 7], fim, "<file>a.ts⏎<prefix>a;⏎c;⏎e;⏎<suffix>⏎g;⏎‖<middle>f⟨;⟩");
checkLandmarks("where there is context, they stand ahead of that", [5, 7], fim, "<file>a.ts⏎a;⏎c;⏎e;⏎‖<file>a.ts⏎<prefix><suffix>⏎g;⏎<middle>f⟨;⟩");
checkLandmarks("and ahead of left context", [4, 7], left, "a;⏎c;⏎e;⏎‖f⟨;⟩");

test("the frame holds all sentinels and the path", () => {
  const rope = TokenRope.of("", new FakeTokenizer());
  equal(frameTokens(rope, "src/a.ts"), 2 * 6 + 6);
});

/** The lines of `near` are laid out around the cursor, which stands before `e`; all lines are the window. */
function checkNear(name: string, near: readonly [number, number], anchorLine: number, kept: string | undefined, expected: string): void {
  test(name, () => {
    const tokenizer = new FakeTokenizer();
    const rope = TokenRope.of("a;\nb;\nc;\nd;\ne;\nf;\ng;\n", tokenizer);
    const line = (index: number): Utf16Offset => utf16(3 * index);
    const view = {
      rope, path: "a.ts", window: { start: line(0), end: line(7) }, near: { start: line(near[0]), end: line(near[1]) },
      anchor: line(anchorLine), cursor: line(4), suffix: kept === undefined ? undefined : tokenizer.tokenise(kept),
    };
    equal(printPrompt(layout(view, fim), tokenizer), expected);
  });
}

checkNear("a window: the rest of the file is context, above and below", [2, 6], 3, undefined,
  "<file>a.ts⏎a;⏎b;⏎g;⏎‖<file>a.ts⏎<prefix>c;⏎<suffix>e;⏎f;⏎<middle>d;⟨⏎⟩");
checkNear("a window at the end of the file has no context below", [2, 7], 3, undefined,
  "<file>a.ts⏎a;⏎b;⏎‖<file>a.ts⏎<prefix>c;⏎<suffix>e;⏎f;⏎g;⏎<middle>d;⟨⏎⟩");
checkNear("a window that is the whole file has no context", [0, 7], 3, undefined, "<file>a.ts⏎<prefix>a;⏎b;⏎c;⏎<suffix>e;⏎f;⏎g;⏎‖<middle>d;⟨⏎⟩");
checkNear("suffix first: all before the cursor is the middle", [0, 7], 0, undefined, "<file>a.ts⏎<prefix><suffix>e;⏎f;⏎g;⏎‖<middle>a;⏎b;⏎c;⏎d;⟨⏎⟩");
checkNear("a suffix that stays stands for what is below", [0, 7], 0, "old;\n", "<file>a.ts⏎<prefix><suffix>old;⏎‖<middle>a;⏎b;⏎c;⏎d;⟨⏎⟩");
checkNear("prefix first: nothing is in the middle", [0, 7], 4, undefined, "<file>a.ts⏎<prefix>a;⏎b;⏎c;⏎d;<suffix>e;⏎f;⏎g;⏎‖<middle>⟨⏎⟩");

test("an excerpt shows nothing else", () => {
  const rope = TokenRope.of("a;\nb;\nc;\nd;\n", new FakeTokenizer());
  const excerpt = { start: utf16(3), end: utf16(9) };
  const view = { rope, path: "a.ts", window: excerpt, near: excerpt, anchor: utf16(6), cursor: utf16(6), suffix: undefined };
  equal(printPrompt(layout(view, fim), rope.tokenizer), "<file>a.ts⏎<prefix>b;<suffix>c;⏎‖<middle>⟨⏎⟩");
});

checkLaw<{ readonly text: string; readonly cuts: readonly number[]; readonly range: readonly [number, number] }>({
  name: "a range of the document stands in each segment where the tokens before it end",
  cases: 1_000,
  make: (random) => {
    const text = randomText(random, 80);
    const offset = (): number => random.below(text.length + 1);
    const cuts = [offset(), offset(), offset(), offset()].sort((a, b) => a - b);
    const [start = 0, end = 0] = [offset(), offset()].sort((a, b) => a - b);
    return { text, cuts, range: [start, end] };
  },
  print: (sample) => JSON.stringify(sample),
  check: ({ text, cuts, range }) => {
    const rope = TokenRope.of(text, new FakeTokenizer());
    const [start, anchor, cursor, end] = cuts.map(utf16) as [Utf16Offset, Utf16Offset, Utf16Offset, Utf16Offset];
    const window = { start, end };
    const prompt = layout({ rope, path: "a.ts", window, near: window, anchor, cursor, suffix: undefined }, fim);
    const found = [...tokenRangesOf(prompt, rope, [{ start: utf16(range[0]), end: utf16(range[1]) }])];
    const expected = prompt.segments.flatMap((segment) => {
      const from = utf16(Math.max(range[0], segment.text.start));
      const to = utf16(Math.min(range[1], segment.text.end));
      if (to <= from) return [];
      const before = rope.tokensOf({ start: segment.text.start, end: from }).length;
      const upTo = rope.tokensOf({ start: segment.text.start, end: to }).length;
      return [{ start: Math.min(segment.start + before, segment.end), end: Math.min(segment.start + upTo, segment.end) }];
    });
    deepEqual(found, expected);
  },
});

test("lines are found where they are spelled", () => {
  const rope = TokenRope.of("a;\nb + 1;\nc;\nd;\n", new FakeTokenizer());
  const window = { start: utf16(0), end: utf16(rope.lengthUtf16) };
  const prompt = layout({ rope, path: "a.ts", window, near: window, anchor: utf16(10), cursor: utf16(13), suffix: undefined }, fim);
  const lines = [{ start: utf16(13), end: utf16(16) }, { start: utf16(3), end: utf16(10) }];
  const found = [...tokenRangesOf(prompt, rope, lines)].map(({ start, end }) => printTokens(prompt.tokens.subarray(start, end), rope.tokenizer));
  deepEqual(found, ["d;⏎", "b + 1;⏎"]);
});

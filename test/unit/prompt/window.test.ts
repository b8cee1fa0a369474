// Which part of a long text the model sees, case by case in lines of three tokens, and for lines longer than the budget.
import { deepEqual, equal, ok } from "node:assert/strict";
import { test } from "node:test";
import { windowFor, type Window } from "../../../sidecar/prompt/window";
import { utf16 } from "../../../sidecar/text/frames";
import { splitsPair } from "../../../sidecar/text/surrogates";
import { TokenRope } from "../../../sidecar/tokens/rope";
import { randomText } from "../../support/edits";
import { FakeTokenizer } from "../../support/fakeTokenizer";
import { checkLaw } from "../../support/law";

const line = "x;\n";
const lines = (count: number): string => line.repeat(count);
const window = (start: number, end: number): Window => ({ start: utf16(start), end: utf16(end) });

interface Lined {
  readonly count: number;
  readonly cursor: number;
  readonly budget: number;
  readonly had?: readonly [number, number];
}

/** All numbers but the budget count lines. */
function checkLines(name: string, { count, cursor, budget, had }: Lined, expected: readonly [number, number]): void {
  test(name, () => {
    const rope = TokenRope.of(lines(count), new FakeTokenizer());
    const previous = had === undefined ? undefined : window(had[0] * line.length, had[1] * line.length);
    const { start, end } = windowFor(rope, utf16(cursor * line.length), budget, previous);
    deepEqual([start / line.length, end / line.length], expected);
  });
}

checkLines("an empty text is whole", { count: 0, cursor: 0, budget: 300 }, [0, 0]);
checkLines("what fits is whole", { count: 100, cursor: 50, budget: 300 }, [0, 100]);
checkLines("two thirds stand before the cursor", { count: 1_000, cursor: 500, budget: 300 }, [444, 529]);
checkLines("at the start all stands after it", { count: 1_000, cursor: 0, budget: 300 }, [0, 85]);
checkLines("at the end all stands before it", { count: 1_000, cursor: 1_000, budget: 300 }, [915, 1_000]);
checkLines("a window that serves stays", { count: 1_000, cursor: 520, budget: 300, had: [444, 529] }, [444, 529]);
checkLines("a window that deletions left thin is made new", { count: 1_000, cursor: 500, budget: 300, had: [480, 520] }, [444, 529]);
checkLines("a cursor near the end moves it", { count: 1_000, cursor: 525, budget: 300, had: [444, 529] }, [469, 554]);
checkLines("a cursor near the start moves it", { count: 1_000, cursor: 446, budget: 300, had: [444, 529] }, [390, 475]);
checkLines("a cursor outside moves it", { count: 1_000, cursor: 100, budget: 300, had: [444, 529] }, [44, 129]);
checkLines("a window over the budget is made new", { count: 1_000, cursor: 500, budget: 300, had: [440, 541] }, [444, 529]);
checkLines("the ends of the text need no margin", { count: 1_000, cursor: 1_000, budget: 300, had: [910, 1_000] }, [910, 1_000]);
checkLines("a text that fits again is whole at the next move", { count: 90, cursor: 30, budget: 300, had: [29, 60] }, [0, 90]);
checkLines("no room, no window", { count: 10, cursor: 5, budget: -4 }, [5, 5]);

function checkCut(name: string, text: string, cursor: number, budget: number, expected: readonly [number, number]): void {
  test(name, () => {
    const tokenizer = new FakeTokenizer();
    // The table is full: what isn't in it takes a token a byte.
    for (let code = 0; tokenizer.tokenise(`q${code}`).length === 1; code += 1);
    const cut = windowFor(TokenRope.of(text, tokenizer), utf16(cursor), budget, undefined);
    deepEqual([cut.start, cut.end], expected);
    ok(tokenizer.tokenise(text.slice(cut.start, cut.end)).length <= budget, "the cut text fits the budget");
  });
}

checkCut("a line longer than the budget is cut around the cursor", "+".repeat(100_000), 50_000, 1_000, [49_434, 50_284]);
checkCut("at its start", "+".repeat(100_000), 0, 1_000, [0, 850]);
checkCut("at its end", "+".repeat(100_000), 100_000, 1_000, [99_434, 100_000]);
checkCut("characters of three bytes", "語".repeat(100_000), 50_000, 1_000, [49_812, 50_095]);
checkCut("pairs are not cut", "🐍".repeat(50_000), 50_000, 1_000, [49_718, 50_142]);
checkCut("a line of few units and many tokens", "語".repeat(300), 150, 400, [75, 188]);

test("of a long line no more is read than the window needs, at each key", () => {
  const tokenizer = new FakeTokenizer();
  const blank = " ".repeat(1_000_000);
  const text = blank + "+-".repeat(2_000) + blank;
  const rope = TokenRope.of(text, tokenizer);
  const before = tokenizer.readUtf16;
  const had = windowFor(rope, utf16(1_002_000), 500, undefined);
  deepEqual(windowFor(rope, utf16(1_002_001), 500, had), had);
  ok(tokenizer.readUtf16 - before < 10_000, `${tokenizer.readUtf16 - before} units were read`);
});

test("beside a line too long to take in, typing doesn't move the window", () => {
  const tokenizer = new FakeTokenizer();
  const long = `y = '${"+".repeat(100_000)}'\n`;
  let had: Window | undefined;
  let moves = 0;
  for (let typed = 0; typed < 40; typed += 1) {
    const before = lines(1_000) + "+".repeat(typed);
    const next = windowFor(TokenRope.of(`${before}\n${long}`, tokenizer), utf16(before.length), 300, had);
    if (had !== undefined && next.start !== had.start) moves += 1;
    had = window(next.start, next.end + 1);
  }
  equal(moves, 0);
});

test("inside a line too long, neither typing nor deleting moves the window", () => {
  const tokenizer = new FakeTokenizer();
  const text = "abcdefg+".repeat(20_000);
  const had = windowFor(TokenRope.of(text, tokenizer), utf16(80_000), 300, undefined);
  for (let typed = -30; typed <= 30; typed += 10) {
    const now = text.slice(0, 80_000 + Math.min(0, typed)) + "+".repeat(Math.max(0, typed)) + text.slice(80_000);
    const expected = window(had.start, had.end + typed);
    deepEqual(windowFor(TokenRope.of(now, tokenizer), utf16(80_000 + typed), 300, expected), expected);
  }
});

checkLaw<{ readonly text: string; readonly cursor: number; readonly budget: number; readonly had: readonly [number, number] }>({
  name: "a window holds the cursor, fits the budget and cuts no pair",
  cases: 3_000,
  make: (random) => {
    const text = randomText(random, 200);
    const place = (): number => random.below(text.length + 1);
    const [start, end] = [place(), place()].sort((a, b) => a - b);
    return { text, cursor: place(), budget: random.below(80), had: [start ?? 0, end ?? 0] };
  },
  print: (sample) => JSON.stringify(sample),
  check: ({ text, cursor, budget, had }) => {
    if (splitsPair(text, cursor) || splitsPair(text, had[0]) || splitsPair(text, had[1])) return;
    const rope = TokenRope.of(text, new FakeTokenizer());
    const found = windowFor(rope, utf16(cursor), budget, window(had[0], had[1]));
    ok(found.start <= cursor && cursor <= found.end && found.end <= text.length, `${found.start}..${found.end}`);
    ok(rope.tokensOf(found).length <= budget, `${rope.tokensOf(found).length} tokens`);
    ok(!splitsPair(text, found.start) && !splitsPair(text, found.end), "a pair is cut");
  },
});

// Owns what is waited for answers: case by case in a notation, and the bounds that hold for any source of answers.
// A case is a list of questions: `40` is answered after that many milliseconds, `-` never, `40?` waits half at most as those about arguments.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Random } from "../../../sidecar/base/random";
import { budgetsACompletion, WaitAllowance } from "../../../sidecar/decode/mgd/waitAllowance";
import { checkLaw } from "../../support/law";

interface Question {
  /** Infinity where no answer comes. */
  readonly latencyMs: number;
  readonly share: number;
}

/** How long is waited for each. */
function waitsOf(allowance: WaitAllowance, questions: readonly Question[]): readonly number[] {
  return questions.map(({ latencyMs, share }) => {
    const waitMs = Math.min(latencyMs, allowance.ms * share);
    allowance.waited(waitMs, latencyMs <= waitMs);
    return waitMs;
  });
}

function questionsIn(notation: string): readonly Question[] {
  return notation.split(" ").map((word) => ({ latencyMs: word.startsWith("-") ? Infinity : Number(word.replace("?", "")), share: word.endsWith("?") ? 0.5 : 1 }));
}

function checkWaits(notation: string, expected: string, isUsedUp: boolean): void {
  const allowance = new WaitAllowance(60);
  assert.equal(waitsOf(allowance, questionsIn(notation)).join(" "), expected, notation);
  assert.equal(allowance.isUsedUp, isUsedUp, notation);
}

test("an answer in time gives the budget back, one that stays away takes it for good", () => {
  checkWaits("40 40 0 50", "40 40 0 50", false);
  checkWaits("- 0 10", "60 0 0", true);
  checkWaits("70 10", "60 0", true);
  checkWaits("40 - 10", "40 60 0", true);
  checkWaits("-? -? 20 -", "30 15 15 0", true);
  checkWaits("-? 20 50 -", "30 20 50 60", true);
});

test("all waiting together has a ceiling, which says nothing about the source", () => {
  checkWaits("50 50 50 50 10", "50 50 50 30 0", false);
});

test("what was done in vain is gone from that ceiling, and from nothing else", () => {
  const allowance = new WaitAllowance(60);
  allowance.lost(100);
  assert.deepEqual(waitsOf(allowance, questionsIn("50 50 10")), [50, 30, 0]);
  assert.equal(allowance.isUsedUp, false);
});

test("without a budget nothing is waited for, and nobody has stayed away", () => {
  const allowance = new WaitAllowance(0);
  assert.deepEqual(waitsOf(allowance, questionsIn("- 0 10")), [0, 0, 0]);
  assert.equal(allowance.isUsedUp, false);
});

interface Case {
  readonly budgetMs: number;
  readonly questions: readonly Question[];
}

function randomCase(random: Random): Case {
  const budgetMs = random.below(200) / 2;
  const latencyMs = (): number => (random.chance(0.2) ? Infinity : random.below(3) === 0 ? 0 : random.below(300) / 3);
  return { budgetMs, questions: Array.from({ length: random.below(20) }, () => ({ latencyMs: latencyMs(), share: random.chance(0.3) ? 0.5 : 1 })) };
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

checkLaw<Case>({
  name: "a completion waits for three budgets at most, from when no answer comes any more for one, and never again once that is gone",
  cases: 5_000,
  make: randomCase,
  print: (sample) => JSON.stringify(sample),
  check: ({ budgetMs, questions }) => {
    const waits = waitsOf(new WaitAllowance(budgetMs), questions);
    const almost = 1e-6;
    assert.ok(waits.every((wait) => wait >= 0 && wait <= budgetMs + almost));
    assert.ok(sum(waits) <= budgetsACompletion * budgetMs + almost, "the ceiling");
    const silentFrom = questions.findLastIndex(({ latencyMs }, index) => latencyMs <= (waits[index] ?? 0)) + 1;
    assert.ok(sum(waits.slice(silentFrom)) <= budgetMs + almost, "a source that has fallen silent");
    const goneAt = questions.findIndex(({ latencyMs, share }, index) => latencyMs === Infinity && share === 1 && waits[index] === budgetMs);
    if (goneAt !== -1) assert.equal(sum(waits.slice(goneAt + 1)), 0, "what is gone is gone");
  },
});

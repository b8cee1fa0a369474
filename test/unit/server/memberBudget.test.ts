// Owns that what a completion may wait for legal names reaches every engine thread that lives, not only the one started last.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Interrupts } from "../../../sidecar/server/interrupts";
import { MemberBudget } from "../../../sidecar/server/memberBudget";

test("a thread that serves on while a candidate is refused hears the next budget", () => {
  const budget = new MemberBudget(60);
  const [serving, candidate] = [new Interrupts(), new Interrupts()];
  const heard = (): readonly number[] => [serving, candidate].map((thread) => thread.memberBudgetMs());
  budget.tell(serving);
  const candidateEnded = budget.tell(candidate);
  assert.deepEqual(heard(), [60, 60]);
  budget.set(5);
  assert.deepEqual(heard(), [5, 5]);
  candidateEnded();
  budget.set(-1);
  assert.deepEqual(heard(), [-1, 5]);
  budget.tell(candidate);
  assert.deepEqual(heard(), [-1, -1]);
});

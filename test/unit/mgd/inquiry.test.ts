// Owns the bounds of what one completion asks and is told about legal names.
import assert from "node:assert/strict";
import { test } from "node:test";
import { ManualClock } from "../../../sidecar/base/clock";
import { limits } from "../../../sidecar/base/limits";
import { Inquiry } from "../../../sidecar/decode/mgd/inquiry";
import type { MonitorAnswer } from "../../../sidecar/decode/mgd/memberSource";
import { newTally } from "../../../sidecar/decode/mgd/monitorTally";
import { utf16 } from "../../../sidecar/text/frames";

test("answers told beside another are taken up to a bound, and beyond it questions are put, up to theirs", () => {
  const names: MonitorAnswer = { kind: "names", names: ["name"] };
  const asked: string[] = [];
  const source = { ask: ({ continuation }: { readonly continuation: string }) => void asked.push(continuation), answer: () => names, told: () => names };
  const about = { uri: "a", languageId: "typescript", version: 1, cursor: utf16(0) };
  const inquiry = new Inquiry({ source, about, clock: new ManualClock(), budgetMs: 60, questionsMax: 3, tally: newTally() });
  const operands = Array.from({ length: 2 * limits.completionToldMax }, (_, index) => `b${index}.`);
  assert.equal(inquiry.begin({ kind: "member", continuation: "a.", receiver: "a.", beside: () => operands }), true);
  const answers = operands.map((receiver) => inquiry.answerTo({ kind: "member", continuation: `a.x;${receiver}`, receiver }, true));
  const told = limits.completionToldMax;
  assert.deepEqual(asked, ["a.", `a.x;b${told}.`, `a.x;b${told + 1}.`]);
  assert.equal(answers.filter((answer) => answer !== undefined).length, told + 2);
  assert.equal(inquiry.isSpent, true);
});

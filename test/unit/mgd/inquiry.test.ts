// Owns the bounds of what one completion asks and is told about legal names.
import assert from "node:assert/strict";
import { test } from "node:test";
import { ManualClock } from "../../../sidecar/base/clock";
import { limits } from "../../../sidecar/base/limits";
import { Inquiry } from "../../../sidecar/decode/mgd/inquiry";
import type { MemberSource, MonitorAnswer } from "../../../sidecar/decode/mgd/memberSource";
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

test("work that is done while an answer is away is no wait, but what of it was in vain counts as one", () => {
  const clock = new ManualClock();
  const tally = newTally();
  const work = {
    spentMs: 0, inVainMs: 0,
    doSome(): boolean {
      clock.advance(30);
      this.spentMs += 30;
      return true;
    },
  };
  const given: { readonly waitMs: number; readonly hasWork: boolean }[] = [];
  const source: MemberSource = {
    ask: () => undefined,
    told: () => undefined,
    // Four bits of work, and then 20 ms of standing still.
    answer: (_, untilMs, other) => {
      given.push({ waitMs: untilMs - clock.nowMs(), hasWork: other !== undefined });
      for (let bit = 0; bit < 4; bit += 1) other?.doSome();
      clock.advance(Math.min(20, Math.max(0, untilMs - clock.nowMs() + (other === undefined ? 0 : 120))));
      return { kind: "names", names: ["name"] };
    },
  };
  const about = { uri: "a", languageId: "typescript", version: 1, cursor: utf16(0) };
  const inquiry = new Inquiry({ source, about, clock, budgetMs: 60, questionsMax: 9, tally });
  const ask = (name: string): unknown => inquiry.answerTo({ kind: "member", continuation: name, receiver: undefined }, true, work);
  ask("a.");
  ask("b.");
  work.inVainMs = 120;
  ask("c.");
  ask("d.");
  // Of 180 ms in all 40 were waited and 120 lost when the third was asked.
  assert.deepEqual(given, [{ waitMs: 60, hasWork: true }, { waitMs: 60, hasWork: true }, { waitMs: 20, hasWork: true }, { waitMs: 0, hasWork: false }]);
  assert.deepEqual(tally.waitsMs, [20, 20, 20, 0]);
});

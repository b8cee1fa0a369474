// What drafts are made of: what is copied, how times and acceptance decide, case by case. Tokens are written as letters.
import { deepEqual, equal } from "node:assert/strict";
import { test } from "node:test";
import { Acceptance } from "../../sidecar/decode/draft/acceptance";
import { CopySource } from "../../sidecar/decode/draft/copySource";
import { Drafts } from "../../sidecar/decode/draft/drafts";
import type { Proposal } from "../../sidecar/decode/draft/draftSource";
import { StepTimes } from "../../sidecar/decode/draft/stepTimes";
import { SuccessorTable } from "../../sidecar/decode/draft/successorTable";
import { decodeRows } from "../harness/decode/decodeFigures";
import type { DecodedPoint } from "../harness/decode/decodedPoint";

const tokensOf = (letters: string): Int32Array => Int32Array.from(letters, (letter) => letter.charCodeAt(0));
const lettersOf = (proposal: Proposal | undefined): string => (proposal === undefined ? "" : String.fromCharCode(...proposal.tokens));

function checkCopy(name: string, prompt: string, chosen: string, expected: string, others: readonly string[] = []): void {
  test(name, () => {
    const source = new CopySource("copy", tokensOf(prompt), others.map(tokensOf), 3, 64, true);
    for (const token of tokensOf(chosen)) source.accept(token);
    equal(lettersOf(source.propose(5)), expected);
  });
}

checkCopy("what came behind the latest three tokens is copied", "abcdefgh abc", "", "defgh");
checkCopy("two tokens are too few", "bcdefgh abc", "", "");
checkCopy("the longest match wins, however far", "xabcd1.yabc2.xab", "c", "d1.ya");
checkCopy("of equal matches the latest", ".abc1.,abc2,;abc", "", "2,;ab");
checkCopy("chosen tokens are searched too", "x", "abcabc", "abc");
checkCopy("another document is copied from", "xabc", "", "defg", ["zabcdefg"]);
checkCopy("what stands at a text's end has nothing behind it", "xabc", "", "", ["zabc"]);

test("a table chains what was chosen last behind each token", () => {
  const table = new SuccessorTable(128);
  const source = table.behind(97);
  for (const token of tokensOf("bcab")) source.accept(token);
  equal(lettersOf(source.propose(4)), "cabc");
  equal(lettersOf(table.behind(100).propose(4)), "");
});

test("what was never measured is taken to be cheap, between measurements a line is drawn", () => {
  const times = new StepTimes();
  equal(times.cost(8), 1);
  times.note(1, 4);
  equal(times.cost(16), 1);
  times.note(16, 32);
  deepEqual([times.cost(1), times.cost(16), times.cost(6)], [1, 8, 1 + (7 * 5) / 15]);
  times.note(1, 400);
  equal(times.cost(16), 32 / 5, "one slow step counts as twice the rest");
});

test("acceptance is learnt", () => {
  const acceptance = new Acceptance();
  const draft = { source: "copy", matched: 3 } as const;
  const before = acceptance.expected(draft, 3);
  for (let count = 0; count < 50; count += 1) acceptance.note(draft, 0, true);
  equal(acceptance.expected(draft, 3) < before / 5, true);
});

/** What is chosen of a copy of twelve tokens, of which sixteen match, where a batch of 16 costs so many single tokens. */
function chosenAt(cost: number, batchesRoundAlike = true, drafts = new Drafts({ vocabularySize: 128, batchesRoundAlike, sources: ["copy"] })): string {
  drafts.times.note(1, 1);
  for (let tokens = 2; tokens <= 16; tokens += 1) drafts.times.note(tokens, 1 + ((cost - 1) * (tokens - 1)) / 15);
  const sources = drafts.begin(0, tokensOf("0123456789abcdefghijklmnopqrstu0123456789abcdef"), 64);
  return lettersOf(drafts.choose(sources, 12, (tokens) => tokens));
}

test("a draft is as long as pays, and there is none where none pays", () => {
  equal(chosenAt(1.2), "ghijklm");
  equal(chosenAt(60), "");
});

test("where batches round otherwise a draft must bring what settling takes back, until it is seen to take back less", () => {
  equal(chosenAt(6, true), "ghijklm");
  equal(chosenAt(6, false), "");
  const drafts = new Drafts({ vocabularySize: 128, batchesRoundAlike: false, sources: ["copy"] });
  for (let count = 0; count < 20; count += 1) drafts.verified({ source: "copy", matched: 16, tokens: tokensOf("ghijklm") }, 7, false);
  equal(chosenAt(6, false, drafts), "ghijklm");
});

test("the same batches are told in another machine's times", () => {
  const run = { tokens: 4, ms: 10, firstTokenMs: 1 };
  const point: DecodedPoint = {
    trace: "a", ordinal: 0, action: "typing", languageId: "typescript", isSame: true, draftSteps: 1, settled: 0,
    bySource: { copy: { proposed: 3, accepted: 2 } },
    without: { ...run, batches: [1, 1, 1, 1] },
    drafted: { ...run, ms: 5, batches: [1, 4] },
  };
  const [all] = decodeRows([point], { 1: 10, 7: 70, 3: 20 });
  equal(all?.speedUp, 2);
  equal(all?.replayedSpeedUp, 40 / (10 + 32.5));
  equal(all?.acceptance["copy"], 2 / 3);
});

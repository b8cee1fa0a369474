// Figures of what is shown, on points made by hand.
import { deepEqual, equal } from "node:assert/strict";
import { test } from "node:test";
import type { OutcomeKind } from "../../../../sidecar/protocol/data";
import type { EvaluatedPoint } from "../../../harness/evaluate/evaluatedPoint";
import { shownRows, takenByWord } from "../../../harness/evaluate/shownFigures";

function point(suggested: string, expected: string, outcome: OutcomeKind, addsError = false): EvaluatedPoint {
  const result = { policy: "patch", suggested, expected } as EvaluatedPoint["result"];
  return { result, languageId: "typescript", promptTokens: 0, cold: undefined, psm: undefined, displaced: undefined, served: undefined, showing: { outcome, addsError } };
}

test("shares of what is shown, and what a user saves who takes only what is right", () => {
  const [row] = shownRows([
    point("value;", "value;", "shown"),
    point("a.b;", "a.c;", "shown", true),
    point("right();", "right();", "lowConfidence"),
    point("wrong();", "x", "lowConfidence", true),
    point("", "y", "nothingToSay"),
  ], ["patch"]);
  deepEqual(row && [row.points, row.suggestions, row.shown], [5, 4, 2]);
  deepEqual(row && [row.precisionOfAll, row.precisionOfShown, row.rightKept, row.errorsShown], [0.5, 0.5, 0.5, 0.5]);
  // Six characters for a key; the rest is typed: 1 + 4 + 8 + 1 + 1 keys.
  equal(row?.savedByLine, 5 / 15);
});

test("words are taken as long as they are right", () => {
  deepEqual(takenByWord("const a = b;", "const a = c;"), [9, 3]);
  deepEqual(takenByWord("x", "y"), [0, 0]);
});

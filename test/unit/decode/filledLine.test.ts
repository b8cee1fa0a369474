// The nearest line that has more than white space on it, against the plain way: all lines of the text, looked through.
import { deepEqual, equal } from "node:assert/strict";
import { firstFilledLine, firstLineOf, lastFilledLine } from "../../../sidecar/decode/show/filledLine";
import { checkLaw } from "../../support/law";

checkLaw<string>({
  name: "the first and the last line with more than white space are those of all lines",
  cases: 3_000,
  make: (random) => Array.from({ length: random.below(14) }, () => random.pick(["a", "b{", " ", "\t", "\n", "\n", "\u00a0"])).join(""),
  print: (text) => JSON.stringify(text),
  check: (text) => {
    const lines = text.split("\n");
    const isFilled = (line: string): boolean => line.trim() !== "";
    equal(firstFilledLine(text), lines.find(isFilled));
    equal(lastFilledLine(text), lines.findLast(isFilled)?.trimEnd());
    deepEqual(firstLineOf(text), { line: lines[0], below: lines.slice(1).join("\n") });
  },
});

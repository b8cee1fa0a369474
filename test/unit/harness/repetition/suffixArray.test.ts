// Suffix arrays against sorting the suffixes themselves, and the adjacent repeats that they show.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Random } from "../../../../sidecar/base/random";
import { adjacentRepeats, commonPrefixes, suffixArray } from "../../../harness/repetition/methods/suffixArray";
import { checkLaw } from "../../../support/law";

const symbolsOf = (letters: string): readonly number[] => [...letters].map((letter) => letter.charCodeAt(0));

checkLaw({
  name: "the array has the suffixes in order, with what each shares with the one before it",
  cases: 300,
  make: (random: Random) => Array.from({ length: random.below(40) }, () => random.pick(["a", "b", "c"].slice(0, 1 + random.below(3)))).join(""),
  print: (letters) => JSON.stringify(letters),
  check: (letters) => {
    const symbols = symbolsOf(letters);
    const suffixes = suffixArray(symbols);
    const spelled = suffixes.map((start) => letters.slice(start));
    assert.deepEqual(spelled, [...spelled].sort());
    assert.equal(new Set(suffixes).size, letters.length);
    const shared = spelled.map((suffix, index) => {
      const previous = spelled[index - 1] ?? "";
      let length = 0;
      while (index > 0 && length < previous.length && previous[length] === suffix[length]) length += 1;
      return length;
    });
    assert.deepEqual(commonPrefixes(symbols, suffixes), shared);
  },
});

function checkRepeats(letters: string, expected: string): void {
  test(`adjacent repeats of ${letters}`, () => {
    const found = adjacentRepeats(symbolsOf(letters)).map(({ start, length }) => `${start}:${letters.slice(start, start + length)}`);
    assert.equal(found.sort().join(" "), expected);
  });
}

checkRepeats("abc", "");
checkRepeats("aa", "0:a");
checkRepeats("aaaa", "2:a");
checkRepeats("abab", "0:ab");
checkRepeats("xabab", "1:ab");
checkRepeats("abcabcabc", "3:abc");

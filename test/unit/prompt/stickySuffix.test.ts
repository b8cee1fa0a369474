// When an old suffix stays, as Copilot has it: letters are tokens, `old > new` is asked for, and what is given is `old` or `new`.
import { equal } from "node:assert/strict";
import { test } from "node:test";
import { stickySuffix } from "../../../sidecar/prompt/stickySuffix";

function checkSuffix(name: string, old: string | undefined, now: string, expected: "old" | "new"): void {
  test(name, () => {
    const tokens = (letters: string): Int32Array => Int32Array.from(letters, (letter) => letter.charCodeAt(0));
    const kept = old === undefined ? undefined : tokens(old);
    const fresh = tokens(now);
    equal(stickySuffix(kept, fresh) === fresh ? "new" : "old", expected);
  });
}

const twenty = "abcdefghijklmnopqrst";
const fifty = twenty + twenty + "abcdefghij";
checkSuffix("there is no old one", undefined, "abc", "new");
checkSuffix("nothing has changed", twenty, twenty, "old");
checkSuffix("one token of twenty is another", twenty, "abXdefghijklmnopqrst", "old");
checkSuffix("one token of twenty is gone", twenty, "abdefghijklmnopqrst", "old");
checkSuffix("two of twenty are a tenth: no longer alike", twenty, "abXdefgXijklmnopqrst", "new");
checkSuffix("the first token is another", twenty, "Xbcdefghijklmnopqrst", "new");
checkSuffix("four of fifty", fifty, "aXXXX" + fifty.slice(5), "old");
checkSuffix("five of fifty", fifty, "aXXXXX" + fifty.slice(6), "new");
checkSuffix("behind fifty tokens nothing is compared", fifty + "old end", fifty + "another", "old");
checkSuffix("nothing is left below", twenty, "", "new");
checkSuffix("there was nothing below", "", twenty, "new");
checkSuffix("a short one has to be the same", "abcdefghi", "abcdefghX", "new");
checkSuffix("the text below has moved up by a line", "a;\nb;\nc;\n", "b;\nc;\n", "new");

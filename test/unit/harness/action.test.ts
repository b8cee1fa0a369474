// What happened between two completions, by name.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Action } from "../../harness/action";
import { ActionWatch } from "../../harness/action";
import type { AppliedChange } from "../../harness/traceDocument";

/** Ten numbered lines, `    l0` to `    l9`. */
const lines = Array.from({ length: 10 }, (_, index) => `    l${index}\n`).join("");

type Replacement = readonly [found: string, becomes: string];

/** Asks after `from`, replaces each text once, asks after `to`, and expects the action. */
function checkAction(name: string, from: string, replacements: readonly Replacement[], to: string, expected: Action, text = lines): void {
  test(name, () => {
    const watch = new ActionWatch();
    assert.equal(watch.completed(text, text.indexOf(from) + from.length), "open");
    let current = text;
    for (const [found, becomes] of replacements) {
      const startUtf16 = current.indexOf(found);
      assert.notEqual(startUtf16, -1, `${JSON.stringify(found)} is in the text`);
      watch.change(smallestChange(startUtf16, found, becomes));
      current = current.slice(0, startUtf16) + becomes + current.slice(startUtf16 + found.length);
    }
    assert.equal(watch.completed(current, current.indexOf(to) + to.length), expected);
    assert.equal(watch.completed(current, current.indexOf(to) + to.length), "again");
  });
}

/** Context in a replacement only says where; what is kept of it isn't part of the change. */
function smallestChange(startUtf16: number, found: string, becomes: string): AppliedChange {
  let head = 0;
  while (head < found.length && head < becomes.length && found[head] === becomes[head]) head += 1;
  let tail = 0;
  while (head + tail < found.length && head + tail < becomes.length && found.at(-1 - tail) === becomes.at(-1 - tail)) tail += 1;
  return { startUtf16: startUtf16 + head, endUtf16: startUtf16 + found.length - tail, insertedUtf16: becomes.length - head - tail };
}

checkAction("characters at the cursor", "l5", [["l5", "l5a"], ["l5a", "l5ab"]], "l5ab", "typing");
checkAction("backspace", "l5", [["l5", "l"]], "l4\n    l", "typing");
checkAction("return and further", "l5", [["l5", "l5\n    next"]], "next", "typing");
checkAction("a suggestion of three lines accepted", "l5", [["l5", "l5a\n  b\n  c"]], "  c", "typing");
checkAction("another word of the line", "l5", [], "    l", "jump up");
checkAction("lines inserted above", "l5", [["    l2", "new\nlines\n    l2"]], "l5", "insert above");
checkAction("lines inserted right above", "l5", [["    l5", "new\n    l5"]], "l5", "insert above");
checkAction("words inserted above", "l5", [["l2", "l2more"]], "l5", "insert above");
checkAction("lines deleted above", "l5", [["    l1\n    l2\n", ""]], "l5", "delete above");
checkAction("a word replaced above", "l5", [["l2", "word"]], "l5", "replace above");
checkAction("lines inserted below", "l5", [["    l8", "new\n    l8"]], "l5", "insert below");
checkAction("lines deleted below", "l5", [["    l7\n    l8\n", ""]], "l5", "delete below");
checkAction("a word replaced below", "l5", [["l8", "word"]], "l5", "replace below");
checkAction("a name changed in three places", "l5", [["l1", "w1"], ["l3", "w3"], ["l8", "w8"]], "l5", "several places");
checkAction("above, and a jump", "l5", [["l1", "w1"]], "l7", "several places");
checkAction("two places on one line are one", "l5", [["  l2", "xx l2"], ["l2", "l2y"]], "l5", "replace above");
checkAction("a jump up", "l5", [], "l1", "jump up");
checkAction("a jump down", "l5", [], "l9", "jump down");
checkAction("typed here, then a jump down and typed there", "l5", [["l5", "l5a"], ["l8", "l8b"]], "l8b", "jump down");
checkAction("typed further lines here, then a jump up and typed there", "l5", [["l5", "l5a\nmore\nlines"], ["l1", "l1b"]], "l1b", "jump up");
checkAction("inserted, then taken back, then typed", "l5", [["l2", "l2more"], ["l2more", "l2"], ["l5", "l5a"]], "l5a", "typing");
checkAction("lines inserted at the very start", "l5", [["    l0", "first\n    l0"]], "l5", "insert above");
checkAction("typing in an empty document", "", [["", "a"]], "a", "typing", "");

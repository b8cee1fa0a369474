// What is left of a suggestion while the user types, in marked text: `foo(bar)` was suggested at `|`, then the edits follow.
import { equal, ok } from "node:assert/strict";
import { test } from "node:test";
import { SuggestionInHand } from "../../../sidecar/session/suggestionInHand";
import { Delta } from "../../../sidecar/text/delta";
import { utf16 } from "../../../sidecar/text/frames";
import { checkLaw } from "../../support/law";
import { parseMarked } from "../../support/marked";
import { nextEdit } from "../../support/edits";

const suggested = "foo(bar)";

/** Each edit is marked in the text that the one before left; the last one's `$0` is the cursor. */
function checkRest(name: string, start: string, edits: readonly string[], expected: string | undefined): void {
  test(name, () => {
    const suggestion = new SuggestionInHand();
    let text = start.replace("|", "");
    let cursor = start.indexOf("|");
    suggestion.give(utf16(cursor), suggested);
    for (const marked of edits) {
      const edit = parseMarked(marked);
      equal(edit.before, text, "the edits follow one another");
      text = edit.after;
      cursor = edit.cursor ?? cursor;
      suggestion.follow(edit.delta);
    }
    equal(suggestion.restAt(utf16(cursor), text), expected);
  });
}

checkRest("nothing was typed", "x = |;", [], "foo(bar)");
checkRest("a character was typed along", "x = |;", ["x = {+f+}$0;"], "oo(bar)");
checkRest("several, one by one", "x = |;", ["x = {+f+}$0;", "x = f{+o+}$0;", "x = fo{+o(+}$0;"], "bar)");
checkRest("half of it accepted", "x = |;", ["x = {+foo(+}$0;"], "bar)");
checkRest("all of it: nothing is left", "x = |;", ["x = {+foo(bar)+}$0;"], undefined);
checkRest("more than it", "x = |;", ["x = {+foo(bar);+}$0;"], undefined);
checkRest("another way", "x = |;", ["x = {+g+}$0;"], undefined);
checkRest("another way and back", "x = |;", ["x = {+g+}$0;", "x = [-g-]$0;"], "foo(bar)");
checkRest("typed and taken back", "x = |;", ["x = {+fo+}$0;", "x = f[-o-]$0;"], "oo(bar)");
checkRest("what was typed replaced by what it says", "x = |;", ["x = {+fu+}$0;", "x = f[-u-]{+oo+}$0;"], "(bar)");
checkRest("backspace beyond where it began", "x = |;", ["x =[- -]$0;"], undefined);
checkRest("a bracket that the editor closes stands beside the cursor", "x = |;", ["x = {+foo+}$0;", "x = foo{+($0)+};"], undefined);
checkRest("until the cursor has passed it", "x = |;", ["x = {+foo+}$0;", "x = foo{+()+};", "x = foo({+bar+})$0;"], undefined);
checkRest("a jump away", "x = |;", ["x = {+f+};$0"], undefined);
checkRest("a jump into what was typed", "x = |;", ["x = {+f$0o+};"], undefined);
checkRest("an edit above", "a;\nx = |;", ["{+b;\n+}a;\nx = $0;"], undefined);
checkRest("an edit below", "x = |;\na;", ["x = $0;\n{+b;\n+}a;"], undefined);
checkRest("an edit above while typing along", "a;\nx = |;", ["{+b+}a;\nx = {+f+}$0;"], undefined);
checkRest("an edit elsewhere undone: what was dropped stays dropped", "a;\nx = |;", ["{+b+}a;\nx = $0;", "[-b-]a;\nx = $0;"], undefined);
checkRest("the whole text replaced by itself", "x = |;", ["[-x = ;-]{+x = ;+}$0"], undefined);
checkRest("an empty document, all of it typed along", "|", ["{+foo+}$0"], "(bar)");
checkRest("an empty document, emptied again", "|", ["{+foo+}$0", "[-foo-]$0"], "foo(bar)");

test("a newer suggestion takes the older one's place, and what is dropped is gone", () => {
  const suggestion = new SuggestionInHand();
  equal(suggestion.restAt(utf16(0), ""), undefined);
  suggestion.give(utf16(0), "old");
  suggestion.give(utf16(0), "new");
  equal(suggestion.restAt(utf16(0), ""), "new");
  suggestion.drop();
  equal(suggestion.restAt(utf16(0), ""), undefined);
});

interface Typed {
  readonly text: string;
  readonly start: number;
  readonly suggested: string;
  readonly steps: readonly { readonly delta: Delta; readonly cursor: number; readonly text: string }[];
}

let restsGiven = 0;
checkLaw<Typed>({
  name: "what is left is the suggestion less what was typed, so that text, rest and all are the text with the suggestion in it",
  cases: 3_000,
  make: (random) => {
    const text = "a = b;\n".repeat(random.below(4));
    const start = random.below(text.length + 1);
    const says = random.pick(["foo(bar)", "aaaa", "x\ny\nz", "é😀é"]);
    const steps: Typed["steps"][number][] = [];
    let now = { text, cursor: start, undo: [] as readonly Delta[] };
    for (let count = random.below(7); 0 < count; count -= 1) {
      const typed = now.cursor - start;
      const along = says.slice(Math.max(0, typed), Math.max(0, typed) + 1 + random.below(2));
      const back = Math.min(now.cursor, random.below(3));
      const roll = random.next();
      if (roll < 0.6) now = replaced(now.text, now.cursor, now.cursor, along);
      else if (roll < 0.8) now = replaced(now.text, now.cursor - back, now.cursor, "");
      else now = nextEdit(random, now).after;
      steps.push({ delta: difference(steps.at(-1)?.text ?? text, now.text), cursor: now.cursor, text: now.text });
    }
    return { text, start, suggested: says, steps };
  },
  print: ({ text, start, suggested: says, steps }) => JSON.stringify({ text, start, says, texts: steps.map((step) => [step.text, step.cursor]) }),
  check: ({ text, start, suggested: says, steps }) => {
    const suggestion = new SuggestionInHand();
    suggestion.give(utf16(start), says);
    const whole = text.slice(0, start) + says + text.slice(start);
    let staysWithin = true;
    for (const step of steps) {
      const endOfTyped = step.text.length - (text.length - start);
      const oldEnd = step.delta.oldLength - (text.length - start);
      staysWithin &&= step.delta.touched().every(({ old }) => start <= old.start && old.end <= oldEnd);
      suggestion.follow(step.delta);
      const rest = suggestion.restAt(utf16(step.cursor), step.text);
      if (rest !== undefined) equal(step.text.slice(0, step.cursor) + rest + step.text.slice(step.cursor), whole);
      const typed = step.text.slice(start, endOfTyped);
      const isDue: boolean = staysWithin && step.cursor === endOfTyped && says.startsWith(typed) && typed !== says;
      equal(rest, isDue ? says.slice(typed.length) : undefined);
      if (isDue) restsGiven += 1;
    }
  },
});

test("the law has met suggestions that were typed along", () => ok(0 < restsGiven, `${restsGiven}`));

function replaced(text: string, start: number, end: number, inserted: string): { text: string; cursor: number; undo: readonly Delta[] } {
  return { text: text.slice(0, start) + inserted + text.slice(end), cursor: start + inserted.length, undo: [] };
}

/** One replaced run between what the texts have in common at both ends. */
function difference(before: string, after: string): Delta {
  let start = 0;
  while (start < before.length && start < after.length && before[start] === after[start]) start += 1;
  let same = 0;
  while (same < Math.min(before.length, after.length) - start && before.at(-1 - same) === after.at(-1 - same)) same += 1;
  return Delta.fromReplacements(before.length, [
    { start: utf16(start), end: utf16(before.length - same), text: after.slice(start, after.length - same) },
  ]);
}

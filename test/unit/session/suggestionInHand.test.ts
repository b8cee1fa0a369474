// What is left of a suggestion while the user types, in marked text: `foo(bar)` was suggested at `|`, then the edits follow.
import { deepEqual, equal, ok } from "node:assert/strict";
import { test } from "node:test";
import { SuggestionInHand, type Given } from "../../../sidecar/session/suggestionInHand";
import { Delta } from "../../../sidecar/text/delta";
import { utf16 } from "../../../sidecar/text/frames";
import { checkLaw } from "../../support/law";
import { parseMarked } from "../../support/marked";
import { nextEdit } from "../../support/edits";

const suggested = "foo(bar)";

interface Shape {
  readonly given?: Partial<Given>;
  /** What was prepared to come behind the first. */
  readonly next?: string;
  readonly word?: string;
}

/**
 * Each edit is marked in the text that the one before left; the last one's `$0` is the cursor. What is left prints as the
 * rests, `>n` behind one that replaces n units, undefined where nothing is.
 */
function checkRest(name: string, start: string, edits: readonly string[], expected: string | undefined, { given, next, word }: Shape = {}): void {
  test(name, () => {
    const suggestion = new SuggestionInHand();
    let text = start.replace("|", "");
    let cursor = start.indexOf("|");
    suggestion.give({ start: utf16(cursor), texts: [suggested], ...given });
    if (next !== undefined) suggestion.prepare(next);
    for (const marked of edits) {
      const edit = parseMarked(marked);
      equal(edit.before, text, "the edits follow one another");
      text = edit.after;
      cursor = edit.cursor ?? cursor;
      suggestion.follow(edit.delta);
    }
    const printed = suggestion.restsAt(utf16(cursor), text, word).map((rest) => (rest.replacedUtf16 === 0 ? rest.text : `${rest.text}>${rest.replacedUtf16}`));
    equal(printed.length === 0 ? undefined : printed.join(" | "), expected);
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
checkRest("taken back and typed again", "x = |;", ["x = {+foo+}$0;", "x = f[-oo-]$0;", "x = f{+o+}$0;"], "o(bar)");
checkRest("what was typed replaced by what it says", "x = |;", ["x = {+fu+}$0;", "x = f[-u-]{+oo+}$0;"], "(bar)");
checkRest("backspace beyond where it began", "x = |;", ["x =[- -]$0;"], undefined);
checkRest("a jump away", "x = |;", ["x = {+f+};$0"], undefined);
checkRest("a jump into what was typed", "x = |;", ["x = {+f$0o+};"], undefined);
checkRest("an edit above", "a;\nx = |;", ["{+b;\n+}a;\nx = $0;"], undefined);
checkRest("an edit below", "x = |;\na;", ["x = $0;\n{+b;\n+}a;"], undefined);
checkRest("an edit above while typing along", "a;\nx = |;", ["{+b+}a;\nx = {+f+}$0;"], undefined);
checkRest("an edit elsewhere undone: what was dropped stays dropped", "a;\nx = |;", ["{+b+}a;\nx = $0;", "[-b-]a;\nx = $0;"], undefined);
checkRest("the whole text replaced by itself", "x = |;", ["[-x = ;-]{+x = ;+}$0"], undefined);
checkRest("an empty document, all of it typed along", "|", ["{+foo+}$0"], "(bar)");
checkRest("an empty document, emptied again", "|", ["{+foo+}$0", "[-foo-]$0"], "foo(bar)");

// What the editor closes by itself.
checkRest("a closer of its own stands beside the cursor", "x = |;", ["x = {+foo+}$0;", "x = foo{+($0)+};"], "bar");
checkRest("typed on within it", "x = |;", ["x = {+foo+}$0;", "x = foo{+()+};", "x = foo({+b+}$0);"], "ar");
checkRest("until nothing but the closer is left", "x = |;", ["x = {+foo+}$0;", "x = foo{+()+};", "x = foo({+bar+}$0);"], undefined);
checkRest("a closer that is typed over", "x = |;", ["x = {+foo+}$0;", "x = foo{+()+};", "x = foo({+bar+});", "x = foo(bar[-)-]{+)+}$0;"], undefined);
const call: Shape = { given: { texts: ["f(a) + b"] } };
checkRest("more comes behind the closer: it is replaced", "x = |;", ["x = {+f($0)+};"], "a) + b>1", call);
checkRest("behind the closer it is a plain insertion again", "x = |;", ["x = {+f(a)+}$0;"], " + b", call);
checkRest("a closer at its end may as well be that which stands there", "x = |;", ["x = {+f($0)+};"], "a) + g(b", { given: { texts: ["f(a) + g(b)"] } });
checkRest("several closers", "x = |;", ["x = {+f([$0])+};"], "1]) + 2>2", { given: { texts: ["f([1]) + 2"] } });
checkRest("a quote that was closed", "x = |;", ['x = {+"$0"+};'], "abc", { given: { texts: ['"abc"'] } });
checkRest("another closer than it has", "x = |;", ["x = {+foo($0]+};"], undefined);
checkRest("a block that was closed on a line of its own, and ends it", "|", ["{+{\n  $0\n}+}"], "a;", { given: { texts: ["{\n  a;\n}"] } });
checkRest("a block closed on another line, with more behind it", "|", ["{+{\n  $0\n}+}"], undefined, { given: { texts: ["{\n  a;\n} else b;"] } });
checkRest("it was to replace what stands beside the cursor", "f(|)", [], "a) + b>1", { given: { texts: ["a) + b"], replacedUtf16: 1 } });
checkRest("and is typed along", "f(|)", ["f({+a+}$0)"], ") + b>1", { given: { texts: ["a) + b"], replacedUtf16: 1 } });

// Several at once.
const three: Shape = { given: { texts: ["foo(bar)", "for (;;)", "fun"] } };
checkRest("all that were given", "|", [], "foo(bar) | for (;;) | fun", three);
checkRest("those that go on from what was typed", "|", ["{+fo+}$0"], "o(bar) | r (;;)", three);
checkRest("one that isn't the first", "|", ["{+fu+}$0"], "n", three);

// What comes behind the first.
const more: Shape = { next: ";\nbaz();" };
checkRest("while it is typed along, what was prepared stays back", "|", ["{+foo(b+}$0"], "ar)", more);
checkRest("accepted: what was prepared is there", "|", ["{+foo(bar)+}$0"], ";\nbaz();", more);
checkRest("and is typed along", "|", ["{+foo(bar)+}$0", "foo(bar){+;+}$0"], "\nbaz();", more);
checkRest("accepted, then another way", "|", ["{+foo(bar)+}$0", "foo(bar){+.+}$0"], undefined, more);
checkRest("accepted and taken back", "|", ["{+foo(bar)+}$0", "[-foo(bar)-]$0"], "foo(bar)", more);
checkRest("another was accepted", "|", ["{+fun+}$0"], undefined, { ...three, ...more });
checkRest("nothing comes behind it", "|", ["{+foo(bar)+}$0"], undefined, { next: "" });

// A word that is chosen in the editor's list.
checkRest("it goes on from the chosen word", "|", ["{+f+}$0"], "oo(bar)", { word: "oo" });
checkRest("it makes another word of the chosen one", "|", ["{+f+}$0"], undefined, { word: "o" });
checkRest("the chosen word stands there already", "|", ["{+foo+}$0"], "(bar)", { word: "" });
checkRest("it stands there, and would become another", "|", ["{+fo+}$0"], undefined, { word: "" });
checkRest("of several, those that do", "|", [], "for (;;)", { ...three, word: "for" });
checkRest("the chosen word leads elsewhere", "|", ["{+f+}$0"], undefined, { word: "oreign" });
checkRest("it says no more than the word", "|", [], undefined, { word: "foo(bar)" });
const forWord: Shape = { given: { texts: ["foo(bar)"], isForWord: true } };
checkRest("made for a word, and the list is closed", "|", [], undefined, forWord);
checkRest("made for a word, and the list is still there", "|", [], "foo(bar)", { ...forWord, word: "foo" });
checkRest("made for a word and typed along, list or no list", "|", ["{+fo+}$0"], "o(bar)", forWord);

test("a newer suggestion takes the older one's place, and what is dropped is gone", () => {
  const suggestion = new SuggestionInHand();
  deepEqual(suggestion.restsAt(utf16(0), ""), []);
  suggestion.give({ start: utf16(0), texts: ["old"] });
  suggestion.give({ start: utf16(0), texts: ["new"] });
  deepEqual(suggestion.restsAt(utf16(0), ""), [{ text: "new", replacedUtf16: 0 }]);
  suggestion.drop();
  deepEqual(suggestion.restsAt(utf16(0), ""), []);
});

checkRest("over the end of a line, in a document whose lines end in \\r\\n", "{|", ["{{+\r\n  a+}$0"], ";\n}", { given: { texts: ["\n  a;\n}"] } });
checkRest("and with a brace on the line below that the editor has closed", "{|", ["{{+\r\n  +}$0{+\r\n}+}"], "a;", { given: { texts: ["\n  a;\n}"] } });
checkRest("what was prepared comes behind all of it, with such ends too", "{|", ["{{+\r\n  a;+}$0"], "\n}", { given: { texts: ["\n  a;"] }, next: "\n}" });

test("what comes behind a suggestion is asked for once, and not for one that was made for a word", () => {
  const suggestion = new SuggestionInHand();
  equal(suggestion.unprepared(utf16(0), ""), undefined);
  suggestion.give({ start: utf16(2), texts: ["foo"] });
  equal(suggestion.unprepared(utf16(2), "x "), "foo");
  equal(suggestion.unprepared(utf16(1), "x "), undefined);
  suggestion.follow(Delta.fromReplacements(2, [{ start: utf16(2), end: utf16(2), text: "fo" }]));
  equal(suggestion.unprepared(utf16(4), "x fo"), "o");
  equal(suggestion.unprepared(utf16(3), "x fo"), undefined);
  suggestion.prepare("");
  equal(suggestion.unprepared(utf16(4), "x fo"), undefined);
  suggestion.give({ start: utf16(2), texts: ["foo"], isForWord: true });
  equal(suggestion.unprepared(utf16(2), "x "), undefined);
});

test("names that nobody could vouch for stay so where they were prepared, and count once they are on screen", () => {
  const suggestion = new SuggestionInHand();
  suggestion.give({ start: utf16(0), texts: ["foo"] });
  suggestion.prepare("(bar)", true);
  equal(suggestion.moveOn(utf16(0), ""), false);
  equal(suggestion.isUnvouched, false);
  suggestion.follow(Delta.fromReplacements(0, [{ start: utf16(0), end: utf16(0), text: "foo" }]));
  equal(suggestion.moveOn(utf16(3), "foo"), true);
  equal(suggestion.isUnvouched, true);
  equal(suggestion.moveOn(utf16(3), "foo"), false);
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
    suggestion.give({ start: utf16(start), texts: [says] });
    const whole = text.slice(0, start) + says + text.slice(start);
    let staysWithin = true;
    for (const step of steps) {
      const endOfTyped = step.text.length - (text.length - start);
      const oldEnd = step.delta.oldLength - (text.length - start);
      staysWithin &&= step.delta.touched().every(({ old }) => start <= old.start && old.end <= oldEnd);
      suggestion.follow(step.delta);
      const [left] = suggestion.restsAt(utf16(step.cursor), step.text);
      // What the random edits put behind the cursor may pass for closers: the table above has those.
      if (left !== undefined && step.cursor !== endOfTyped) continue;
      const rest = left?.text;
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

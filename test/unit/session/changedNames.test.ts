// Which lines may mean something else after an edit, case by case in marked text: the lines of the new text that use a name
// which the edit's lines have lost or gained.
import { deepEqual, equal } from "node:assert/strict";
import { test } from "node:test";
import { limits } from "../../../sidecar/base/limits";
import { ChangedNames } from "../../../sidecar/session/changedNames";
import { Delta } from "../../../sidecar/text/delta";
import { utf16 } from "../../../sidecar/text/frames";
import { parseMarked } from "../../support/marked";

function lines(changed: ChangedNames, text: string, start = 0, end = text.length): readonly string[] {
  return changed.linesUsing(text, start, end).map((line) => text.slice(line.start, line.end).trimEnd());
}

function checkNames(name: string, marked: string, expected: readonly string[]): void {
  test(name, () => {
    const { before, after, delta } = parseMarked(marked);
    const changed = new ChangedNames();
    changed.note(delta, before, after);
    deepEqual(lines(changed, after), expected);
  });
}

checkNames("a declaration renamed", "let [-total-]{+amount+} = 1;\nprint(total);\nprint(amount);\nprint(other);", [
  "let amount = 1;", "print(total);", "print(amount);",
]);
checkNames("a name that grows is another name", "let item{+s+} = 1;\nitem;\nitems;\nitemise;", ["let items = 1;", "item;", "items;"]);
checkNames("a declaration deleted", "[-function load() {}\n-]load();\nsave();", ["load();"]);
checkNames("a declaration written", "{+function load() {}\n+}load();\nsave();", ["function load() {}", "load();"]);
checkNames("a declaration written behind its use", "load();{+\nfunction load() {}+}\nsave();", ["load();", "function load() {}"]);
checkNames("the same on a system with other line ends", "load();{+\r\nfunction load() {}+}\r\nsave();", ["load();", "function load() {}"]);
checkNames("a line broken in two", "first(value);{+\n+} second(value);\nvalue; first;", []);
checkNames("a name that its line still has", "call(name, [-name-]{+1+});\nname;", []);
checkNames("two places at once", "[-alpha-]{+gamma+} = 1;\n[-beta-]{+delta+} = 2;\nalpha; 1;\nbeta; 2;\ngamma;\nother;", [
  "gamma = 1;", "delta = 2;", "alpha; 1;", "beta; 2;", "gamma;",
]);
checkNames("words that languages reserve", "{+return +}value1;\nreturn 1;\nconst x = 2;", []);
checkNames("short names are everywhere", "[-ab-]{+cd+} = 1;\nab;\ncd;", []);
checkNames("numbers are no names", "value = [-1000-]{+2000+};\n1000;\n2000;", []);
checkNames("letters of any script", "[-größe-]{+länge+} = 1;\ngröße;\nlänge;\ngro;", ["länge = 1;", "größe;", "länge;"]);
checkNames("part of a longer word is another name", "[-count-]{+index+} = 1;\ncounter;\nrecount;\ncount;", ["index = 1;", "count;"]);
checkNames("white space changes no name", "total[- -]{+  +}= 1;\ntotal;", []);

test("only the lines asked for, cut where the range cuts them", () => {
  const { before, after, delta } = parseMarked("[-old_name-]{+name+};\nold_name;\nold_name + old_name;\nold_name;\n");
  const changed = new ChangedNames();
  changed.note(delta, before, after);
  deepEqual(lines(changed, after, 6, 27), ["old_name;", "old_name +"]);
  deepEqual(lines(changed, after, 6, 6), []);
});

test("what is cleared is forgotten", () => {
  const { before, after, delta } = parseMarked("[-total-]{+amount+} = 1;\ntotal;");
  const changed = new ChangedNames();
  changed.note(delta, before, after);
  changed.clear();
  deepEqual(lines(changed, after), []);
});

/** Writes `name` at the start of a text and notes it. */
function write(changed: ChangedNames, name: string): void {
  const text = "\n";
  const delta = Delta.fromReplacements(text.length, [{ start: utf16(0), end: utf16(0), text: name }]);
  changed.note(delta, text, delta.apply(text));
}

test("of too many names the oldest are forgotten, and a name touched again is young", () => {
  const changed = new ChangedNames();
  for (let count = 0; count < limits.changedNamesMax; count += 1) write(changed, `name${count}`);
  write(changed, "name0");
  write(changed, "another");
  deepEqual(lines(changed, "name0\nname1\nname2\nanother\n"), ["name0", "name2", "another"]);
});

test("a line too long is not searched, neither for what changed nor for what it uses behind its beginning", () => {
  const long = "x ".repeat(limits.changedLinesUtf16Max);
  const changed = new ChangedNames();
  const delta = Delta.fromReplacements(long.length, [{ start: utf16(0), end: utf16(0), text: "hidden " }]);
  changed.note(delta, long, delta.apply(long));
  deepEqual(lines(changed, "hidden\n"), []);
  write(changed, "seen");
  equal(lines(changed, long + "seen").length, 0);
  equal(lines(changed, "seen " + long).length, 1);
});

test("a change at many places is searched as far as the bound goes", () => {
  const line = `${"word ".repeat(200)}\n`;
  const text = line.repeat(100);
  const places = Array.from({ length: 100 }, (_, index) => ({ start: utf16(index * line.length), end: utf16(index * line.length), text: `place${index} ` }));
  const delta = Delta.fromReplacements(text.length, places);
  const changed = new ChangedNames();
  changed.note(delta, text, delta.apply(text));
  // Before and after, each place is a line of a thousand units and some.
  const searched = Math.floor(limits.changedLinesUtf16Max / (2 * line.length + "place0 ".length));
  equal(lines(changed, places.map((place) => place.text.trim()).join("\n")).length, searched);
});

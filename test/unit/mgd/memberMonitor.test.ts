// What a monitor rules out, case by case, in the notation of test/support/watchedMonitor.ts. What is left of the vocabulary is
// printed, and "" where nothing is ruled out.
import assert from "node:assert/strict";
import { test } from "node:test";
import { newTally } from "../../../sidecar/decode/mgd/monitorTally";
import { namesAnswer, type MemberScript } from "../../support/scriptedMembers";
import { end, Watched, type Scene } from "../../support/watchedMonitor";

function checkLeft(name: string, scene: Scene, cases: Readonly<Record<string, string>>): void {
  test(name, () => {
    for (const [marked, expected] of Object.entries(cases)) assert.equal(new Watched(scene, marked).left(), expected, marked);
  });
}

const ofA: MemberScript = (text) => (/\ba\??\.\w*$/.test(text) ? namesAnswer("name", "names", "next") : undefined);
const common: Scene = { pieces: ["n", "na", "name", "names", "me", "s", "ext", "x", "(", ".", ";", " ", "b", end], script: ofA };

checkLeft("behind an operator only names, in whatever pieces", common, {
  "a.▮": "n na name names",
  "x = a▮.": "n na name names",
  "a.▮n": "ext",
  "a.▮na": "me",
  "a.▮n·ext": "( . ;   ■",
  "a.▮name": "s ( . ;   ■",
  "a.▮na·me·s": "( . ;   ■",
  "a.▮name·(": "",
  "b.▮": "",
  "a▮": "",
  "// a.▮": "",
  "a.na▮": "me",
  "a.«na»▮": "n na name names",
  "a.«na»▮n": "",
  "a«.na»▮.": "n na name names",
});

checkLeft("a token that ends the name and goes on", { ...common, pieces: ["name(", "names().", "nam(", "name;x", "name.s", "na", end] }, {
  "a.▮": "name( names(). name;x name.s na",
});
checkLeft("a token that brings its operator along", { ...common, pieces: [".bad", ".na", ".", "?.bad", "?.name", ".next(", "a", ".b", end] }, {
  "a▮": ".na . ?.bad ?.name .next( a ■",
  "b▮": "",
  "a«.na»▮": ".na .",
  "a.na▮": "",
});
checkLeft("several operators, one after the other, until what is likeliest is legal", { ...common, pieces: [".bad", "?.bad", "?.name", ".name", end] }, {
  "a▮": "?.name .name ■",
});
checkLeft("where others than the likeliest may be chosen, these too", { ...common, choicesMax: 3, pieces: ["x", "?.bad", ".bad", ".name", end] }, { "a▮": "x .name ■" });
checkLeft("a line may end behind the operator", { ...common, pieces: ["\n", "\n  ", "  ", " name", "name", "bad"] }, {
  "a.▮": "\n \n   name",
  "a.▮\n": "\n \n       name name",
});
checkLeft("private names, and names beyond ASCII in bytes and in whole", {
  ...common,
  pieces: ["#", "#id", "gr", "ö", "<c3>", "<b6>", "ß", "<9f>", "e", "(", "öß", "é", end],
  script: () => namesAnswer("#id", "größe"),
}, {
  "a.▮": "# #id gr",
  "a.▮#": "",
  "a.▮gr": "ö <c3> öß",
  "a.▮gr·<c3>": "<b6>",
  "a.▮gr·<c3>·<b6>": "<c3> ß",
  "a.▮gr·ö·<c3>": "<9f>",
  "a.▮gr·öß·e": "# #id ( ■",
});
checkLeft("names in quotes that no code has", { ...common, pieces: ["a", "a-b", "-", "b", "\"", "\"]", "c", " ", end], script: () => namesAnswer("a-b", "c d") }, {
  "x[\"▮": "a a-b c",
  "x[\"▮a": "-",
  "x[\"▮a-b": "\" \"] ■",
  "x[\"▮c": " ",
  "x + \"▮": "",
  "if (x === '▮": "a a-b c",
});
checkLeft("keys may stay away", { ...common, pieces: ["name", " name", "\n  ", "bad", " bad", "...", "[", "}", "\"", "async", end], script: (text) => (/f\(\{\s*$/.test(text) ? namesAnswer("name") : undefined) }, {
  "f({▮": "name  name \n   ... [ } \" async ■",
  "f({ ▮": "name  name \n   ... [ } \" async ■",
  "f({▮\n  ": "name  name \n   ... [ } \" async ■",
  "f({▮name": "... [ } \" \n   ■".replace("... [ } \" \n   ■", "\n   ... [ } \" ■").replace("\n   ...", " name \n    bad ..."),
});
checkLeft("a name that goes on behind the cursor", { ...common, pieces: ["n", "na", "name", "name(", "x", end] }, {
  "a.▮|me": "n na name name(",
  "a.▮na|me": "■".replace("■", "") + "■",
  "a.▮n|ext;": "■",
});
checkLeft("named arguments, once one is named", { ...common, languageId: "python", pieces: ["n", "name", "name=", "=", "x", "**", ")", " ", end], script: (text) => (/,\s*$/.test(text) ? namesAnswer("name=", "other") : undefined) }, {
  "f(x, ▮": "",
  "f(x=1, ▮": "n name name= = ** )   ■",
  "f(x=1, ▮n": "",
});
checkLeft("the words of a language", { ...common, languageId: "rust", pieces: ["await", "name", "0", "x"] }, { "a.▮": "await name 0" });

const takesTwo: MemberScript = (_, { kind }) => (kind === "signature" ? { answer: { kind: "signature", parametersMin: 1, parametersMax: 2 } } : undefined);
const takesNone: MemberScript = (_, { kind }) => (kind === "signature" ? { answer: { kind: "signature", parametersMin: 0, parametersMax: 0 } } : undefined);
const calling = (...pieces: readonly string[]): Scene => ({ pieces, script: takesTwo });

checkLeft("no call is closed too early", calling(")", " )", ");", "x)", "x", "(", "f", end), { "f(▮": "x) x ( f ■", "f▮(": "x) x ( f ■", "f(a▮": "", "g(f▮(·x": "", "if (▮": "" });
checkLeft("a call that is opened and closed at once", calling("();", "(x)", "(", "."), { "f▮": "(x) ( .", "function f▮": "" });
checkLeft("no call gets too many", calling(",", ", ", ")", "y"), { "f(a, b▮": ") y", "f(a▮": "", "f(g(a, b), c▮": ") y", "f([a, b, c], d▮": ") y", "f(\n  a, b▮": "" });
checkLeft("behind a last comma a call is closed", calling("c", "\n", ")", "y", ",", end), { "f(\n  a,\n  b,▮": "\n ) ■" });
checkLeft("where it takes nothing, it is closed", { pieces: ["x", "(", " ", ")", "\n)", end], script: takesNone }, { "f▮(": "  ) \n) ■" });
checkLeft("what may not be a comma of the call limits nothing", calling(",", ")", "y"), {
  "f(a < b, c, d▮": "", "f(...a, b▮": "", "f(a | b, c▮": "",
});
checkLeft("commas of a lambda are its own", { ...calling(",", ")", "y"), languageId: "python" }, { "f(lambda a, b: a, c▮": "", "f(*a, b▮": "" });

test("the question is put as soon as its place is there, once, and an answer serves while the operand means the same", () => {
  const watched = new Watched({ ...common, pieces: ["a", ".", "name", " = ", "1", ";", "\n", "if (", ")", ...common.pieces] }, "x = ▮a");
  const feed = (...pieces: readonly string[]): void => pieces.forEach((piece) => {
    watched.left();
    watched.accept(piece);
  });
  feed(".");
  assert.deepEqual(watched.source.asked, ["x = a."]);
  feed("name", ";", "\n", "a", ".", "name", " = ", "1", ";", "\n", "a", ".", "name", ";");
  assert.deepEqual(watched.source.asked, ["x = a."], "a member that is assigned to is none of the operand");
  feed("\n", "if (", "a", ".");
  assert.deepEqual(watched.source.asked, ["x = a.", "x = a.name;\na.name = 1;\na.name;\nif (a."], "behind a branch it may mean something else");
});

test("the place at the cursor is asked about before a token is there", () => {
  assert.deepEqual(new Watched(common, "x = a.na▮").source.asked, ["x = a.na"]);
  assert.deepEqual(new Watched(common, "x = «a.»▮").source.asked, ["x = a."]);
  assert.deepEqual(new Watched(common, "x = a▮").source.asked, []);
});

test("what was dereferenced nearby is asked about before it is again", () => {
  const pieces = ["a", "b", ".name", ".", " + ", end];
  const script: MemberScript = (text) => (text.endsWith("a.") ? { ...namesAnswer("name"), latencyMs: 4 } : undefined);
  const watched = new Watched({ pieces, script, tokenMs: 5 }, "a.x(); c = ▮b· + ·a");
  assert.deepEqual(watched.source.asked, ["a.x(); c = b + a."]);
  watched.clock.advance(5);
  assert.equal(watched.left(), "");
  assert.deepEqual([watched.tally.answered, watched.source.waitedMs], [0, 0]);
  const inside = new Watched({ pieces: [".bad", ...pieces], script, tokenMs: 5 }, "a.x(); c = ▮b· + ·a");
  inside.clock.advance(5);
  assert.match(inside.left(), /^a b \.name/);
  assert.equal(inside.source.waitedMs, 0);
});

test("in which branch an answer serves again", () => {
  const pieces = ["this", "a", ".", "name", " = ", ";", "return ", "\n", "if (", ") {", "}", "() {", "f", "function ", end];
  const askedFor = (generated: string): number => new Watched({ pieces, script: () => namesAnswer("name") }, `▮${generated}`).source.asked.filter((text) => text.endsWith(".")).length;
  assert.equal(askedFor("this·.·name·;·if (·this·.·name·) {·this·.·name·;·}·this·."), 1);
  assert.equal(askedFor("this·.·name·;·f·() {·this·."), 2);
  assert.equal(askedFor("this·.·name·;·function ·f·() {·this·."), 2);
  assert.equal(askedFor("a·.·name·;·if (·a·.·name·) {·a·.·name·;·}·a·."), 4);
  assert.equal(askedFor("a·.·name·;·return ·a·."), 1);
  assert.equal(askedFor("a·.·name·;·return ·a·;·\n·a·."), 2);
});

test("only what was dereferenced by itself is guessed ahead", () => {
  const pieces = ["a", "ab", "undefined", ";", end];
  const guessed = (before: string, generated: string): readonly string[] => new Watched({ pieces, script: () => namesAnswer("name") }, `${before}▮${generated}`).source.asked;
  assert.deepEqual(guessed("x = ab.c; y = ", "ab"), ["x = ab.c; y = ab."]);
  assert.deepEqual(guessed("x = cab.c; y = ", "ab"), []);
  assert.deepEqual(guessed("x = b.ab.c; y = ", "ab"), []);
  assert.deepEqual(guessed("x = undefined.c; y = ", "undefined"), []);
});

test("what was told beside an answer is asked no more, while the operand means the same", () => {
  const pieces = ["a", "b", ".", ";", "(", "name", "names", " = ", "other", "if ", end];
  const script: MemberScript = (text) => (/\bb\.\w*$/.test(text) ? namesAnswer("names") : namesAnswer("name"));
  const askedAt = (marked: string): readonly string[] => {
    const watched = new Watched({ pieces, script, tellsBeside: true }, `b.names; ${marked}`);
    assert.match(watched.left(), /^(?:b )?name names$/, marked);
    return watched.source.asked.filter((text) => text !== "b.names; a.");
  };
  assert.deepEqual(askedAt("a.▮name·;·b·."), []);
  assert.deepEqual(askedAt("a.▮name·(·b·.·names·(·b·."), ["signature b.names; a.name(", "signature b.names; a.name(b.names("]);
  // Another value, another branch, and a condition in front of what was told.
  assert.deepEqual(askedAt("a.▮name·;·b· = ·a·;·b·."), ["b.names; a.name;b = a;b."]);
  assert.deepEqual(askedAt("a.▮name·;·if ·b·."), ["b.names; a.name;if b."]);
  const conditional = new Watched({ pieces, script, tellsBeside: true }, "b.names; x && a.▮name·;·b·.");
  assert.deepEqual(conditional.source.asked, ["b.names; x && a.", "b.names; x && a.name;b."]);
  const told = new Watched({ pieces, script, tellsBeside: true }, "b.names; a.▮name·;·b·.");
  assert.equal(told.left(), "name names");
  assert.deepEqual(told.tally, { asked: 1, answered: 2, open: 0, late: 0, masks: 3, changed: 3, impossible: 0, waitsMs: [0, 0] });
});

test("decoding stands still for the budget at most where no answer comes, whatever is asked", () => {
  const pieces = ["a", ".", "name", "b", ";", "(", end];
  for (const budgetMs of [0, 25, 60]) {
    const watched = new Watched({ pieces, budgetMs, tokenMs: 1, script: () => ({ answer: { kind: "names", names: ["name"] }, latencyMs: Infinity }) }, "a▮.·b·;·a·.·b·(·a·.");
    assert.equal(watched.left(), "", "no mask");
    assert.equal(watched.source.waitedMs, budgetMs);
    assert.ok(watched.clock.nowMs() <= 9 + budgetMs, `${watched.clock.nowMs()} ms`);
    assert.deepEqual({ late: watched.tally.late, masks: watched.tally.masks }, { late: 1, masks: 0 });
  }
});

test("each answer in time gives the budget back, to a ceiling of three", () => {
  const scene: Scene = { pieces: ["a", "b", "c", "d", "e", ".", ";", "name", end], script: () => ({ ...namesAnswer("name"), latencyMs: 40 }) };
  const watched = new Watched(scene, "a▮.·name·;·b·.·name·;·c·.·name·;·d·.·name·;·e·.");
  assert.equal(watched.left(), "");
  // 40 for each of four, and 20 of the fifth's.
  assert.equal(watched.source.waitedMs, 180);
  assert.deepEqual(watched.tally.waitsMs, [40, 40, 40, 40, 20]);
  assert.equal(watched.monitor.heard(), "answer");
});

test("an answer that comes late is taken for the rest of the name, and one in time isn't waited for twice", () => {
  const late = new Watched({ ...common, tokenMs: 5, budgetMs: 10, script: () => ({ ...namesAnswer("name"), latencyMs: 14 }) }, "a▮.");
  assert.equal(late.left(), "");
  late.accept("na");
  assert.equal(late.left(), "me");
  assert.deepEqual(late.tally, { asked: 1, answered: 0, open: 0, late: 1, masks: 1, changed: 1, impossible: 0, waitsMs: [10] });
  const inTime = new Watched({ ...common, tokenMs: 5, script: () => ({ ...namesAnswer("name"), latencyMs: 12 }) }, "a▮.·na·me");
  assert.deepEqual(inTime.tally, { asked: 1, answered: 1, open: 0, late: 0, masks: 2, changed: 1, impossible: 0, waitsMs: [12] });
  assert.equal(inTime.monitor.state, "constrained");
});

test("an open answer, an empty one and one with too many names limit nothing, and are counted", () => {
  const many = Array.from({ length: 101 }, (_, index) => `name${index}`);
  for (const names of [[], many, ["a-b", "c d"]]) assert.equal(new Watched({ ...common, script: () => namesAnswer(...names) }, "a.▮").left(), "");
  const open = new Watched({ ...common, script: () => undefined }, "a.▮");
  assert.equal(open.left(), "");
  assert.deepEqual({ ...open.tally, waitsMs: [] }, { ...newTally(), asked: 1, open: 1 });
  assert.equal(open.monitor.state, "idle");
});

test("what the completion has introduced is legal beside what is told", () => {
  const scene: Scene = { ...common, pieces: ["a", ".", "fresh", "other", "name", " = ", "1", ";", end] };
  assert.equal(new Watched(scene, "▮a·.·fresh· = ·1·;·a·.").left(), "fresh name");
});

test("a variable that the completion has introduced is no member of anything", () => {
  const scene: Scene = { ...common, pieces: ["a", ".", "let ", "fresh", "other", "name", " = ", ";", end] };
  assert.equal(new Watched(scene, "▮let ·fresh· = ·a·.").left(), "name");
});

test("where nothing legal can be chosen, nothing is ruled out, and that is counted", () => {
  const watched = new Watched({ ...common, pieces: ["x", "y", "(", end] }, "a.▮");
  assert.equal(watched.left(), "");
  assert.equal(watched.tally.impossible, 1);
});

test("no more questions are put than are allowed", () => {
  const watched = new Watched({ pieces: ["a", ".", "b", "?", end], script: ofA }, `▮${"a·.·b·?·".repeat(12)}`);
  assert.equal(watched.source.asked.length, 8);
  assert.equal(watched.tally.late, 4, "the places that nobody was asked about");
  watched.accept("a");
  assert.equal(watched.monitor.acts(), false);
});

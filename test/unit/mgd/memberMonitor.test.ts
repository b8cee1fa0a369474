// What a monitor rules out, case by case. In a text `▮` is the cursor and what follows it was generated, in tokens parted by `·`;
// `«…»` before the cursor is what the first tokens must spell again, and behind `|` stands the text after the cursor.
// The vocabulary is a list of pieces, the likeliest first; what is left of it is printed, and "" where nothing is ruled out.
import assert from "node:assert/strict";
import { test } from "node:test";
import { ManualClock } from "../../../sidecar/base/clock";
import { CodeScanner } from "../../../sidecar/decode/mgd/codeScanner";
import { MemberMonitor } from "../../../sidecar/decode/mgd/memberMonitor";
import type { MemberSource } from "../../../sidecar/decode/mgd/memberSource";
import { monitorRulesOf } from "../../../sidecar/decode/mgd/monitorRules";
import { newTally, type MonitorTally } from "../../../sidecar/decode/mgd/monitorTally";
import { NameMask } from "../../../sidecar/decode/mgd/nameMask";
import { PieceTrie } from "../../../sidecar/decode/mgd/pieceTrie";
import { TokenHealing } from "../../../sidecar/decode/tokenHealing";
import { utf16 } from "../../../sidecar/text/frames";
import { PieceIndex } from "../../../sidecar/tokens/pieceIndex";
import { namesAnswer, ScriptedMembers, type MemberScript } from "../../support/scriptedMembers";

/** The end token, printed as it is written here. */
const end = "■";

interface Scene {
  readonly pieces: readonly string[];
  readonly script: MemberScript;
  readonly languageId?: string;
  readonly budgetMs?: number;
  readonly choicesMax?: number;
  /** Time that each token takes. */
  readonly tokenMs?: number;
}

class Watched {
  readonly clock = new ManualClock();
  readonly tally: MonitorTally = newTally();
  readonly source: ScriptedMembers;
  readonly monitor: MemberMonitor;
  private readonly pieces: readonly Uint8Array[];
  private readonly healing: TokenHealing;

  constructor(readonly scene: Scene, marked: string, source?: MemberSource) {
    const [upToCursor = "", generated = ""] = (marked.split("|", 1)[0] ?? "").split("▮");
    const [before = "", healed = ""] = upToCursor.replace("»", "").split("«");
    this.source = new ScriptedMembers(before + healed, this.clock, scene.script);
    this.pieces = scene.pieces.map((piece) => (piece === end ? new Uint8Array(0) : bytesOf(piece)));
    const tokenizer = { tokenise: () => new Int32Array(0), pieceOf: (token: number) => this.pieces[token] ?? new Uint8Array(0) };
    const index = new PieceIndex(tokenizer, this.pieces.length);
    const languageId = scene.languageId ?? "typescript";
    const rules = monitorRulesOf(languageId);
    assert.ok(rules !== undefined);
    const cursor = utf16(before.length + healed.length);
    this.healing = new TokenHealing(Buffer.from(healed), index, tokenizer);
    const scanner = new CodeScanner(rules.marks, rules.brackets);
    scanner.read(before);
    this.monitor = new MemberMonitor({
      source: source ?? this.source,
      about: { uri: "a", languageId, version: 1, cursor },
      clock: this.clock,
      budgetMs: scene.budgetMs ?? 60,
      questionsMax: 8,
      tally: this.tally,
      rules,
      scanner,
      before,
      healed: Buffer.from(healed),
      supposed: "",
      restOfLine: marked.split("|")[1] ?? "",
      mask: () => new NameMask(new PieceTrie(index)),
      tokenizer,
      namesMax: 100,
      choicesMax: scene.choicesMax ?? 1,
    });
    for (const token of generated.split("·").filter((piece) => piece !== "")) {
      this.left();
      this.accept(token);
    }
  }

  accept(piece: string): void {
    const token = this.scene.pieces.indexOf(piece);
    assert.notEqual(token, -1, `${piece} is a piece`);
    this.clock.advance(this.scene.tokenMs ?? 0);
    this.monitor.accept(token);
    this.healing.accept(token);
  }

  /** The pieces that can be chosen; "" where nothing is ruled out beyond healing. */
  left(): string {
    const logits = Float32Array.from(this.pieces, (_, token) => -token);
    this.healing.lower(logits);
    if (!this.monitor.lower(logits)) return "";
    return this.scene.pieces.filter((_, token) => logits[token] !== -Infinity).join(" ");
  }
}

/** Escapes stand for single bytes. */
function bytesOf(piece: string): Uint8Array {
  return Buffer.concat(piece.split(/(<[0-9a-f]{2}>)/).map((part) => (/^<..>$/.test(part) ? Buffer.from(part.slice(1, 3), "hex") : Buffer.from(part))));
}

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
  assert.equal(watched.monitor.wasLeftWaiting, false);
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

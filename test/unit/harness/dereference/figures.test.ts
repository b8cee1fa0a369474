// The figures of one generation, of a case's samples, and their rows.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { CaseLanguage, DereferenceCase } from "../../../harness/dereference/case";
import { tokensBehindDereference } from "../../../harness/dereference/codeTokens";
import { figuresOf, scoreAt, truthListed } from "../../../harness/dereference/figures";
import type { Draw, Generation, Members, MethodName, Waited } from "../../../harness/dereference/generation";
import { errorsAdded } from "../../../harness/dereference/judge";
import { greedyRows, sampleRows } from "../../../harness/dereference/rows";

function checkTokens(language: CaseLanguage, text: string, tokens: string, identifiers: string): void {
  test(`tokens: ${language} ${text.replaceAll("\n", "⏎")}`, () => {
    const found = tokensBehindDereference(text, language);
    assert.equal(found.tokens.join(" "), tokens);
    assert.equal(found.identifiers.join(" "), identifiers);
  });
}

checkTokens("typescript", "b(c); return d", "b ( c ) ; return d", "b c d");
checkTokens("typescript", "delete(x) /* y */ + z // w", "delete ( x ) + z", "delete x z");
checkTokens("typescript", "a?.b ?? c!.new", "a ?. b ?? c ! . new", "a b c new");
checkTokens("typescript", "#p = `x ${y}` + 'it\\'s'", "#p = `x ${y}` + 'it\\'s'", "#p");
checkTokens("typescript", "f(0x1F, 1.5e3n)", "f ( 0x1F , 1.5e3n )", "f");
checkTokens("python", "b(c) # d\nif not e.f:", "b ( c ) if not e . f :", "b c e f");
checkTokens("python", 'b(f"x{y}", """a\nb""") // 2', 'b ( f"x{y}" , """a\nb""" ) // 2', "b");
checkTokens("python", "print", "print", "print");

const place = { languageId: "typescript", language: "typescript", project: "p", path: "a.ts", receiver: "x", bodyUtf16: 0, cursorUtf16: 0, followingUtf16: 0, indentation: "" } as const;
const caseOf = (truth: string, id = "1", trigger: "." | "?." = "."): DereferenceCase => ({ ...place, id, truth, trigger });
const membersOf = (names: readonly string[] | undefined, caseId = "1"): Members => ({ kind: "members", caseId, names, reason: "" });

interface Expected {
  readonly truth: string;
  readonly text: string;
  readonly names?: readonly string[];
  readonly trigger?: "?.";
  readonly errors?: readonly string[];
  /** `compile next sequence prefix illegal`, `-` for nothing said. */
  readonly figures: string;
}

function checkFigures({ truth, text, names, trigger, errors, figures }: Expected): void {
  test(`figures: ${text} for ${truth}`, () => {
    const found = figuresOf(caseOf(truth, "1", trigger), { text, newErrors: errors }, membersOf(names));
    const { compileOk, nextIdentifierMatch, identifierSequenceMatch, prefixMatch, illegalMember } = found;
    const told = [compileOk ?? "-", nextIdentifierMatch, identifierSequenceMatch, prefixMatch, illegalMember ?? "-"];
    assert.equal(told.map((value) => (typeof value === "boolean" ? Number(value) : value)).join(" "), figures);
  });
}

checkFigures({ truth: "b(c);", text: "b(c);", names: ["b"], errors: [], figures: "1 1 1 1 0" });
checkFigures({ truth: "b(c);", text: "b(d);", names: ["b"], errors: ["1 no d"], figures: "0 1 0.5 0.4 0" });
checkFigures({ truth: "b;", text: "bee;", names: ["b"], figures: "- 0 0 0 1" });
checkFigures({ truth: "b;", text: "bee;", figures: "- 0 0 0 -" });
checkFigures({ truth: "b;", text: "(1)", names: ["b"], figures: "- 0 0 0 1" });
checkFigures({ truth: "b;", text: "(1)", names: ["b"], trigger: "?.", figures: "- 0 0 0 0" });
checkFigures({ truth: "b;", text: "\n  b;", names: ["b"], figures: "- 1 1 1 0" });
checkFigures({ truth: "b;", text: "b; c;", names: ["b"], figures: "- 1 1 1 0" });

test("whether the truth is in the list", () => {
  assert.equal(truthListed(caseOf("b;"), membersOf(["a", "b"])), true);
  assert.equal(truthListed(caseOf("b;"), membersOf(["a"])), false);
  assert.equal(truthListed(caseOf("b;"), membersOf(undefined)), undefined);
});

/** The estimator against its definition: the mean of the best over all choices of k. */
test("score@k is the mean over all draws of k", () => {
  const values = [0.3, 0, 1, 0.5, 0.5, 0.1];
  for (let k = 1; k <= values.length; k += 1) {
    const best: number[] = [];
    for (let mask = 0; mask < 2 ** values.length; mask += 1) {
      const chosen = values.filter((_, index) => (mask >> index) % 2 === 1);
      if (chosen.length === k) best.push(Math.max(...chosen));
    }
    const mean = best.reduce((sum, value) => sum + value, 0) / best.length;
    assert.ok(Math.abs((scoreAt(k, values) ?? NaN) - mean) < 1e-12, `k = ${k}`);
  }
  assert.equal(scoreAt(7, values), undefined);
});

test("errors count where there are more of them than before, unused names don't", () => {
  assert.deepEqual(errorsAdded(["1 a", "2 b"], ["1 a", "1 a", "6133 c", "3 d"]), ["1 a", "3 d"]);
  assert.deepEqual(errorsAdded(["1 a"], []), []);
});

function generation(caseId: string, method: MethodName, text: string, more: Partial<Generation> = {}): Generation {
  return { kind: "generation", caseId, method, draw: "greedy", end: "method", text, tokens: 10, decodeMs: 100, waited: [], monitorMs: 0, monitor: undefined, newErrors: [], ...more };
}
const counted = { asked: 0, answered: 0, open: 0, late: 0, masks: 0, changed: 0, impossible: 0, waitMs: 0 };
const waited = (answer: Waited["answer"], behindUtf16 = 0): Waited => ({ behindUtf16, kind: "member", waitMs: 5, answer, names: 1 });

test("rows by receiver and method, with differences to unmasked decoding on the same cases", () => {
  const results = {
    cases: [caseOf("b;", "1"), caseOf("c;", "2"), caseOf("d;", "3")],
    members: [membersOf(["b"], "1"), membersOf(["c"], "2"), membersOf(undefined, "3")],
    generations: [
      generation("1", "off", "x;", { newErrors: ["1 x"] }), generation("1", "monitor", "b;", { waited: [waited("names"), waited("late", 4)], monitor: { ...counted, answered: 2, open: 1, late: 1 }, decodeMs: 120 }),
      generation("2", "off", "c;"), generation("2", "monitor", "x;", { waited: [waited("late")], decodeMs: 150, tokens: 10 }),
      generation("3", "off", "d;"), generation("3", "monitor", "d;", { waited: [waited("open")] }),
    ],
  };
  const rows = greedyRows(results, 1);
  assert.deepEqual(rows.map(({ receiver, method, cases }) => `${receiver} ${method} ${cases}`),
    ["all off 3", "all monitor 3", "known off 2", "known monitor 2", "unknown off 1", "unknown monitor 1"]);
  const known = rows[3];
  assert.equal(known?.answered, 0.5);
  assert.equal(known.answeredAll, 0.75);
  // Late where it wrote what isn't there: nothing illegal where the list was there in time.
  assert.equal(known.illegal, 0);
  assert.equal(rows[2]?.illegal, 0.5);
  assert.equal(known.nextIdentifierMatch.overOff?.value, 0);
  assert.equal(known.compileOk.overOff?.value, 0.5);
  assert.equal(known.slowdownP95?.toFixed(2), "1.50");
  // Of two texts of different length, the time a token counts; and quantiles are compared, not cases.
  const [, uneven] = greedyRows({
    ...results,
    generations: [
      generation("1", "off", "b;", { decodeMs: 100, tokens: 10 }), generation("1", "monitor", "b;", { decodeMs: 400, tokens: 20 }),
      generation("2", "off", "c;", { decodeMs: 200, tokens: 10 }), generation("2", "monitor", "c;", { decodeMs: 50, tokens: 5 }),
    ],
  }, 1);
  assert.deepEqual([uneven?.slowdownP50, uneven?.slowdownP95, uneven?.tokenMsP95], [1, 1, 20]);
  assert.equal(rows[5]?.nextIdentifierMatch.overOff?.value, 0);
});

test("where the monitor puts no question, nothing is illegal, and the receiver isn't known", () => {
  const rows = greedyRows({
    cases: [caseOf("b;")], members: [membersOf(["a"])], generations: [generation("1", "off", "b;"), generation("1", "monitor", "b;", { waited: [waited("late", 4)] })],
  }, 1);
  assert.deepEqual(rows.map(({ receiver, method, illegal, answered }) => [receiver, method, illegal, answered]),
    [["all", "off", undefined, undefined], ["all", "monitor", undefined, undefined], ["unknown", "off", undefined, undefined], ["unknown", "monitor", undefined, undefined]]);
});

test("samples: score@1 and score@n, of cases that have them all", () => {
  const draws = (caseId: string, texts: readonly string[]): readonly Generation[] => texts.map((text, draw: Draw) => generation(caseId, "off", text, { draw }));
  const results = {
    cases: [caseOf("b;", "1"), caseOf("b;", "2")],
    members: [],
    generations: [generation("1", "off", "b;"), generation("2", "off", "b;"), ...draws("1", ["b;", "x;", "x;"]), ...draws("2", ["b;"])],
  };
  const rows = sampleRows(results, 1).filter(({ receiver }) => receiver === "all");
  assert.deepEqual(rows.map(({ k, cases, nextIdentifierMatch }) => [k, cases, nextIdentifierMatch.value?.toFixed(3)]), [[1, 1, "0.333"], [3, 1, "1.000"]]);
});

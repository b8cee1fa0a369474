// Laws of the monitor, on random code, whole and broken, in every language that has rules: it never throws, never raises a logit
// and never empties the choice; what it does is a function of the tokens accepted, whether they came one by one, as a draft
// or behind a roll-back; and a scanner that reads a text in parts ends where one does that reads it at once.
import assert from "node:assert/strict";
import { after as afterAll } from "node:test";
import { ManualClock } from "../../sidecar/base/clock";
import type { Random } from "../../sidecar/base/random";
import { CodeScanner } from "../../sidecar/decode/mgd/codeScanner";
import { LatestScan } from "../../sidecar/decode/mgd/latestScan";
import { MemberMonitor } from "../../sidecar/decode/mgd/memberMonitor";
import type { MonitorAnswer } from "../../sidecar/decode/mgd/memberSource";
import { monitorRules, type MonitorRules } from "../../sidecar/decode/mgd/monitorRules";
import { newTally } from "../../sidecar/decode/mgd/monitorTally";
import { NameMask } from "../../sidecar/decode/mgd/nameMask";
import { PieceTrie } from "../../sidecar/decode/mgd/pieceTrie";
import { likeliest } from "../../sidecar/decode/sampler";
import { utf16 } from "../../sidecar/text/frames";
import { PieceIndex } from "../../sidecar/tokens/pieceIndex";
import { checkLaw } from "../support/law";
import { ScriptedMembers } from "../support/scriptedMembers";

const fragments = [
  "a", "b", "name", "names", "x1", ".", "?.", "->", "::", "...", "(", ")", "[", "]", "{", "}", ",", ";", ":", "=", " = ", "==", " === ", "\"", "'", "`", "${", "\n", "  ",
  " ", "//", "/*", "*/", "/", "#", "1", "1.5", "\\", "\"\"\"", "r#\"", "import ", "from ", " import ", "const ", "class A ", "return ", "case ", "self", "this", "lambda x, y: ",
  "def __init__(self):\n", "use a::", "{ a: 1, ", "é", "日", "😀", "<", "|", "*", "=>", "-", "f(", ".na", ".bad", "().", "});\n",
] as const;
/** The fragments, and every byte: what no fragment spells is spelled in bytes, cut characters too. */
const pieces: readonly Uint8Array[] = [...fragments.map((piece) => Buffer.from(piece)), ...Array.from({ length: 256 }, (_, byte) => Uint8Array.of(byte)), new Uint8Array(0)];
const tokenizer = { tokenise: () => new Int32Array(0), pieceOf: (token: number) => pieces[token] ?? new Uint8Array(0) };
const index = new PieceIndex(tokenizer, pieces.length);
const mask = new NameMask(new PieceTrie(index));

interface Case {
  readonly rules: MonitorRules;
  readonly before: string;
  readonly healed: string;
  readonly restOfLine: string;
  readonly tokens: readonly number[];
  readonly kept: number;
  readonly seed: number;
}

/** What places are made of comes often. */
const frequent: readonly (typeof fragments)[number][] = ["a", "b", ".", ".", "->", "::", "f(", "(", "name", ",", ";", " = "];

function randomFragment(random: Random): (typeof fragments)[number] {
  return random.chance(0.7) ? random.pick(frequent) : random.pick(fragments);
}

function randomText(random: Random, count: number): string {
  return Array.from({ length: random.below(count + 1) }, () => randomFragment(random)).join("");
}

function randomCase(random: Random): Case {
  const tokens = Array.from({ length: random.below(14) }, () => (random.chance(0.9) ? fragments.indexOf(randomFragment(random)) : random.below(pieces.length)));
  return {
    rules: random.pick(monitorRules),
    before: randomText(random, 12),
    healed: random.chance(0.4) ? randomText(random, 2) : "",
    restOfLine: random.chance(0.3) ? randomText(random, 2) : "",
    tokens,
    kept: random.below(tokens.length + 1),
    seed: random.seed,
  };
}

/** One for all cases: what it remembers of the case before must not matter. */
const scan = new LatestScan();
const lists = [["name", "names", "a"], ["a-b", "é日", "name="], [], ["na", "b", "f"]] as const;

/** Depends on the operand alone, as the answers that serve again do. */
function answerTo(text: string, kind: "member" | "signature"): MonitorAnswer {
  if (kind === "signature") return { kind: "signature", parametersMin: 1, parametersMax: 2 };
  const operand = /[\w$.?:>-]*$/.exec(text)?.[0] ?? "";
  return { kind: "names", names: lists[[...operand].reduce((sum, character) => sum + character.charCodeAt(0), 0) % lists.length] ?? [] };
}

function open({ rules, before, healed, restOfLine, seed }: Case): MemberMonitor {
  const clock = new ManualClock();
  const scanner = scan.scannerBehind(before, rules);
  return new MemberMonitor({
    source: new ScriptedMembers(before + healed, clock, (text, { kind }) => ({ answer: answerTo(text, kind) }), seed % 2 === 0),
    about: { uri: "a", languageId: rules.languageIds[0] ?? "", version: 1, cursor: utf16(before.length + healed.length) },
    clock, budgetMs: 60, questionsMax: 1_000, tally: newTally(), rules, scanner, before, healed: Buffer.from(healed), supposed: "", restOfLine, mask: () => mask, tokenizer, choicesMax: 1, namesMax: 100,
  });
}

/** A third of them can't be chosen. */
const logits = Float32Array.from(pieces, (_, token) => (token % 3 === 0 ? -Infinity : ((token * 31) % 17) - 8));

/** Choices at which something was ruled out: the law is worth nothing where it never is. */
let changes = 0;

/** What can be chosen next, as text. */
function leftOf(monitor: MemberMonitor): string {
  const after = logits.slice();
  const acted = monitor.lower(after);
  const raised = after.findIndex((logit, token) => logit !== logits[token] && logit !== -Infinity);
  assert.equal(raised, -1, "a logit stays or can't be chosen");
  assert.notEqual(likeliest(after), -1, "something can be chosen");
  const changed = after.some((logit, token) => logit !== logits[token]);
  if (!acted) assert.equal(changed, false, "where it doesn't act, all stays");
  if (changed) changes += 1;
  return after.reduce((text, logit) => text + (logit === -Infinity ? "0" : "1"), "");
}

function checkCase(sample: Case): void {
  const { tokens, kept } = sample;
  const oneByOne = open(sample);
  const states = tokens.map((token) => {
    const left = leftOf(oneByOne);
    oneByOne.accept(token);
    return left;
  });
  states.push(leftOf(oneByOne));
  const draft = open(sample);
  for (const token of tokens) draft.accept(token);
  assert.equal(leftOf(draft), states.at(-1), "as a draft");
  oneByOne.rollBack(tokens.length - kept);
  assert.equal(leftOf(oneByOne), states[kept], `rolled back to ${kept}`);
  for (const token of tokens.slice(kept)) oneByOne.accept(token);
  assert.equal(leftOf(oneByOne), states.at(-1), `and on from ${kept}`);
  checkScanner(sample);
}

function checkScanner({ rules, before, seed }: Case): void {
  const whole = new CodeScanner(rules.marks, rules.brackets);
  whole.read(before);
  assert.deepEqual(stateOf(scan.scannerBehind(before + "a\n.b(", rules)), stateOf(scan.scannerBehind(before + "a\n.b(", rules)), "again");
  assert.deepEqual(stateOf(scan.scannerBehind(before, rules)), stateOf(whole), "by what is remembered");
  const parts = new CodeScanner(rules.marks, rules.brackets);
  parts.read(before.slice(0, seed % (before.length + 1)));
  const rest = parts.clone();
  parts.read("\"'`/*({");
  rest.read(before.slice(seed % (before.length + 1)));
  assert.deepEqual(stateOf(rest), stateOf(whole), "read in parts, whatever else is read behind the first");
}

const stateOf = ({ mode, frame, code, content, length }: CodeScanner) => ({ mode, frame, code, content, length });

checkLaw<Case>({
  name: "a monitor is a function of the tokens, keeps a choice, and never throws",
  cases: 2_000,
  make: randomCase,
  print: ({ rules, tokens, ...rest }) => JSON.stringify({ languageId: rules.languageIds[0], ...rest, tokens: tokens.map((token) => Buffer.from(tokenizer.pieceOf(token)).toString()) }),
  check: checkCase,
});

afterAll(() => assert.ok(500 < changes, `it acted at ${changes} choices`));

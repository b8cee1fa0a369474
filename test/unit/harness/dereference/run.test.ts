// The command from projects to tables on the fake engine, with a scripted server: resuming, shards that merge to the whole,
// what is told of a monitor that waits, and the view of a case.
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { after, before, test } from "node:test";
import { Grammars } from "../../../../grammars/grammars";
import type { Grammar } from "../../../../grammars/grammars";
import { setVerify } from "../../../../sidecar/base/invariants";
import { openedIn } from "../../../../sidecar/decode/bracketScan";
import { marksOf } from "../../../../sidecar/decode/languageMarks";
import type { MemberSource, MonitorAnswer } from "../../../../sidecar/decode/mgd/memberSource";
import { utf16 } from "../../../../sidecar/text/frames";
import { readJsonLines } from "../../../harness/evaluate/jsonLinesFile";
import type { DereferenceParts } from "../../../harness/dereference/dereferenceRun";
import { mergeDereferences, runDereference } from "../../../harness/dereference/dereferenceRun";
import { dereferenceCommand } from "../../../harness/dereference/dereferenceOptions";
import type { Generation, Members } from "../../../harness/dereference/generation";
import type { OpenMonitors, ServerHealth } from "../../../harness/dereference/monitorHost";
import { rigOn } from "../../../harness/rig";
import { UsageError } from "../../../harness/usageError";
import { FakeEngine } from "../../../support/fakeEngine";

const folder = mkdtempSync(join(tmpdir(), "palimpsest-"));
after(() => rmSync(folder, { recursive: true }));
const methods = (name: string): string => ["one", "two", "three"].map((word) => `export function ${word}(${name}: Some) {\n  const ${word} = ${name}.first(${word.length});\n  return ${word}.second;\n}\n`).join("\n");
for (const name of ["left", "right"]) {
  mkdirSync(join(folder, name));
  mkdirSync(join(folder, name, "node_modules"));
  writeFileSync(join(folder, name, "a.ts"), "// What stands here makes the file long enough for cases.\n".repeat(8) + methods(name));
  writeFileSync(join(folder, name, "node_modules", "b.ts"), methods("foreign").repeat(5));
}

let grammar: Grammar | undefined;
before(async () => {
  grammar = await new Grammars(join(process.cwd(), "dist/grammars"), assert.fail).load("typescript");
});

/** Waits for the list at the cursor, and forbids nothing. */
const watchingMonitors: OpenMonitors = (source) => ({ uri, languageId, version, cursorUtf16 }) => ({
  processor: {
    lower: () => {
      source.answer({ uri, languageId, version, cursor: utf16(cursorUtf16), continuation: "", kind: "member" }, Infinity);
      return false;
    },
    accept: () => undefined,
    rollBack: () => undefined,
  },
  record: () => ({ asked: 1, answered: 0, open: 0, late: 0, masks: 0, changed: 0, impossible: 0, waitMs: 0 }),
});

interface Scripted {
  readonly answer?: MonitorAnswer | undefined;
  readonly errors?: readonly string[];
  /** What the server's health is, each time it is asked; well from then on. */
  readonly health?: readonly ServerHealth[];
}

interface Told {
  readonly said: string;
  /** `NAME vVERSION` of each document that the server was shown. */
  readonly shown: readonly string[];
  /** What the compiler was asked about. */
  readonly judged: readonly string[];
}

async function checkRun(words: readonly string[], { answer, errors = [], health = [] }: Scripted = {}): Promise<Told> {
  const healths = [...health];
  const command = dereferenceCommand(words);
  const said: string[] = [];
  const shown: string[] = [];
  const judged: string[] = [];
  const output = { widthMax: Infinity, say: (text: string) => void said.push(text) };
  if (command.kind === "mergeDereferences") mergeDereferences(command, output);
  else {
    const engine = new FakeEngine();
    // The fake gives tokens in the order in which it meets their pieces: each run meets all of them in one and the same.
    for (const name of ["left", "right"]) engine.tokenise(`${name}/a.ts\n${readFileSync(join(folder, name, "a.ts"), "utf8")}`);
    const source: MemberSource = { ask: () => undefined, answer: () => answer, told: () => undefined };
    const parts: DereferenceParts = {
      loadGrammar: () => Promise.resolve(grammar),
      openRig: () => Promise.resolve(rigOn({
        engine, modelPath: "", threads: () => 1, threadsAsked: 1, gpu: "cpu", grammarOf: () => Promise.resolve(undefined), verify: setVerify,
      })),
      openMonitor: () => Promise.resolve({
        source,
        show: ({ uri, version }) => void shown.push(`${basename(join(uri, ".."))} v${version}`),
        change: ({ uri, version }) => void shown.push(`${basename(join(uri, ".."))} v${version} changed`),
        settled: () => Promise.resolve(healths.shift() ?? { restarts: 0, failure: undefined }),
        close: () => Promise.resolve(),
      }),
      monitorsOn: () => watchingMonitors,
      openCompiler: () => ({
        errorsIn: ({ text }) => {
          judged.push(text);
          return Promise.resolve(text.includes("first") ? [] : errors);
        },
        close: () => undefined,
      }),
    };
    await runDereference(command, parts, output);
  }
  return { said: said.join("\n"), shown, judged };
}

const projects = ["left", "right"].map((name) => join(folder, name));
const file = (name: string): string => join(folder, name);
const options = ["--tokens", "12", "--samples", "2", "--sampled-cases", "3"];

const generationsOf = (path: string): readonly Generation[] =>
  (readJsonLines(path) as readonly { readonly kind: string }[]).filter((line): line is Generation => line.kind === "generation");
const textsOf = (path: string): readonly string[] =>
  generationsOf(path).map(({ caseId, method, draw, text }) => JSON.stringify([caseId, method, draw, text])).toSorted();
/** Times differ from run to run. */
const timeless = (table: string): string => table.split("\n").filter((line) => line.startsWith("typescript")).map((line) => line.replaceAll(/[+-]?\d+(\.\d)? (\/ [+-]?\d+(\.\d)?|% \/ [+-]?\d+ %)/g, "t").replaceAll(/ +/g, " ")).join("\n");

test("shards have between them what one run has, and merge to its figures", async () => {
  const names = { kind: "names", names: ["first", "second"] } as const;
  const whole = await checkRun([...projects, ...options, "--cases", "8", "--json", file("whole.jsonl")], { answer: names });
  for (const index of [1, 2]) await checkRun([...projects, ...options, "--cases", "8", "--shard", `${index}/2`, "--json", file(`${index}.jsonl`)], { answer: names });
  const texts = textsOf(file("whole.jsonl"));
  // Greedy by both methods for each of 8, two samples more by both for 3.
  assert.equal(texts.length, 8 * 2 + 3 * 2 * 2);
  assert.deepEqual([...textsOf(file("1.jsonl")), ...textsOf(file("2.jsonl"))].toSorted(), texts);
  const merged = await checkRun(["--merge", file("1.jsonl"), file("2.jsonl")]);
  assert.equal(timeless(merged.said), timeless(whole.said));
  assert.ok(timeless(whole.said).split("\n").length > 4, whole.said);
});

test("a run goes on where another left off, and the server is shown the file before and with the trigger", async () => {
  const first = await checkRun([...projects, "--tokens", "12", "--cases", "2", "--json", file("resumed.jsonl")]);
  assert.deepEqual(first.shown, ["left v1", "left v2 changed", "right v3", "right v4 changed"]);
  const second = await checkRun([...projects, "--tokens", "12", "--cases", "3", "--json", file("resumed.jsonl")]);
  assert.deepEqual(second.shown, ["left v1", "left v2 changed"]);
  assert.equal(generationsOf(file("resumed.jsonl")).length, 3 * 2);
  await assert.rejects(checkRun([...projects, "--tokens", "13", "--json", file("resumed.jsonl")]), /other conditions \(tokensMax: 12 and 13\)/);
});

test("a list that is late is kept as waited for, and the receiver as unknown where it never comes", async () => {
  const told = await checkRun([...projects, "--tokens", "3", "--cases", "2", "--view", "--json", file("late.jsonl")], { errors: ["1 wrong"] });
  const lines = readJsonLines(file("late.jsonl")) as readonly { readonly kind: string }[];
  const members = lines.filter((line): line is Members => line.kind === "members");
  assert.deepEqual(members.map(({ names, reason }) => [names, reason]), [[undefined, "no answer"], [undefined, "no answer"]]);
  const waited = generationsOf(file("late.jsonl")).map(({ method, waited: all }) => `${method} ${all[0]?.answer ?? "nothing"}`);
  assert.deepEqual([...new Set(waited)].toSorted(), ["monitor late", "off nothing"]);
  assert.match(told.said, /no list: no answer/);
  assert.match(told.said, /truth {4}(first|second)/);
});

test("a case during which the server falls is measured again, and a server that is down for good ends the run", async () => {
  const command = [...projects, "--tokens", "3", "--cases", "1", "--json", file("fallen.jsonl")];
  const well = { restarts: 0, failure: undefined };
  const fell = await checkRun(command, { health: [well, well, { restarts: 1, failure: undefined }, { restarts: 1, failure: undefined }, { restarts: 1, failure: undefined }, { restarts: 1, failure: undefined }] });
  assert.deepEqual(fell.shown, ["left v1", "left v2 changed", "left v3 changed", "left v4", "left v5 changed"]);
  assert.equal(generationsOf(file("fallen.jsonl")).length, 2);
  await assert.rejects(checkRun([...command, "--cases", "2"], { health: [{ restarts: 9, failure: "it ended" }] }), /the language server is down: it ended/);
  // The case at which it fell is left out from then on.
  const next = await checkRun([...command, "--cases", "3"]);
  assert.deepEqual(next.shown, ["left v1", "left v2 changed"]);
});

function checkRefused(line: string, message: string): void {
  test(`refused: ${line}`, () => assert.throws(() => dereferenceCommand(line.split(" ").filter((word) => word !== "")), (error: unknown) => {
    assert.ok(error instanceof UsageError && error.message.includes(message), String(error));
    return true;
  }));
}

checkRefused("", "at least one folder");
checkRefused("a --language ruby", '--language must be of typescript, python, not "ruby"');
checkRefused("a --methods on", '--methods must be of off, monitor, not "on"');
checkRefused("a --temperature 9", "--temperature must be a number from 0.05 to 2");
checkRefused("a --budget soon", "--budget must be a number");
checkRefused("a --server pyright", "--server must be typescript=COMMAND");
checkRefused("--merge", "at least one file");
checkRefused("--merge a --cases 3", "--cases has no meaning there");

test("braces that a generation leaves open are closed before it is judged, and it is kept as it was written", async () => {
  const { judged } = await checkRun([...projects, "--tokens", "40", "--cases", "8", "--json", file("open.jsonl")]);
  const marks = marksOf("typescript");
  const written = generationsOf(file("open.jsonl")).map(({ text }) => text);
  assert.ok(written.some((text) => openedIn(text, marks).length > 0), written.join("\n"));
  for (const text of judged) assert.equal(openedIn(text, marks).every(({ character }) => character === "{"), openedIn(text, marks).length === 0, text);
});

test("both methods write with the editor's repetition penalty, and a file holds results with it or without", async () => {
  const command = [...projects, "--tokens", "12", "--cases", "2", "--json", file("penalty.jsonl")];
  await checkRun(command);
  await assert.rejects(checkRun([...command, "--no-penalty"]), /other conditions \(penalty: true and false\)/);
});

// The command from files to table on the fake engine: resuming, shards that merge to the whole, and the trace view.
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { setVerify } from "../../../../sidecar/base/invariants";
import { readJsonLines } from "../../../harness/evaluate/jsonLinesFile";
import { rigOn } from "../../../harness/rig";
import type { Generation } from "../../../harness/repetition/generation";
import { caseOf } from "../../../harness/repetition/case";
import { penaltyTrace } from "../../../harness/repetition/penaltyTrace";
import { repetitionCommand } from "../../../harness/repetition/repetitionOptions";
import { mergeRepetitions, runRepetition } from "../../../harness/repetition/repetitionRun";
import { FakeEngine } from "../../../support/fakeEngine";

const folder = mkdtempSync(join(tmpdir(), "palimpsest-"));
after(() => rmSync(folder, { recursive: true }));
const files = join(folder, "files");
mkdirSync(files);
for (const name of ["one", "two", "three", "four"]) {
  const lines = Array.from({ length: 12 }, (_, index) => `    ${name}.add(${index}, "item ${index}")\n`);
  writeFileSync(join(files, `${name}.py`), `"""Items of ${name}, in the order in which they are added, with what each is called, so that the beginning of the file is long enough for a case to begin in it, however few copies are kept."""\n\n\ndef fill(${name}, and_more):\n${lines.join("")}    return ${name}\n`);
}

/** Everything but the command's own file names. */
const options = "--method greedy,penalty,dry --scenario as,rr --language python --tokens 12";

async function checkRun(line: string): Promise<string> {
  const command = repetitionCommand(line.split(" "));
  const said: string[] = [];
  const output = { widthMax: Infinity, say: (text: string) => void said.push(text) };
  const parts = { compilers: { judge: (texts: readonly unknown[]) => texts.map(() => "ok" as const) }, loadGrammar: () => Promise.resolve(undefined) };
  if (command.kind === "mergeRepetitions") await mergeRepetitions(command, parts, output);
  else {
    const engine = new FakeEngine();
    // The fake gives tokens in the order in which it meets their pieces: each run meets all of them in one and the same.
    for (const name of readdirSync(files).toSorted()) engine.tokenise(`${name}\n${readFileSync(join(files, name), "utf8")}`);
    const openRig = (): Promise<ReturnType<typeof rigOn>> => Promise.resolve(rigOn({
      engine, modelPath: "", threads: () => 1, threadsAsked: 1, gpu: "cpu", grammarOf: () => Promise.resolve(undefined), verify: setVerify,
    }));
    await runRepetition(command, { ...parts, openRig }, output);
  }
  return said.join("\n");
}

const linesOf = (path: string): readonly { readonly kind: string; readonly caseId?: string; readonly method?: string; readonly text?: string }[] =>
  readJsonLines(path) as readonly { readonly kind: string }[];
const generationsOf = (path: string): readonly string[] =>
  linesOf(path).filter(({ kind }) => kind === "generation").map(({ caseId, method, text }) => JSON.stringify([caseId, method, text])).toSorted();

test("shards have between them what one run has, and merge to its figures", async () => {
  const file = (name: string): string => join(folder, name);
  const whole = await checkRun(`${files} ${options} --cases 3 --json ${file("whole.jsonl")} --markdown ${file("whole.md")}`);
  for (const index of [1, 2]) await checkRun(`${files} ${options} --cases 3 --shard ${index}/2 --json ${file(`${index}.jsonl`)}`);
  const generations = generationsOf(file("whole.jsonl"));
  assert.equal(generations.length, 2 * 3 * 3);
  assert.deepEqual([...generationsOf(file("1.jsonl")), ...generationsOf(file("2.jsonl"))].toSorted(), generations);
  const merged = await checkRun(`--merge ${file("1.jsonl")} ${file("2.jsonl")}`);
  // All but the times.
  const figures = (text: string): readonly string[] => text.split("\n").filter((row) => /^(as|rr) /.test(row)).map((row) => row.split(/ {2,}/).slice(0, 15).join(" "));
  assert.equal(figures(whole).length, 6);
  assert.deepEqual(figures(merged), figures(whole));
  assert.equal(readFileSync(file("whole.md"), "utf8").split("\n").filter((row) => /^\| (as|rr) /.test(row)).length, 6);
});

test("a run goes on where it was broken off, also with other methods, but not under other conditions", async () => {
  const path = join(folder, "resumed.jsonl");
  await checkRun(`${files} ${options} --cases 2 --json ${path}`);
  const before = linesOf(path);
  const unbroken = generationsOf(path);
  writeFileSync(path, readFileSync(path, "utf8").slice(0, -40));
  await checkRun(`${files} ${options} --cases 2 --json ${path}`);
  const after = linesOf(path).length;
  // The torn line is passed over; its case and what was missing of it are written anew.
  assert.equal(after, before.length + 1);
  assert.deepEqual(generationsOf(path), unbroken);
  await checkRun(`${files} ${options.replace("greedy", "temperature")} --cases 2 --json ${path}`);
  assert.equal(generationsOf(path).filter((line) => line.includes("temperature")).length, 4);
  await assert.rejects(checkRun(`${files} ${options.replace("12", "13")} --cases 2 --json ${path}`), /tokensMax: 12 and 13/);
});

test("files that begin alike under one name make a case once", async () => {
  const copies = join(folder, "copies");
  mkdirSync(copies);
  for (const name of readdirSync(files)) writeFileSync(join(copies, name), readFileSync(join(files, name), "utf8") + "\n\n# A later version.\n");
  assert.match(await checkRun(`${files} ${copies} --method greedy --scenario rr --language python --tokens 4 --cases 9`), /rr python: only [4-8] of 9 cases/);
  const path = join(folder, "once.jsonl");
  await checkRun(`${files} ${copies} --method greedy --scenario rr --language python --tokens 4 --cases 9 --json ${path}`);
  const ids = linesOf(path).filter(({ kind }) => kind === "generation").map(({ caseId }) => caseId);
  assert.equal(new Set(ids).size, ids.length);
});

test("what can't be had is told", async () => {
  assert.match(await checkRun(`${files} ${options} --cases 9`), /rr python: only 4 of 9 cases are to be had/);
  await assert.rejects(checkRun(`${files} --language typescript`), /no source file in typescript/);
  await assert.rejects(checkRun(`${folder}/none`), /there is no file or folder/);
});

for (const [line, message] of [
  ["", "at least one source file"], ["a --method rpgs", '"rpgs" is no method'], ["a --method penalty:9", "a number from 1 to 2"], ["a --method dry:1", "takes no number"],
  ["a --scenario bs", '"bs" is none of as, cg, rr'], ["a --shard 3/2", "--shard must be I/N"], ["a --merge --cases 3", "--cases has no meaning"], ["a --prompt chat", "none of"],
] as const) {
  test(`refused: repetition ${line}`, () => assert.throws(() => repetitionCommand(line.split(" ").filter((word) => word !== "")), { name: "UsageError", message: new RegExp(message.replaceAll("(", "\\(")) }));
}

test("the trace view marks choices where the penalty acted", () => {
  const sample = caseOf("rr", { path: "a.py", language: "python", languageId: "python", text: "" }, "x = 1\nx = 1\n", 2);
  const act = { kind: "content", rule: "expression_statement", period: 1, count: 2, nats: 3, opening: "x = 1", lowered: 4 } as const;
  const generation: Generation = {
    kind: "generation", caseId: sample.id, method: "rpg", end: "end", text: "x = 1\ny\n", tokens: [0, 1, 2], decodeMs: 1, processorMs: 0,
    acts: [{ ...act, tokenIndex: 0, changed: false }, { ...act, tokenIndex: 2, changed: true }],
  };
  const shown = penaltyTrace(sample, generation, (token) => Buffer.from(["x = 1", "\n", "y\n"][token] ?? ""));
  assert.equal(shown, [
    `${sample.id} a.py: rpg, 3 tokens, ended by end`, "  x = 1", "  x = 1", "| ⟦1⟧x = 1", "| ⟦2!⟧y", "| ",
    '  1. expression_statement (content, period 1, count 2): −3.00 on 4 tokens of "x = 1", choice kept',
    '  2. expression_statement (content, period 1, count 2): −3.00 on 4 tokens of "x = 1", choice changed', "",
  ].join("\n"));
});

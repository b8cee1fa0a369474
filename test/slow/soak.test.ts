// Owns the proof that a day's work leaves nothing behind: the bundled sidecar with the embedded model through 20,000 edits
// of fifty files, with switching, pauses, suspending, a language server, and now and then a file closed and opened again.
// Who writes goes on before most answers are there, and waits for a good part of them. Prints memory as it goes. What it looks
// for is memory that no text accounts for, also what a document gathers while it is open. So the text of a file that has grown
// gives way to its first one, by a change as any other: longer texts rightly take more.
import assert from "node:assert/strict";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { nodeFlags } from "../../extension/src/spawnSidecar";
import { at } from "../../sidecar/base/assert";
import { limits } from "../../sidecar/base/limits";
import { Random } from "../../sidecar/base/random";
import { cacheBytesOf, readModelFile } from "../../sidecar/engine/llama/modelFile";
import { Lines } from "../../sidecar/text/lines";
import { utf16 } from "../../sidecar/text/frames";
import { condition } from "../editor/condition";
import { AnyClient, type State } from "../support/anyClient";
import { editing, type Editing, nextEdit, toChanges } from "../support/edits";
import { stubServer } from "../support/monitorRig";

const editCount = 20_000;
const fileCount = 50;
/** Memory is looked at once in so many edits; the median of a stretch counts, since garbage is collected when it is. */
const lookEdits = 250;
const stretchEdits = 4_000;
/** By then most files have been completed in, and the cache has grown to what it needs. */
const warmEdits = 4_000;
const growthMax = 1.05;
/** So many edits to a request that is not waited for. */
const overtakenEdits = 90;
/** So many edits to a place where somebody wants to see the ghost text, several times in a row. */
const patienceEdits = 900;
const waitedInARow = 6;
const waitedMin = 100;
/** By so much a file may grow before its text is what it was at first: most have by the time that memory counts. */
const fileGrowthMax = 1.05;
/** The longest that a file's whole text takes to be read where several programs share two processors: 80 s were seen. */
const answerMsMax = 180_000;
const leaveMsMax = 5_000;
const idleSecondsMax = 0.1;
const embeddedModel = "sidecar/models/palimpsest-nano-50m-q8_0.gguf";
/** What the sidecar may take besides weights and cache. */
const besidesMegabytesMax = 250;

/** What may become of a request: these, or the text went on. Anything else is a fault. */
const answers: readonly string[] = [
  "shown", "nothingToSay", "cutToNothing", "outsideBlock", "unopenedCloser", "unfinished", "insideWord", "tooShort", "lowConfidence", "syntaxError",
];
const cancels: readonly string[] = ["superseded", "cancelled"];
const requestCancelled = -32_800;
/** In the environment of the sidecar and of all that it starts, whoever their parents are by then. */
const mark = `palimpsest-soak-${process.pid}`;

interface Open {
  readonly uri: string;
  readonly first: string;
  version: number;
  state: Editing;
}

/** What became of a day, for each claim to be judged by itself. */
interface Day {
  /** Of requests that the next edit may overtake. */
  readonly overtaken: readonly string[];
  /** Of requests that were waited for. */
  readonly waited: readonly string[];
  readonly memory: readonly Look[];
  readonly replaced: number;
  readonly reopened: number;
}
interface Look {
  readonly edits: number;
  readonly megabytes: number;
}

test(`${editCount} edits of ${fileCount} files`, async (context) => {
  process.env["PALIMPSEST_SOAK"] = mark;
  // Node is told what the extension tells it.
  const client = new AnyClient(["--trust-workspace", "--monitor-server", `typescript=${stubServer("good", mark)}`], nodeFlags);
  try {
    const { state } = await client.begin();
    assert.equal(state.kind, "ready");
    const day = await live(client, new Random(20_261_123));
    console.log(`    ${day.replaced} times a text replaced by its first, ${day.reopened} times a file reopened`);
    await checkMemory(context, day.memory);
    await checkRequests(context, day);
    await checkIdle(context, client);
    await checkEnd(context, client);
  } finally {
    // What fails leaves no sidecar behind, for which the test would wait.
    client.kill();
  }
});

async function live(client: AnyClient, random: Random): Promise<Day> {
  const files = ownSources().map((path, index): Open => {
    const first = readFileSync(path, "utf8");
    return { uri: `file:///soak/${index}.ts`, first, version: 1, state: editing(first) };
  });
  for (const file of files) client.open(file.uri, file.first);
  const asked: Promise<string>[] = [];
  const waited: string[] = [];
  const memory: Look[] = [];
  let file = at(files, 0);
  let patience = 0;
  const counts = { replaced: 0, reopened: 0 };
  for (let edits = 1; edits <= editCount; edits += 1) {
    if (patience === 0 && random.chance(1 / 40)) file = random.pick(files);
    edit(client, random, file);
    if (patience === 0 && random.chance(1 / patienceEdits)) patience = waitedInARow;
    if (patience === 0 && random.chance(1 / overtakenEdits)) asked.push(ask(client, file, edits));
    if (patience > 0 && random.chance(1 / 3)) {
      waited.push(await ask(client, file, edits));
      patience -= 1;
    }
    if (fileGrowthMax * file.first.length < file.state.text.length) {
      replaceByFirst(client, file);
      counts.replaced += 1;
    }
    if (random.chance(1 / 500)) {
      reopen(client, file);
      counts.reopened += 1;
    }
    // Nobody types faster than this for long.
    if (edits % 20 === 0) await Promise.all(asked);
    if (edits % 500 === 0) await pause(1_500);
    if (edits % 4_000 === 0) await suspended(client, 1_000);
    if (edits % lookEdits === 0) memory.push(remembered(client, edits));
  }
  return { overtaken: await Promise.all(asked), waited, memory, ...counts };
}

async function checkMemory(context: TestContext, memory: readonly Look[]): Promise<void> {
  const told = memory.filter(({ edits }) => edits % 1_000 === 0).map(({ edits, megabytes }) => `${edits / 1_000}k ${megabytes} MB`);
  console.log(`    ${told.join(", ")}`);
  const of = (from: number): number => median(memory.filter(({ edits }) => from < edits && edits <= from + stretchEdits).map(({ megabytes }) => megabytes));
  const [before, after] = [of(warmEdits), of(editCount - stretchEdits)];
  console.log(`    ${before} MB after ${warmEdits} edits, ${after} MB at the end (medians of ${stretchEdits} edits)`);
  await context.test("memory stays", () => assert.ok(after <= growthMax * before, `${before} MB before, ${after} MB after`));
  const shape = readModelFile(embeddedModel);
  const weightsBytes = (keepsCopyOfWeights() ? 2 : 1) * shape.fileBytes;
  const weightsAndCache = Math.round((weightsBytes + cacheBytesOf(shape, limits.contextTokensDefault, 2)) / 1e6);
  const most = Math.max(...memory.map(({ megabytes }) => megabytes));
  console.log(`    ${most} MB at most, ${weightsAndCache} MB of it weights and cache`);
  await context.test(`what is beside weights and cache fits in ${besidesMegabytesMax} MB`, () => {
    assert.ok(most <= weightsAndCache + besidesMegabytesMax, `${most} MB, of which weights and cache have ${weightsAndCache}`);
  });
}

async function checkRequests(context: TestContext, { overtaken, waited }: Day): Promise<void> {
  console.log(`    ${overtaken.length} requests not waited for: ${tally(overtaken)}`);
  console.log(`    ${waited.length} requests waited for: ${tally(waited)}`);
  await context.test("every request has an outcome that the text explains", () => {
    assert.deepEqual(overtaken.filter((outcome) => ![...answers, ...cancels].includes(outcome)), []);
  });
  await context.test("every request that is waited for is answered", () => {
    assert.deepEqual(waited.filter((outcome) => !answers.includes(outcome)), []);
    assert.ok(waitedMin <= waited.length, `only ${waited.length} requests were waited for`);
    assert.ok(waited.includes("shown"), "nothing was ever shown");
  });
}

async function checkIdle(context: TestContext, client: AnyClient): Promise<void> {
  const idleSeconds = await idleMinute(client);
  console.log(`    ${idleSeconds.toFixed(2)} s of processor time in a minute without work`);
  await context.test("idle is idle", () => assert.ok(idleSeconds < idleSecondsMax, `${idleSeconds} s`));
}

async function checkEnd(context: TestContext, client: AnyClient): Promise<void> {
  const running = markedProcesses();
  console.log(`    ${running.length} processes before the end`);
  await context.test("nothing is left behind", async () => {
    // The sidecar, the language server, and the shell that watches over it.
    if (process.platform === "linux") assert.ok(running.length >= 3, `only ${running.length} processes were found`);
    assert.deepEqual(await client.end(), { code: 0, signal: null });
    await condition("no process that the sidecar started is left", leaveMsMax, () => markedProcesses().length === 0);
  });
}

/** This project's own files: the longest, since they are the harder ones. */
function ownSources(): readonly string[] {
  const paths = readdirSync("sidecar", { recursive: true }).map(String).filter((name) => name.endsWith(".ts")).map((name) => join("sidecar", name));
  const bySize = paths.map((path) => ({ path, bytes: readFileSync(path).length })).sort((a, b) => b.bytes - a.bytes);
  assert.ok(fileCount <= bySize.length);
  return bySize.slice(0, fileCount).map(({ path }) => path);
}

function edit(client: AnyClient, random: Random, file: Open): void {
  const { delta, after } = nextEdit(random, file.state);
  file.version += 1;
  const changes = toChanges(file.state.text, delta);
  client.notify("textDocument/didChange", { textDocument: { uri: file.uri, version: file.version }, contentChanges: changes });
  file.state = after;
}

/** What became of the request. @throws Error that names the request which is not answered in time, or with a fault. */
async function ask(client: AnyClient, file: Open, edits: number): Promise<string> {
  const name = `the request at ${file.uri}, version ${file.version}, after ${edits} edits`;
  const late = pause(answerMsMax, undefined, { ref: false }).then(() => Promise.reject(new Error(`${name}: no answer within ${answerMsMax} ms`)));
  return Promise.race([answered(client, file, name), late]);
}

async function answered(client: AnyClient, { uri, state }: Open, name: string): Promise<string> {
  const { line, character } = Lines.of(state.text).placeAt(utf16(state.cursor), "utf-16");
  const told = client.notification<{ readonly uri: string; readonly outcome: State }>("palimpsest/outcome", (params) => params.uri === uri);
  const { error } = await client.requestCompletion(uri, line, character);
  if (error !== undefined && error.code !== requestCancelled) throw new Error(`${name}: error ${error.code}, ${error.message}`);
  return (await told).outcome.kind;
}

/** The document lives on, so that what it gathers shows. */
function replaceByFirst(client: AnyClient, file: Open): void {
  const { text } = file.state;
  file.version += 1;
  const range = { start: { line: 0, character: 0 }, end: Lines.of(text).placeAt(utf16(text.length), "utf-16") };
  client.notify("textDocument/didChange", { textDocument: { uri: file.uri, version: file.version }, contentChanges: [{ range, text: file.first }] });
  file.state = editing(file.first);
}

function reopen(client: AnyClient, file: Open): void {
  client.notify("textDocument/didClose", { textDocument: { uri: file.uri } });
  file.version = 1;
  client.open(file.uri, file.state.text);
}

/** As a laptop that is closed and opened again. */
async function suspended(client: AnyClient, ms: number): Promise<void> {
  process.kill(client.processId, "SIGSTOP");
  await pause(ms);
  process.kill(client.processId, "SIGCONT");
}

/** The living processes of the sidecar and all that it started; none is found where the system doesn't tell. */
function markedProcesses(): readonly number[] {
  if (!existsSync("/proc/self/environ")) return [];
  return readdirSync("/proc").filter((name) => /^\d+$/.test(name)).map(Number).filter((processId) => processId !== process.pid && isMarked(processId));
}

function isMarked(processId: number): boolean {
  try {
    // That of a process which has ended, but is not yet waited for, is empty.
    return readFileSync(`/proc/${processId}/environ`, "utf8").split("\0").includes(`PALIMPSEST_SOAK=${mark}`);
  } catch {
    return false;
  }
}

function remembered(client: AnyClient, edits: number): Look {
  return { edits, megabytes: Math.round((client.residentBytes() ?? 0) / 1e6) };
}

function median(values: readonly number[]): number {
  return at(values.toSorted((left, right) => left - right), values.length >> 1);
}

/** Where the processor multiplies matrices by itself, llama.cpp keeps the weights in its order too, beside the file's: it reads twice as fast. */
function keepsCopyOfWeights(): boolean {
  return process.arch === "arm64" || /\bamx_int8\b/.test(readFileSync("/proc/cpuinfo", "utf8"));
}

function tally(outcomes: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const outcome of outcomes) counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
  return [...counts].map(([outcome, count]) => `${count} ${outcome}`).join(", ");
}

/** Processor time of a minute, once all that idle time had to do is done. */
async function idleMinute(client: AnyClient): Promise<number> {
  await pause(60_000);
  const startSeconds = processorSeconds(client);
  await pause(60_000);
  return processorSeconds(client) - startSeconds;
}

function processorSeconds({ processId }: AnyClient): number {
  const fields = readFileSync(`/proc/${processId}/stat`, "utf8").replace(/^.*\) /s, "").split(" ");
  // utime and stime, in hundredths.
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

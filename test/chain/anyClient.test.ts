// Owns the proof that any LSP client gets on with the sidecar: the bundle, the embedded model, and JSON over pipes.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import type { LedgerView, Statistics } from "../../sidecar/protocol/data";
import { AnyClient, type Message, sidecarPath } from "../support/anyClient";
import { withClient, withReadyClient } from "../support/withClient";

const uri = "file:///project/sum.ts";
const program = `/** Adds two numbers. */
export function add(left: number, right: number): number {
  return left + right;
}

/** Subtracts one number from another. */
export function subtract(left: number, right: number): number {
  return 
}
`;
const cursor = { line: 7, character: 9 };
/** The program with more functions below it: some fifty tokens each, so that reading all of it shows. */
const longer = (functions: number): string => program + Array.from({ length: functions }, (_, index) => `
/** Adds ${index} to a number. */
export function add${index}(left: number): number {
  return left + ${index};
}
`).join("");

interface Line {
  readonly line: number;
}
interface Items {
  readonly items: readonly { readonly insertText: string; readonly range: { readonly start: Line; readonly end: Line } }[];
}
const itemsOf = (message: Message): Items["items"] => (message.result as Items).items;

/** The text up to the cursor, as far as the cache holds it: the prefix and the middle of the prompt. */
async function heldBefore(client: AnyClient): Promise<{ readonly version: number; readonly text: string }> {
  const { version, runs } = (await client.request("palimpsest/ledger", { textDocument: { uri } })).result as LedgerView;
  const [, prefix, middle] = /⟨prefix⟩([^]*)⟨suffix⟩[^]*⟨middle⟩([^]*)$/.exec(runs.map((run) => run.text).join("")) ?? [];
  return { version, text: `${prefix}${middle}` };
}


test("the whole life of a document", () => withClient(["--verify"], async (client) => {
  const early = await client.request("palimpsest/statistics");
  assert.equal(early.error?.code, -32002);
  const { hello, state } = await client.begin({ window: { workDoneProgress: true }, general: { positionEncodings: ["utf-8", "utf-16"] } });
  assert.equal(state.kind, "ready");
  const { capabilities, serverInfo } = hello.result as { capabilities: Record<string, unknown>; serverInfo: { name: string } };
  assert.deepEqual(capabilities, { positionEncoding: "utf-16", textDocumentSync: { openClose: true, change: 2 }, inlineCompletionProvider: true });
  assert.equal(serverInfo.name, "palimpsest");
  assert.ok(client.received.some(({ method }) => method === "$/progress"), "loading is shown as progress");

  client.open(uri, longer(16));
  const first = await client.complete(uri, cursor.line, cursor.character);
  assert.equal(first.outcome.kind, "shown");
  for (const { insertText, range } of itemsOf(first.response)) {
    assert.ok(insertText.length > 0);
    assert.equal(range.start.line, cursor.line);
    assert.equal(range.end.line, cursor.line);
  }
  assert.ok([1, 2, 3].includes(itemsOf(first.response).length), "asked by key, it gives up to three");

  client.insert(uri, 2, 0, 0, "// A small library of sums.\n// It knows two of them.\n\n");
  const second = await client.complete(uri, cursor.line + 3, cursor.character);
  assert.equal(second.outcome.kind, "shown");

  const statistics = (await client.request("palimpsest/statistics")).result as Statistics;
  assert.equal(statistics.totals.completions, 2);
  assert.deepEqual(statistics.outcomes, { shown: 2 });
  const [read, patched] = statistics.recent;
  assert.ok((patched?.tokensEncoded ?? Infinity) * 4 < (read?.tokensEncoded ?? 0), "the edit above was patched, not read again");
  assert.equal(statistics.totals.rebuilds, 0);
  assert.equal(statistics.documents[0]?.version, 2);

  const held = await heldBefore(client);
  assert.equal(held.version, 2);
  assert.ok(held.text.startsWith("// A small library of sums.\n// It knows two of them.\n\n/** Adds two numbers. */\n"), held.text);
  const dropped = (await client.request("palimpsest/dropCache", { textDocument: { uri } })).result as { cellsDropped: number };
  assert.ok(dropped.cellsDropped > 50);
  assert.equal((await client.complete(uri, cursor.line + 3, cursor.character)).outcome.kind, "shown");

  client.notify("textDocument/didClose", { textDocument: { uri } });
  const closed = await client.requestCompletion(uri, cursor.line, cursor.character);
  assert.equal(closed.error?.code, -32602);
  assert.deepEqual(await client.end(), { code: 0, signal: null });
}));

test("a line that is not there is an error, a character beyond its line is the line's end, as LSP has it", () => withReadyClient([], async (client) => {
  client.open(uri, program);
  const response = await client.requestCompletion(uri, 999, 0);
  assert.equal(response.error?.code, -32602, JSON.stringify(response));
  assert.equal((await client.complete(uri, cursor.line, 999)).response.error, undefined);
}));

test("a version that goes back leads to a resync, and the full text brings the document back", () => withReadyClient([], async (client) => {
  client.open(uri, program, 5);
  const resync = client.notification<{ uri: string; reason: string }>("palimpsest/resync");
  client.insert(uri, 4, 0, 0, "late");
  assert.equal((await resync).uri, uri);
  assert.equal((await client.complete(uri, cursor.line, cursor.character)).outcome.kind, "outOfStep");
  client.notify("textDocument/didClose", { textDocument: { uri } });
  client.open(uri, program, 6);
  assert.equal((await client.complete(uri, cursor.line, cursor.character)).outcome.kind, "shown");
}));

test("what is asked by key while the model loads is answered when it is ready, and holds up no end", async () => {
  const begun = async (client: AnyClient): Promise<void> => {
    await client.request("initialize", { processId: process.pid, rootUri: null, capabilities: {} });
    client.notify("initialized", {});
    client.open(uri, program);
  };
  await withClient([], async (client) => {
    await begun(client);
    assert.equal((await client.complete(uri, cursor.line, cursor.character)).outcome.kind, "shown");
  });
  await withClient([], async (client) => {
    await begun(client);
    client.send({ id: "waits", method: "textDocument/inlineCompletion", params: { textDocument: { uri }, position: cursor, context: { triggerKind: 1 } } });
    assert.deepEqual(await client.end(), { code: 0, signal: null });
  });
});

test("two documents in turn: neither waits for the other's text to be read again", () => withReadyClient([], async (client) => {
  const other = "file:///project/other.ts";
  client.open(uri, longer(16));
  client.open(other, longer(16).replaceAll("number", "bigint"));
  await client.complete(uri, cursor.line, cursor.character);
  await client.complete(other, cursor.line, cursor.character);
  const before = (await client.request("palimpsest/statistics")).result as Statistics;
  for (let version = 2; version < 6; version += 1) {
    for (const each of [uri, other]) {
      client.insert(each, version, 0, 0, "// x\n");
      assert.equal((await client.complete(each, cursor.line + version - 1, cursor.character)).outcome.kind, "shown");
    }
  }
  const after = (await client.request("palimpsest/statistics")).result as Statistics;
  const encodedEach = (after.totals.tokensEncoded - before.totals.tokensEncoded) / 8;
  assert.ok(encodedEach < before.totals.tokensEncoded / 10, `${encodedEach} tokens a completion, ${before.totals.tokensEncoded} for two whole documents`);
}));

test("a cancel is answered at once, and the engine is free within a small batch", () => withReadyClient([], async (client) => {
  client.open(uri, longer(60));
  const small = "file:///project/small.ts";
  client.open(small, program);
  const id = client.nextId();
  const cancelled = client.requestCompletion(uri, cursor.line, cursor.character, id);
  // Nothing tells that the engine has begun: a moment later it is reading some thousand tokens.
  await new Promise((resolve) => setTimeout(resolve, 150));
  client.notify("$/cancelRequest", { id });
  // Answered in order, so that this one shows that the cancel was not answered by the completion's end.
  const next = client.complete(small, cursor.line, cursor.character);
  assert.equal((await cancelled).error?.code, -32800);
  assert.equal((await next).outcome.kind, "shown");
  const { recent } = (await client.request("palimpsest/statistics")).result as Statistics;
  const interrupted = recent.find((record) => record.uri === uri);
  // Undefined where the machine was so busy that the engine had not begun.
  assert.equal(interrupted?.outcome.kind ?? "cancelled", "cancelled");
  assert.ok((interrupted?.tokensEncoded ?? 0) < 1_500, `${interrupted?.tokensEncoded} tokens were read in spite of the cancel`);
}));

test("10,000 edits in a second end in one right text", () => withReadyClient([], async (client) => {
  client.open(uri, program);
  let version = 1;
  for (let edit = 0; edit < 5_000; edit += 1) {
    client.insert(uri, (version += 1), 0, 0, "y");
    client.notify("textDocument/didChange", {
      textDocument: { uri, version: (version += 1) },
      contentChanges: [{ range: { start: { line: 0, character: 0 }, end: { line: 0, character: 1 } }, text: "" }],
    });
  }
  client.insert(uri, (version += 1), 0, 0, "// The end.\n");
  assert.equal((await client.complete(uri, cursor.line + 1, cursor.character)).outcome.kind, "shown");
  const held = await heldBefore(client);
  assert.equal(held.version, version);
  assert.ok(held.text.startsWith("// The end.\n/** Adds two numbers. */\n"), held.text);
}));

test("a document of 50 MB and a binary one: a stated outcome", () => withReadyClient([], async (client) => {
  const large = "file:///project/large.ts";
  client.open(large, "const line = 1;\n".repeat(50 * 65_536));
  assert.equal((await client.complete(large, 10, 0)).outcome.kind, "documentTooLarge");
  const binary = "file:///project/binary.bin";
  client.open(binary, "\u0000\u0001\u0002ELF\u0000".repeat(100));
  assert.equal((await client.complete(binary, 0, 3)).outcome.kind, "documentBinary");
  client.open(uri, program);
  assert.equal((await client.complete(uri, cursor.line, cursor.character)).outcome.kind, "shown");
}));

test("libraries that are not there: modelFailed, with what to do", () => withClient(["--library", "/nowhere"], async (client) => {
  const { state } = await client.begin();
  assert.equal(state.kind, "failed");
  client.open(uri, program);
  const { response, outcome } = await client.complete(uri, cursor.line, cursor.character);
  assert.deepEqual(itemsOf(response), []);
  assert.equal(outcome.kind, "modelFailed");
  assert.match(outcome.detail ?? "", /\/nowhere/);
  assert.equal((await client.end()).code, 0);
}));

test("the model file is removed while it is in use: completions go on, the next start says what is missing", async () => {
  const folder = mkdtempSync(join(tmpdir(), "palimpsest-"));
  const model = join(folder, "copy.gguf");
  copyFileSync(join(process.cwd(), "sidecar/models/palimpsest-nano-50m-q8_0.gguf"), model);
  try {
    await withReadyClient(["--model", model], async (client) => {
      client.open(uri, program);
      rmSync(model);
      assert.equal((await client.complete(uri, cursor.line, cursor.character)).outcome.kind, "shown");
    });
    await withClient(["--model", model], async (client) => {
      const message = client.notification<{ readonly message: string }>("window/showMessage");
      assert.equal((await client.begin()).state.kind, "ready");
      assert.ok((await message).message.includes(model));
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test("positions count as the client asked: UTF-8 and UTF-32", async () => {
  const before = "const grüße = \"👋\"; ";
  for (const [encoding, character] of [["utf-8", Buffer.byteLength(before)], ["utf-32", [...before].length]] as const) {
    await withClient([], async (client) => {
      const { hello } = await client.begin({ general: { positionEncodings: [encoding] } });
      assert.equal((hello.result as { capabilities: { positionEncoding: string } }).capabilities.positionEncoding, encoding);
      client.open(uri, `${before}const other = \n`);
      client.insert(uri, 2, 0, character, "export ");
      await client.complete(uri, 0, character + 21);
      const held = await heldBefore(client);
      assert.ok(held.text.startsWith(`${before}export const other =`), held.text);
    });
  }
});

test("a change of nothing but the version, and one of several places: both are followed", () => withReadyClient([], async (client) => {
  client.open(uri, program);
  client.notify("textDocument/didChange", { textDocument: { uri, version: 7 }, contentChanges: [] });
  const start = { line: 0, character: 0 };
  const changes = ["second\n", "first\n"].map((text) => ({ range: { start, end: start }, text }));
  client.notify("textDocument/didChange", { textDocument: { uri, version: 9 }, contentChanges: changes });
  assert.equal((await client.complete(uri, cursor.line + 2, cursor.character)).response.error, undefined);
  const held = await heldBefore(client);
  assert.equal(held.version, 9);
  assert.ok(held.text.startsWith("first\nsecond\n/** Adds two numbers. */\n"), held.text);
}));

test("flags: help, version, and what to do about a bad one", () => {
  const run = (...args: string[]) => spawnSync(process.execPath, [sidecarPath, ...args], { encoding: "utf8" });
  assert.match(run("--help").stdout, /--stdio/);
  assert.match(run("--version").stdout, /^\d+\.\d+\.\d+\n$/);
  for (const [args, told] of [
    [[], /--stdio/],
    [["--stdio", "--polcy", "patch"], /--polcy.*--help/],
    [["--stdio", "--policy", "best"], /cold, prefix, patch/],
    [["--stdio", "--context", "many"], /256/],
    [["--stdio", "--model"], /needs a value/],
  ] as const) {
    const { status, stderr, stdout } = run(...args);
    assert.equal(status, 2, args.join(" "));
    assert.match(stderr, told);
    assert.equal(stdout, "");
  }
  assert.notEqual(run("--probe-library", "/nowhere").status, 0);
});

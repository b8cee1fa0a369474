// Owns the proof that settings take effect while the sidecar runs, on the bundle with real models: what ends a suggestion,
// which model serves, which documents are read at all; and that nothing it logs or says holds a document's text.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import type { ModelStatus, Statistics } from "../../sidecar/protocol/data";
import { AnyClient, type Message } from "../support/anyClient";
import { modelFile, removeRandomModels } from "../support/randomLlama";
import { writeRandomModel } from "../support/randomModel";

after(removeRandomModels);

const uri = "file:///project/sum.ts";
const program = `/** Adds two numbers. */
export function add(left: number, right: number): number {
  return left + right;
}

/** Subtracts one number from another. */
export function subtract(left: number, right: number): number {
  return left - right;
}

/** Multiplies two numbers. */
`;
const cursor = { line: 11, character: 0 };

function textOf(message: Message): string {
  const { items } = message.result as { readonly items: readonly { readonly insertText: string }[] };
  return items[0]?.insertText ?? "";
}

function set(client: AnyClient, settings: object): void {
  client.notify("workspace/didChangeConfiguration", { settings: { palimpsest: settings } });
}

/** A ready client that has the program open; its settings are what it was started with. */
async function withClient(body: (client: AnyClient) => Promise<void>, options: object = {}): Promise<void> {
  const client = new AnyClient();
  try {
    const settled = client.notification<ModelStatus>("palimpsest/modelStatus", ({ state }) => state.kind !== "loading");
    await client.request("initialize", { processId: process.pid, rootUri: "file:///project", capabilities: {}, initializationOptions: options });
    client.notify("initialized", {});
    assert.equal((await settled).state.kind, "ready", client.errors);
    client.open(uri, program);
    await body(client);
  } finally {
    client.kill();
    await client.ended;
  }
}

const complete = async (client: AnyClient): Promise<{ readonly text: string; readonly outcome: string }> => {
  const { response, outcome } = await client.complete(uri, cursor.line, cursor.character);
  return { text: textOf(response), outcome: outcome.kind };
};

test("a suggestion ends with its line as soon as that is wished, and has as many characters as is wished", () => withClient(async (client) => {
  const several = await complete(client);
  assert.match(several.text, /\n/);
  set(client, { singleLine: true });
  const one = await complete(client);
  assert.equal(one.outcome, "shown");
  assert.doesNotMatch(one.text, /\n/);
  set(client, { minimumLength: 500 });
  // Asked automatically: who asks by key sees what there is.
  const outcome = client.notification<{ readonly outcome: { readonly kind: string } }>("palimpsest/outcome");
  const params = { textDocument: { uri }, position: cursor, context: { triggerKind: 2 } };
  assert.equal(textOf(await client.request("textDocument/inlineCompletion", params)), "");
  assert.equal((await outcome).outcome.kind, "tooShort");
}));

test("what was suggested while the monitor asked others is not suggested again; how long it may wait changes nothing", () => withClient(async (client) => {
  /** Tokens that an automatic request writes: none where a suggestion is in hand. */
  const decoded = async (): Promise<number | undefined> => {
    const params = { textDocument: { uri }, position: cursor, context: { triggerKind: 2 } };
    await client.request("textDocument/inlineCompletion", params);
    const { recent } = (await client.request("palimpsest/statistics")).result as Statistics;
    return recent.at(-1)?.tokensDecoded;
  };
  await complete(client);
  assert.equal(await decoded(), 0);
  set(client, { monitor: { budget: 40 } });
  assert.equal(await decoded(), 0);
  set(client, { monitor: { budget: 40, enabled: false } });
  assert.notEqual(await decoded(), 0);
}));

test("another model takes over with the document, and one that can't be loaded leaves it in place", () => withClient(async (client) => {
  await complete(client);
  const path = modelFile("second.gguf");
  writeRandomModel(path, { metadata: { "general.name": "Second" } });
  const second = client.notification<ModelStatus>("palimpsest/modelStatus", ({ state, name }) => state.kind === "ready" && name === "Second");
  set(client, { modelPath: path });
  await second;
  client.insert(uri, 2, 0, 0, " ");
  const { outcome } = await client.complete(uri, cursor.line, cursor.character);
  assert.ok(["shown", "nothingToSay", "cutToNothing", "withheld"].includes(outcome.kind), outcome.kind);
  const message = client.notification<{ readonly message: string }>("window/showMessage");
  set(client, { modelPath: "/nowhere/x.gguf" });
  assert.match((await message).message, /no model file at \/nowhere\/x\.gguf.*Second stays in use/);
  const wrong = client.notification<{ readonly message: string }>("window/showMessage");
  set(client, { threads: "many" });
  assert.match((await wrong).message, /palimpsest\.threads must be a whole number from 0 to 256/);
  const embedded = client.notification<ModelStatus>("palimpsest/modelStatus", ({ state, name }) => state.kind === "ready" && name !== "Second");
  set(client, { modelPath: "" });
  await embedded;
  assert.equal((await complete(client)).outcome, "shown");
}));

test("a model that can't be loaded at the start leaves the embedded one to complete, and that is said", () => withClient(async (client) => {
  assert.equal((await complete(client)).outcome, "shown");
  const said = client.received.filter(({ method }) => method === "window/showMessage");
  assert.match(JSON.stringify(said), /no model file at \/nowhere\/x\.gguf.*The embedded model serves instead/);
}, { modelPath: "/nowhere/x.gguf" }));

test("a model beyond the memory limit is refused, with what to do", () => withClient(async (client) => {
  const message = client.notification<{ readonly message: string }>("window/showMessage");
  set(client, { memoryLimit: 40 });
  assert.match((await message).message, /needs .* may be used\. Choose a smaller model/);
}));

test("a document that may hold secrets, or that a pattern names, is never read, whoever the client is", () => withClient(async (client) => {
  const secret = "file:///project/.env";
  client.open(secret, "PASSWORD=hunter2\n");
  assert.deepEqual((await client.complete(secret, 1, 0)).outcome, { kind: "switchedOff", detail: ".env may hold secrets: it is not sent to the sidecar." });
  const generated = "file:///project/gen/a.ts";
  client.open(generated, program);
  assert.match((await client.complete(generated, cursor.line, 0)).outcome.detail ?? "", /excluded by palimpsest\.exclude/);
  const held = JSON.stringify((await client.request("palimpsest/statistics")).result);
  assert.doesNotMatch(held, /\.env|gen\/a\.ts/);
  assert.equal((await complete(client)).outcome, "shown");
}, { exclude: ["/gen/"] }));

test("what is logged and said holds nothing of a document's text", () => withClient(async (client) => {
  const marker = "zebra7419";
  client.open("file:///project/b.ts", `const ${marker} = 1;\n`);
  await client.complete("file:///project/b.ts", 1, 0);
  client.insert("file:///project/b.ts", 1, 0, 0, marker);
  client.insert("file:///project/b.ts", 9, 9_999, 0, marker);
  client.notify("textDocument/didChange", { textDocument: { uri: "file:///project/b.ts", version: 12 }, contentChanges: [{ text: 5, was: marker }] });
  client.body(`{"jsonrpc": "2.0", "method": "textDocument/didOpen", "params": "${marker}"`);
  await client.request("palimpsest/statistics");
  const said = client.received.filter(({ method }) => method === "window/logMessage" || method === "window/showMessage");
  assert.ok(said.length >= 2, "nothing was logged");
  assert.doesNotMatch(JSON.stringify(said) + client.errors, new RegExp(marker));
}));

// Owns typing on while a completion is written, over pipes and with the embedded model: the order of messages is an editor's,
// which takes its request back, tells of the edit, and asks anew.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Statistics } from "../../sidecar/protocol/data";
import { AnyClient, type Message } from "../support/anyClient";

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
const [line, character] = [7, 9];

interface Items {
  readonly items: readonly { readonly insertText: string }[];
}

async function withReadyClient(body: (client: AnyClient) => Promise<void>): Promise<void> {
  const client = new AnyClient();
  try {
    assert.equal((await client.begin()).state.kind, "ready", client.errors);
    await body(client);
  } finally {
    client.kill();
    await client.ended;
  }
}

function ask(client: AnyClient, at: number, id: number, context: object = { triggerKind: 2 }): Promise<Message> {
  return client.request("textDocument/inlineCompletion", { textDocument: { uri }, position: { line, character: at }, context }, id);
}

const textOf = (message: Message): string => (message.result as Items).items[0]?.insertText ?? "";

/** Asks, and while that is written takes it back, types `typed` key by key, and asks behind it: the answer, and what its request cost. */
async function typeOn(client: AnyClient, typed: string): Promise<{ readonly text: string; readonly tokens: number }> {
  client.notify("textDocument/didClose", { textDocument: { uri } });
  client.open(uri, program);
  const id = client.nextId();
  const first = ask(client, character, id);
  // Answered before a completion is begun: behind it, the completion is being written.
  await client.request("palimpsest/statistics");
  client.notify("$/cancelRequest", { id });
  [...typed].forEach((key, index) => client.insert(uri, 2 + index, line, character + index, key));
  const answer = await ask(client, character + typed.length, client.nextId());
  await first;
  const statistics = (await client.request("palimpsest/statistics")).result as Statistics;
  const record = statistics.recent.at(-1);
  assert.equal(record?.character, character + typed.length);
  return { text: textOf(answer), tokens: record.tokensEncoded + record.tokensDecoded };
}

test("what is typed while it is written goes on, and what is typed otherwise is answered anew", () => withReadyClient(async (client) => {
  client.open(uri, program);
  const says = textOf(await ask(client, character, client.nextId()));
  assert.ok(4 < says.length, says);
  // On a busy machine what is taken back may not have begun, and whoever asks next pays for it: one of a few goes on.
  let typedOn = await typeOn(client, says.slice(0, 2));
  for (let tries = 1; tries < 5 && typedOn.tokens > 0; tries += 1) typedOn = await typeOn(client, says.slice(0, 2));
  assert.deepEqual(typedOn, { text: says.slice(2), tokens: 0 });
  const elsewhere = await typeOn(client, "-1 * ");
  assert.ok(0 < elsewhere.tokens, "the engine was asked");
}));

test("asked by key there are up to three that part, and a chosen word is gone on from", () => withReadyClient(async (client) => {
  client.open(uri, program);
  const { items } = (await ask(client, character, client.nextId(), { triggerKind: 1 })).result as Items;
  const texts = items.map(({ insertText }) => insertText);
  assert.ok(1 < texts.length && texts.length <= 3, texts.join(" | "));
  assert.equal(texts.filter((text, index) => texts.some((other, at) => at !== index && other.startsWith(text))).length, 0, texts.join(" | "));
  client.insert(uri, 2, line, character, "ri");
  const range = { start: { line, character }, end: { line, character: character + 2 } };
  const chosen = await ask(client, character + 2, client.nextId(), { triggerKind: 2, selectedCompletionInfo: { range, text: "right" } });
  assert.match(textOf(chosen), /^right\W/);
  assert.deepEqual((chosen.result as { items: readonly { range: unknown }[] }).items[0]?.range, range);
}));

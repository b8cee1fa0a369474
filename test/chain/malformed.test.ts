// Owns the proof that nothing a client sends brings the sidecar down: 2,000 malformed or out-of-order messages.
import assert from "node:assert/strict";
import { test } from "node:test";
import { AnyClient } from "../support/anyClient";
import { malformedMessages, type Malformed, sentWith } from "../support/malformed";

const uri = "file:///after/all.ts";
const program = "export function twice(value: number): number {\n  return \n}\n";

/** Sends all, waits for the answers that are due; the ids that got none, or more than one, are the result. */
async function sendAll(client: AnyClient, messages: readonly Malformed[]): Promise<void> {
  const from = client.received.length;
  for (const [index, { raw, body }] of messages.entries()) {
    if (raw !== undefined) client.raw(raw);
    if (body !== undefined) client.body(body);
    // Every now and then the sidecar may catch up, so that more than the first message of a kind meets a document in each state.
    if (index % 100 === 99) await client.request("palimpsest/statistics", undefined, `catch-up ${from} ${index}`);
  }
  await client.request("palimpsest/statistics", undefined, `last ${from}`);
  const dueIds = messages.flatMap(({ id }) => (id === undefined ? [] : [id]));
  const answersTo = (id: string | number) => client.received.slice(from).filter((message) => message.id === id && message.method === undefined).length;
  // Completions may come after the last statistics: they are waited for one by one.
  for (const id of dueIds) if (answersTo(id) === 0) await client.next((message) => message.id === id && message.method === undefined);
  for (const id of dueIds) assert.equal(answersTo(id), 1, sentWith(messages, id));
}

test("2,000 malformed or out-of-order messages: no crash, every id answered once, memory flat", { timeout: 240_000 }, async () => {
  const client = new AnyClient();
  try {
    assert.equal((await client.begin()).state.kind, "ready", client.errors);
    // Until the buffers of the engine, the parser and the pipes have their size.
    await sendAll(client, malformedMessages(1, 500));
    const beforeBytes = client.residentBytes();
    await sendAll(client, malformedMessages(2, 2_000));
    const afterBytes = client.residentBytes();
    if (beforeBytes !== undefined && afterBytes !== undefined) {
      const grownMb = (afterBytes - beforeBytes) / 2 ** 20;
      assert.ok(grownMb < 64, `grown by ${grownMb.toFixed(1)} MB from ${(beforeBytes / 2 ** 20).toFixed(1)} MB`);
    }
    client.open(uri, program);
    const { outcome } = await client.complete(uri, 1, 9);
    assert.equal(outcome.kind, "shown");
    assert.equal(client.stray, "");
    assert.deepEqual(await client.end(), { code: 0, signal: null });
  } finally {
    client.kill();
    await client.ended;
  }
});

test("a request cancelled again and again is answered once", async () => {
  const client = new AnyClient();
  try {
    assert.equal((await client.begin()).state.kind, "ready", client.errors);
    client.open(uri, program);
    const ids = Array.from({ length: 300 }, (_, index) => `again ${index}`);
    const answers = [];
    for (const id of ids) {
      answers.push(client.requestCompletion(uri, 1, 9, id));
      client.notify("$/cancelRequest", { id });
      // The sidecar gets some of the cancels together with their request, and some while it works on it.
      if (answers.length % 2 === 0) await new Promise((resolve) => setImmediate(resolve));
      client.notify("$/cancelRequest", { id });
      client.notify("$/cancelRequest", { id });
    }
    await Promise.all(answers);
    assert.equal((await client.complete(uri, 1, 9)).outcome.kind, "shown");
    for (const id of ids) assert.equal(client.received.filter((message) => message.id === id).length, 1, id);
    assert.deepEqual(await client.end(), { code: 0, signal: null });
  } finally {
    client.kill();
    await client.ended;
  }
});

test("messages before initialize and after shutdown are answered with errors", async () => {
  const client = new AnyClient(["--library", "/nowhere"]);
  try {
    client.open(uri, program);
    assert.equal((await client.request("palimpsest/statistics")).error?.code, -32002);
    assert.equal((await client.request("shutdown")).error?.code, -32002);
    assert.equal((await client.request("initialize", [])).error?.code, -32602);
    assert.equal((await client.begin()).state.kind, "failed");
    assert.equal((await client.request("initialize", { capabilities: {} })).error?.code, -32600);
    assert.equal((await client.request("shutdown")).result, null);
    assert.equal((await client.request("palimpsest/statistics")).error?.code, -32600);
    client.notify("exit", undefined);
    assert.deepEqual(await client.ended, { code: 0, signal: null });
  } finally {
    client.kill();
  }
});

test("exit without shutdown ends with code 1", async () => {
  const client = new AnyClient();
  client.notify("exit", undefined);
  assert.deepEqual(await client.ended, { code: 1, signal: null });
});

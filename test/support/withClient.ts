// Owns the life of a client in a test: whatever the test finds, no sidecar is left behind.
import assert from "node:assert/strict";
import { AnyClient } from "./anyClient";

export async function withClient(args: readonly string[], body: (client: AnyClient) => Promise<void>): Promise<void> {
  const client = new AnyClient(args);
  try {
    await body(client);
    assert.equal(client.stray, "", "standard output carries LSP and nothing else");
  } finally {
    client.kill();
    await client.ended;
  }
}

export async function withReadyClient(args: readonly string[], body: (client: AnyClient) => Promise<void>): Promise<void> {
  await withClient(args, async (client) => {
    assert.equal((await client.begin()).state.kind, "ready", client.errors);
    await body(client);
  });
}

// Owns what a machine that is put to sleep does to a sidecar: it stops in the middle of whatever it does, and goes on much later.
// Nothing that was asked is lost, nothing is started anew, and what was written meanwhile counts.
import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { AnyClient } from "../support/anyClient";

const uri = "file:///sleepy.ts";
const head = "export function add(left: number, right: number): number {\n  return ";
/** Longer than any patience of the sidecar with itself. */
const asleepMs = 12_000;

const isPosix = process.platform !== "win32";

test("asleep in the middle of a request: it is answered afterwards, and so is the next one", { skip: isPosix ? false : "signals that stop a process are POSIX's" }, async () => {
  const client = new AnyClient();
  try {
    await client.begin();
    client.open(uri, head);
    const asked = client.requestCompletion(uri, 1, 9);
    await asleep(client);
    const { error } = await asked;
    assert.equal(error, undefined);
    client.insert(uri, 2, 1, 9, "left + ");
    const { response } = await client.complete(uri, 1, 16);
    assert.match(JSON.stringify(response.result), /right/);
    const told = client.received.filter(({ method }) => method === "palimpsest/modelStatus").map(({ params }) => (params as { state: { kind: string } }).state.kind);
    assert.equal(told.at(-1), "ready");
    assert.ok(!told.includes("failed"), told.join(" "));
  } finally {
    assert.deepEqual(await client.end(), { code: 0, signal: null });
  }
});

test("asleep while it is quiet: what was written meanwhile is read at once", { skip: isPosix ? false : "signals that stop a process are POSIX's" }, async () => {
  const client = new AnyClient();
  try {
    await client.begin();
    client.open(uri, head);
    await client.complete(uri, 1, 9);
    // Idle work has begun by then.
    await pause(300);
    process.kill(client.processId, "SIGSTOP");
    client.insert(uri, 2, 1, 9, "left + ");
    const asked = client.requestCompletion(uri, 1, 16);
    await pause(1_000);
    process.kill(client.processId, "SIGCONT");
    assert.match(JSON.stringify((await asked).result), /right/);
  } finally {
    assert.deepEqual(await client.end(), { code: 0, signal: null });
  }
});

async function asleep(client: AnyClient): Promise<void> {
  process.kill(client.processId, "SIGSTOP");
  await pause(asleepMs);
  process.kill(client.processId, "SIGCONT");
}

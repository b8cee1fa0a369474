// Owns the proof that no sidecar outlives its client: the bundle and the embedded model, and clients that leave in every way.
import assert from "node:assert/strict";
import { type ChildProcess, fork, spawn } from "node:child_process";
import { test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { limits } from "../../sidecar/base/limits";
import { type Message, sidecarPath } from "../support/anyClient";
import { withClient, withReadyClient } from "../support/withClient";

const uri = "file:///project/sum.ts";

test("the sidecar ends when its input is closed", () => withReadyClient([], async (client) => {
  client.closeInput();
  assert.equal((await client.ended).signal, null);
}));

test("the sidecar ends when its input is closed while the model loads", () => withClient([], async (client) => {
  await client.request("initialize", { processId: null, rootUri: null, capabilities: {} });
  client.closeInput();
  const { code, signal } = await client.ended;
  // A native call that takes too long is not waited for.
  assert.ok(code === 1 || signal === "SIGKILL", `${code} ${signal}`);
}));

test("the sidecar ends when the client's process is gone, though its pipes stay open", () => withClient([], async (client) => {
  const sleeper = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { stdio: "ignore" });
  await client.request("initialize", { processId: sleeper.pid, rootUri: null, capabilities: {} });
  sleeper.kill("SIGKILL");
  assert.equal((await client.ended).signal, null);
}));

test("the sidecar ends when the client is killed in the middle of its edits and requests", () => withReadyClient([], async (client) => {
  client.open(uri, "const a = 1;\n".repeat(100));
  for (let version = 2; version < 100; version += 1) {
    client.insert(uri, version, version, 0, "a.b;");
    // Nobody is there to hear how it ends.
    client.requestCompletion(uri, version, 0).catch(() => undefined);
    await pause(5);
  }
  client.vanish();
  const late = pause(limits.clientCheckMs + limits.closeMsMax + 3_000, undefined, { ref: false }).then(() => "it runs on");
  assert.notEqual(await Promise.race([client.ended, late]), "it runs on");
}));

test("over Node's IPC, as vscode-languageclient starts it; it ends when the channel closes", async () => {
  const child: ChildProcess = fork(sidecarPath, ["--node-ipc", `--clientProcessId=${process.pid}`], { silent: true });
  const ended = new Promise<number | string | null>((resolve) => child.on("exit", (code, signal) => resolve(code ?? signal)));
  const answer = new Promise<Message>((resolve) => child.on("message", (message: Message) => message.id === 1 && resolve(message)));
  child.send({ jsonrpc: "2.0", id: 1, method: "initialize", params: { processId: process.pid, rootUri: null, capabilities: {} } });
  assert.equal((await answer).error, undefined);
  child.disconnect();
  // The model loads, and a native call that takes too long is not waited for.
  assert.ok([1, "SIGKILL"].includes((await ended) ?? ""), String(await ended));
});

// Owns choosing a model in a real VS Code: one on disk, none of the kind, one too large for the machine, one downloaded from a
// server that breaks off, the embedded one again. Whatever can't be loaded leaves the one that serves in place.
// The other models have random weights. Pictures of each step go to out/screenshots/models.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync, readdirSync, truncateSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { writeRandomModel } from "../support/randomModel";
import { setForMachine } from "./codeServer";
import { condition } from "./condition";
import { editorSuite, type Prepared, ready, type Session, type SessionParts } from "./session";
import type { Workbench } from "./workbench";

const waitMsMax = 60_000;
const chooseModel = "Palimpsest: Choose Model";
const onDisk = "A model on disk";
const embedded = "Palimpsest Nano";
const file = "invoice.ts";
/** A model of the list, and the file that its address ends in. */
const listed = "Qwen2.5-Coder 0.5B";
const listedFile = "qwen2.5-coder-0.5b-q8_0.gguf";
const hugeBytes = 2 ** 40;
/** Each body breaks off behind so many bytes, as often as this. */
const breaks = { afterBytes: 300_000, times: 2 };

/** Where each request for bytes began. */
const asked: number[] = [];

const parts: SessionParts = {
  pictures: "models",
  file: `src/${file}`,
  settings: { "editor.quickSuggestions": "off" },
  machineSettings: {},
  environment: { NO_PROXY: "127.0.0.1,localhost", no_proxy: "127.0.0.1,localhost" },
  prepare: makeModels,
};

editorSuite("models in the editor", parts, (step) => {
  step("a model on disk takes over, and completes in the document that is open", async ({ workbench, folder }) => {
    await workbench.choose(chooseModel, onDisk);
    await workbench.nameFile(join(folder, "second.gguf"));
    await awaitModel(workbench, "Second");
    await workbench.screenshot("another-model");
    await workbench.focusText();
    await workbench.press("Control+End");
    await workbench.press("Enter");
    await workbench.type("const rate = 1;");
    await condition("the other model has answered", waitMsMax, async () => !/No completion was asked|loading/.test(await workbench.spokenStatus()));
    await workbench.awaitStatus(ready);
  });

  step("a file that is no model is refused, and the model stays", async ({ workbench, folder }) => {
    await workbench.choose(chooseModel, onDisk);
    await workbench.nameFile(join(folder, "broken.gguf"));
    await workbench.awaitNotification("the one that serves stays");
    await workbench.screenshot("no-model");
    assert.match(await workbench.spokenStatus(), /Second/);
    await workbench.clearNotifications();
  });

  step("out of memory: a model too large for the machine is refused with what to do, and the model stays", async ({ workbench, folder }) => {
    await workbench.choose(chooseModel, onDisk);
    await workbench.nameFile(join(folder, "huge.gguf"));
    await workbench.awaitNotification("Choose a smaller model");
    await workbench.screenshot("out-of-memory");
    assert.match(await workbench.spokenStatus(), /Second/);
    await workbench.clearNotifications();
  });

  step("the embedded model serves again", async ({ workbench }) => {
    await workbench.choose(chooseModel, "The embedded model");
    await awaitModel(workbench, embedded);
    await completes(workbench);
  });

  step("out of memory: a limit below what the model takes, and a card that isn't there, leave it in place", async ({ workbench, server }) => {
    // Machine settings: no window can set them otherwise.
    setForMachine(server, { "palimpsest.memoryLimit": 20 });
    await workbench.awaitNotification("may be used. Choose a smaller model");
    await workbench.screenshot("memory-limit");
    await workbench.clearNotifications();
    setForMachine(server, { "palimpsest.gpu": "vulkan" });
    await workbench.awaitNotification("stays in use");
    await workbench.screenshot("no-card");
    assert.match(await workbench.spokenStatus(), new RegExp(embedded));
    await workbench.clearNotifications();
    setForMachine(server, {});
    await completes(workbench);
  });

  step("a download asks first, goes on where it broke off, is checked, and the model takes over", async ({ workbench, folder, server }) => {
    await workbench.choose(chooseModel, listed);
    const dialog = workbench.page.locator(".monaco-dialog-box");
    await dialog.getByText(`Download ${listed}`).waitFor();
    assert.deepEqual(asked, [], "something was downloaded before the user agreed");
    await workbench.screenshot("asks-first");
    await dialog.getByRole("button", { name: "Download", exact: true }).click();
    await awaitModel(workbench, "Downloaded");
    await workbench.screenshot("downloaded");
    assert.ok(asked.some((firstByte) => 0 < firstByte && breaks.afterBytes <= firstByte + 65_536), `nothing was gone on with: ${asked.join(", ")}`);
    const globalStorage = join(server.folder, "user/User/globalStorage/palimpsest.palimpsest/models");
    assert.deepEqual(readdirSync(globalStorage), [listedFile]);
    assert.deepEqual(readFileSync(join(globalStorage, listedFile)), readFileSync(join(folder, "served.gguf")));
    await workbench.choose(chooseModel, "The embedded model");
    await awaitModel(workbench, embedded);
    await completes(workbench);
  });
});

async function awaitModel(workbench: Workbench, name: string): Promise<void> {
  await condition(`${name} serves`, waitMsMax, async () => new RegExp(`ready.*${name}`, "s").test(await workbench.spokenStatus())).catch(async (error: unknown) => {
    throw new Error(`${String(error)}; the status says ${await workbench.spokenStatus()}`);
  });
}

/** Writes one more function at the end, with the help of the model. */
async function completes(workbench: Workbench): Promise<void> {
  await workbench.focusText();
  await workbench.press("Control+End");
  for (const line of ["// How many things are on the invoice.", "export function countOf(invoice: Invoice): number {", "let total = 0;"]) {
    await workbench.press("Enter");
    await workbench.type(line);
  }
  await workbench.press("Enter");
  await workbench.type("for ");
  await workbench.acceptGhostText(file);
  await workbench.awaitNoGhostText(file);
}

/** The files that are named, and the server of the one that is downloaded. */
async function makeModels({ folder }: Pick<Session, "folder">): Promise<Prepared> {
  writeRandomModel(join(folder, "second.gguf"), { metadata: { "general.name": "Second" } });
  writeRandomModel(join(folder, "served.gguf"), { metadata: { "general.name": "Downloaded" } });
  writeFileSync(join(folder, "broken.gguf"), "GGUF, but nothing else");
  writeRandomModel(join(folder, "huge.gguf"), { metadata: { "general.name": "Huge" } });
  // A file with a hole: it is as long as it says and takes no room.
  truncateSync(join(folder, "huge.gguf"), hugeBytes);
  const models = await serveModel(readFileSync(join(folder, "served.gguf")));
  return {
    machine: { downloadUrl: `http://127.0.0.1:${(models.address() as AddressInfo).port}/${listedFile}` },
    end: () => {
      models.closeAllConnections();
      models.close();
    },
  };
}

/** A server that takes ranges, says the checksum, and breaks off. */
async function serveModel(content: Buffer): Promise<Server> {
  const etag = `"${createHash("sha256").update(content).digest("hex")}"`;
  let breaksLeft = breaks.times;
  const answer = ({ method, headers }: IncomingMessage, response: ServerResponse): void => {
    const [, first = "0", last = ""] = /^bytes=(\d+)-(\d*)$/.exec(headers.range ?? "") ?? [];
    const part = content.subarray(Number(first), last === "" ? content.length : Number(last) + 1);
    const range = `bytes ${first}-${Number(first) + part.length - 1}/${content.length}`;
    const partial = headers.range === undefined ? {} : { "content-range": range };
    response.writeHead(headers.range === undefined ? 200 : 206, { "accept-ranges": "bytes", "content-length": part.length, etag, ...partial });
    if (method === "HEAD") return void response.end();
    asked.push(Number(first));
    if (breaksLeft === 0 || Number(first) + part.length <= breaks.afterBytes) return void response.end(part);
    breaksLeft -= 1;
    response.write(part.subarray(0, Math.max(0, breaks.afterBytes - Number(first))), () => response.destroy());
  };
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return server;
}

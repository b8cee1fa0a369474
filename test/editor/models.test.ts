// Owns choosing a model in a real VS Code: one on disk, none of the kind, one too large for the machine, one downloaded from a
// server that breaks off, the embedded one again. Whatever can't be loaded leaves the one that serves in place.
// The other models have random weights. Pictures of each step go to out/screenshots/models.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import type { Browser } from "playwright-core";
import { writeRandomModel } from "../support/randomModel";
import { launchBrowser } from "./browser";
import { type CodeServer, startCodeServer } from "./codeServer";
import { condition } from "./condition";
import { ensureEditor, withEditor } from "./requirements";
import { makeTappedExtension } from "./tappedExtension";
import { Workbench } from "./workbench";

const waitMsMax = 60_000;
const readyMsMax = 120_000;
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

interface Rig {
  readonly folder: string;
  readonly server: CodeServer;
  readonly browser: Browser;
  readonly workbench: Workbench;
  readonly models: Server;
  /** Where each request for bytes began. */
  readonly asked: number[];
}
let current: Rig | undefined;

withEditor("models in the editor", suite);

function suite(): void {
  before(async () => {
    ensureEditor();
    current = await startRig();
  });
  after(async () => {
    if (current === undefined) return;
    await current.browser.close();
    await current.server.stop();
    current.models.closeAllConnections();
    current.models.close();
    rmSync(current.folder, { recursive: true, force: true });
  });

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
    await workbench.awaitStatus(/^Palimpsest$/);
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

  step("a download asks first, goes on where it broke off, is checked, and the model takes over", async ({ workbench, folder, asked, server }) => {
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
}

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

/** In a window of a remote machine, as here, settings of the machine stand beside the user's. */
function setForMachine(server: CodeServer, settings: Readonly<Record<string, unknown>>): void {
  const path = join(server.folder, "user/Machine/settings.json");
  writeFileSync(path, JSON.stringify(settings));
}

async function startRig(): Promise<Rig> {
  const folder = mkdtempSync(join(tmpdir(), "palimpsest-models-"));
  const workspace = join(folder, "shop");
  cpSync(join(process.cwd(), "test/editor/sample"), workspace, { recursive: true });
  writeRandomModel(join(folder, "second.gguf"), { metadata: { "general.name": "Second" } });
  writeRandomModel(join(folder, "served.gguf"), { metadata: { "general.name": "Downloaded" } });
  writeFileSync(join(folder, "broken.gguf"), "GGUF, but nothing else");
  writeRandomModel(join(folder, "huge.gguf"), { metadata: { "general.name": "Huge" } });
  // A file with a hole: it is as long as it says and takes no room.
  truncateSync(join(folder, "huge.gguf"), hugeBytes);
  const asked: number[] = [];
  const models = await serveModel(readFileSync(join(folder, "served.gguf")), asked);
  const downloadUrl = `http://127.0.0.1:${(models.address() as AddressInfo).port}/${listedFile}`;
  const extension = join(folder, "extension");
  makeTappedExtension(extension, join(folder, "tap"), { downloadUrl });
  const noProxy = { NO_PROXY: "127.0.0.1,localhost", no_proxy: "127.0.0.1,localhost" };
  const server = await startCodeServer({ extensions: { palimpsest: extension }, environment: noProxy, settings: { "editor.quickSuggestions": "off" } });
  mkdirSync(join(server.folder, "user/Machine"), { recursive: true });
  setForMachine(server, {});
  const browser = await launchBrowser();
  const workbench = await Workbench.open(browser, server, workspace, `src/${file}`, "models");
  await workbench.awaitStatus(/^Palimpsest$/, readyMsMax);
  return { folder, server, browser, workbench, models, asked };
}

/** A server that takes ranges, says the checksum, and breaks off. */
async function serveModel(content: Buffer, asked: number[]): Promise<Server> {
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

/** A test on the one rig that all share; a picture of what went wrong is kept. */
function step(name: string, body: (rig: Rig) => Promise<void>): void {
  test(name, async () => {
    if (current === undefined) throw new Error("VS Code was not started");
    try {
      await body(current);
    } catch (error) {
      await current.workbench.screenshot("FAILED");
      throw error;
    }
  });
}

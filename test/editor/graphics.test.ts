// Owns fetching an engine for a graphics card in a real VS Code: asked first, cancelled, refused by the registry, broken off,
// fetched and computed with, damaged and fallen back from, fetched again. npm is a stand-in that does as a file beside it
// says; the engine is the processor's under the name of another package. Pictures go to out/screenshots/graphics.
import assert from "node:assert/strict";
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import type { Browser, Locator } from "playwright-core";
import { enginePackages } from "../../extension/src/models/engine/enginePackage";
import { engineFolderName } from "../../sidecar/protocol/engineFolder";
import { launchBrowser } from "./browser";
import { type CodeServer, startCodeServer } from "./codeServer";
import { condition } from "./condition";
import { processesNaming, processesOfGroup } from "./processes";
import { ensureEditor, withEditor } from "./requirements";
import { makeTappedExtension } from "./tappedExtension";
import { latestOutcomes } from "./wire";
import { Workbench } from "./workbench";

const waitMsMax = 60_000;
const readyMsMax = 120_000;
const chooseModel = "Palimpsest: Choose Model";
const card = "Compute on the graphics card (Vulkan)";
const file = "invoice.ts";
const [{ name: packageName = "", integrity = "" } = {}] = enginePackages("vulkan", "linux");

interface Rig {
  readonly folder: string;
  readonly tap: string;
  readonly server: CodeServer;
  readonly browser: Browser;
  readonly workbench: Workbench;
  /** Where engines are fetched to. */
  readonly engines: string;
}
let current: Rig | undefined;

if (process.arch === "x64") withEditor("a graphics card in the editor", suite);
else test("a graphics card in the editor", { skip: "there are engines for graphics cards on x64 alone" }, () => undefined);

function suite(): void {
  before(async () => {
    ensureEditor();
    current = await startRig();
  });
  after(async () => {
    if (current === undefined) return;
    await current.browser.close();
    await current.server.stop();
    rmSync(current.folder, { recursive: true, force: true });
  });

  step("the card is offered with what has to be fetched, and nothing is fetched before the user agrees", async (rig) => {
    const { workbench } = rig;
    await workbench.runCommand(chooseModel);
    const row = workbench.page.locator(".quick-input-list .monaco-list-row", { hasText: card });
    await workbench.page.locator(".quick-input-widget:visible input").first().pressSequentially("graphics card");
    await row.waitFor();
    assert.match(await row.innerText(), /fetched with npm first: 74 MB on disk/);
    await workbench.screenshot("offered");
    await workbench.press("Enter");
    await dialog(workbench).getByText("Fetch the engine for Vulkan with npm").waitFor();
    await workbench.screenshot("asks-first");
    await dialog(workbench).getByRole("button", { name: "Cancel" }).click();
    await dialog(workbench).waitFor({ state: "detached" });
    assert.equal(existsSync(join(rig.folder, "called")), false);
    assert.equal(existsSync(rig.engines), false);
  });

  step("a registry that lacks it, and a download that breaks off, are told of, and nothing changes", async (rig) => {
    for (const [mode, words] of [["E404", "doesn't have"], ["ECONNRESET", "broke off (ECONNRESET)"]] as const) {
      await fetchWith(rig, mode);
      await rig.workbench.awaitNotification(words);
      await rig.workbench.screenshot(mode);
      assert.deepEqual(readdirSync(rig.engines), []);
      await rig.workbench.clearNotifications();
    }
    await rig.workbench.awaitStatus(/^Palimpsest$/);
  });

  step("it is cancelled while npm is at work, and npm ends", async (rig) => {
    await fetchWith(rig, "hangs");
    const toast = rig.workbench.page.locator(".notification-toast", { hasText: "Fetching the engine for Vulkan" });
    await condition("npm is at work", waitMsMax, () => npms(rig).length > 0);
    await rig.workbench.screenshot("fetching");
    await toast.getByRole("button", { name: "Cancel" }).click();
    await condition("npm has ended", waitMsMax, () => npms(rig).length === 0 && readdirSync(rig.engines).length === 0);
  });

  step("it is fetched and tried, and the sidecar computes with it", async (rig) => {
    await fetchWith(rig, "works");
    const before = sidecarOf(rig);
    await condition("the sidecar has loaded it", readyMsMax, () => loadedFrom(rig, rig.engines));
    assert.deepEqual(readdirSync(rig.engines), [engineFolderName("vulkan")]);
    // At once, perhaps before it has taken over: what was typed too early is asked for again.
    await completes(rig.workbench);
    assert.equal(sidecarOf(rig), before, "the sidecar lives on while one engine takes over from another");
    await rig.workbench.screenshot("computes");
  });

  step("damaged, it is fallen back from with the reason, and can be fetched again", async (rig) => {
    const { workbench, engines } = rig;
    const bins = join(engines, engineFolderName("vulkan"), "node_modules", packageName, "bins/linux-x64-vulkan");
    for (const name of readdirSync(bins).filter((name) => name.startsWith("libllama."))) rmSync(join(bins, name));
    await workbench.runCommand("Palimpsest: Restart Sidecar");
    await workbench.awaitNotification("The processor computes instead");
    await workbench.screenshot("falls-back");
    await workbench.awaitStatus(/^Palimpsest$/, readyMsMax);
    assert.ok(!loadedFrom(rig, engines));
    await completes(workbench);
    await workbench.clearNotifications();
    await workbench.choose(chooseModel, card);
    await workbench.awaitNotification("the graphics card can't be used");
    await workbench.page.locator(".notification-toast").getByRole("button", { name: "Fetch Its Engine Again" }).click();
    await agree(workbench);
    await condition("the sidecar has loaded it again", readyMsMax, () => loadedFrom(rig, engines));
    await workbench.choose(chooseModel, "Compute on the processor");
    // What a process has loaded of a library stays in it.
    await workbench.runCommand("Palimpsest: Restart Sidecar");
    await condition("the processor computes", readyMsMax, () => sidecarOf(rig) !== undefined && !loadedFrom(rig, engines));
    await workbench.awaitStatus(/^Palimpsest$/, readyMsMax);
    await completes(workbench);
  });
}

/** Chooses the card and agrees; npm then does what `mode` says. */
async function fetchWith({ folder, workbench }: Rig, mode: string): Promise<void> {
  writeFileSync(join(folder, "mode"), mode);
  await workbench.choose(chooseModel, card);
  await agree(workbench);
}

async function agree(workbench: Workbench): Promise<void> {
  await dialog(workbench).getByRole("button", { name: "Fetch", exact: true }).click();
}

function dialog(workbench: Workbench): Locator {
  return workbench.page.locator(".monaco-dialog-box");
}

/** The stand-in at work: it heads a group of its own, so that what it starts ends with it. */
function npms({ folder }: Rig): readonly number[] {
  return processesNaming(join(folder, "programs/npm")).map(({ pid }) => pid);
}

/** Whether the window's sidecar has libraries of that folder in its memory. */
function loadedFrom(rig: Rig, folder: string): boolean {
  const pid = sidecarOf(rig);
  return pid !== undefined && readFileSync(`/proc/${pid}/maps`, "utf8").includes(`${folder}/`);
}

function sidecarOf({ server }: Rig): number | undefined {
  return processesOfGroup(server.group).find(({ commandLine }) => commandLine.includes("sidecar.js --stdio"))?.pid;
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

/** A program that is called as npm is, and notes that it was. */
function makeNpm(folder: string): void {
  const source = `#!${process.execPath}
const { cpSync, readFileSync, writeFileSync } = require("node:fs");
writeFileSync(${JSON.stringify(join(folder, "called"))}, process.argv.join(" "));
const mode = readFileSync(${JSON.stringify(join(folder, "mode"))}, "utf8");
if (mode === "hangs") setInterval(() => undefined, 1000);
else if (mode !== "works") {
  console.error("npm error code " + mode);
  process.exitCode = 1;
} else {
  const home = "node_modules/${packageName}";
  cpSync(${JSON.stringify(join(process.cwd(), "node_modules/@node-llama-cpp/linux-x64/bins/linux-x64"))}, home + "/bins/linux-x64-vulkan", { recursive: true });
  writeFileSync("package-lock.json", JSON.stringify({ packages: { [home]: { version: "3.22.1", integrity: ${JSON.stringify(integrity)} } } }));
}
`;
  mkdirSync(join(folder, "programs"));
  writeFileSync(join(folder, "programs/npm"), source);
  chmodSync(join(folder, "programs/npm"), 0o755);
}

async function startRig(): Promise<Rig> {
  const folder = mkdtempSync(join(tmpdir(), "palimpsest-graphics-"));
  const workspace = join(folder, "shop");
  cpSync(join(process.cwd(), "test/editor/sample"), workspace, { recursive: true });
  makeNpm(folder);
  const graphicsCard = join(folder, "card");
  for (const place of ["usr/lib64", "dev/dri"]) mkdirSync(join(graphicsCard, place), { recursive: true });
  for (const name of ["usr/lib64/libvulkan.so.1", "dev/dri/renderD128"]) writeFileSync(join(graphicsCard, name), "");
  const extension = join(folder, "extension");
  const tap = join(folder, "tap");
  makeTappedExtension(extension, tap, { graphicsCard, programs: join(folder, "programs") });
  const server = await startCodeServer({ extensions: { palimpsest: extension }, settings: { "editor.quickSuggestions": "off" } });
  const browser = await launchBrowser();
  const workbench = await Workbench.open(browser, server, workspace, `src/${file}`, "graphics");
  await workbench.awaitStatus(/^Palimpsest$/, readyMsMax);
  return { folder, tap, server, browser, workbench, engines: join(server.folder, "user/User/globalStorage/palimpsest.palimpsest/engines") };
}

/** A test on the one rig that all share; a picture of what went wrong is kept. */
function step(name: string, body: (rig: Rig) => Promise<void>): void {
  test(name, async () => {
    if (current === undefined) throw new Error("VS Code was not started");
    try {
      await body(current);
    } catch (error) {
      await current.workbench.screenshot("FAILED");
      const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
      throw new Error(`${stack}\nThe sidecar's latest outcomes:\n${latestOutcomes(current.tap, 5)}`);
    }
  });
}

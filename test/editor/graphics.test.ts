// Owns fetching an engine for a graphics card in a real VS Code: asked first, cancelled, refused by the registry, broken off,
// fetched and computed with, damaged and fallen back from, fetched again. npm is a stand-in that does as a file beside it
// says; the engine is the processor's under the name of another package. Pictures go to out/screenshots/graphics.
import assert from "node:assert/strict";
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import type { Locator } from "playwright-core";
import { enginePackages } from "../../extension/src/models/engine/enginePackage";
import { engineFolderName } from "../../sidecar/protocol/engineFolder";
import { condition } from "./condition";
import { processesNaming, processesOfGroup } from "./processes";
import { editorSuite, ready, readyMsMax, type Session, type SessionParts, type Step } from "./session";
import type { Workbench } from "./workbench";

const waitMsMax = 60_000;
const chooseModel = "Palimpsest: Choose Model";
const card = "Compute on the graphics card (Vulkan)";
const file = "invoice.ts";
const [{ name: packageName = "", integrity = "" } = {}] = enginePackages("vulkan", "linux");

const parts: SessionParts = {
  pictures: "graphics",
  file: `src/${file}`,
  settings: { "editor.quickSuggestions": "off" },
  prepare: ({ folder }) => {
    makeNpm(folder);
    const graphicsCard = join(folder, "card");
    for (const place of ["usr/lib64", "dev/dri"]) mkdirSync(join(graphicsCard, place), { recursive: true });
    for (const name of ["usr/lib64/libvulkan.so.1", "dev/dri/renderD128"]) writeFileSync(join(graphicsCard, name), "");
    return { machine: { graphicsCard, programs: join(folder, "programs") } };
  },
};

if (process.arch === "x64") editorSuite("a graphics card in the editor", parts, suite);
else test("a graphics card in the editor", { skip: "there are engines for graphics cards on x64 alone" }, () => undefined);

function suite(step: Step): void {
  step("the card is offered with what has to be fetched, and nothing is fetched before the user agrees", async (session) => {
    const { workbench } = session;
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
    assert.equal(existsSync(join(session.folder, "called")), false);
    assert.equal(existsSync(enginesOf(session)), false);
  });

  step("a registry that lacks it, and a download that breaks off, are told of, and nothing changes", async (session) => {
    for (const [mode, words] of [["E404", "doesn't have"], ["ECONNRESET", "broke off (ECONNRESET)"]] as const) {
      await fetchWith(session, mode);
      await session.workbench.awaitNotification(words);
      await session.workbench.screenshot(mode);
      assert.deepEqual(readdirSync(enginesOf(session)), []);
      await session.workbench.clearNotifications();
    }
    await session.workbench.awaitStatus(ready);
  });

  step("it is cancelled while npm is at work, and npm ends", async (session) => {
    await fetchWith(session, "hangs");
    const toast = session.workbench.page.locator(".notification-toast", { hasText: "Fetching the engine for Vulkan" });
    await condition("npm is at work", waitMsMax, () => npms(session).length > 0);
    await session.workbench.screenshot("fetching");
    await toast.getByRole("button", { name: "Cancel" }).click();
    await condition("npm has ended", waitMsMax, () => npms(session).length === 0 && readdirSync(enginesOf(session)).length === 0);
  });

  step("it is fetched and tried, and the sidecar computes with it", async (session) => {
    await fetchWith(session, "works");
    const before = sidecarOf(session);
    await condition("the sidecar has loaded it", readyMsMax, () => loadedFrom(session, enginesOf(session)));
    assert.deepEqual(readdirSync(enginesOf(session)), [engineFolderName("vulkan")]);
    // At once, perhaps before it has taken over: what was typed too early is asked for again.
    await completes(session.workbench);
    assert.equal(sidecarOf(session), before, "the sidecar lives on while one engine takes over from another");
    await session.workbench.screenshot("computes");
  });

  step("damaged, it is fallen back from with the reason, and can be fetched again", async (session) => {
    const { workbench } = session;
    const engines = enginesOf(session);
    const bins = join(engines, engineFolderName("vulkan"), "node_modules", packageName, "bins/linux-x64-vulkan");
    for (const name of readdirSync(bins).filter((name) => name.startsWith("libllama."))) rmSync(join(bins, name));
    await workbench.runCommand("Palimpsest: Restart Sidecar");
    await workbench.awaitNotification("The processor computes instead");
    await workbench.screenshot("falls-back");
    await workbench.awaitStatus(ready, readyMsMax);
    assert.ok(!loadedFrom(session, engines));
    await completes(workbench);
    await workbench.clearNotifications();
    await workbench.choose(chooseModel, card);
    await workbench.awaitNotification("the graphics card can't be used");
    await workbench.page.locator(".notification-toast").getByRole("button", { name: "Fetch Its Engine Again" }).click();
    await agree(workbench);
    await condition("the sidecar has loaded it again", readyMsMax, () => loadedFrom(session, engines));
    await workbench.choose(chooseModel, "Compute on the processor");
    // What a process has loaded of a library stays in it.
    await workbench.runCommand("Palimpsest: Restart Sidecar");
    await condition("the processor computes", readyMsMax, () => sidecarOf(session) !== undefined && !loadedFrom(session, engines));
    await workbench.awaitStatus(ready, readyMsMax);
    await completes(workbench);
  });
}

/** Chooses the card and agrees; npm then does what `mode` says. */
async function fetchWith({ folder, workbench }: Session, mode: string): Promise<void> {
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

/** Where engines are fetched to. */
function enginesOf({ server }: Session): string {
  return join(server.folder, "user/User/globalStorage/palimpsest.palimpsest/engines");
}

/** The stand-in at work: it heads a group of its own, so that what it starts ends with it. */
function npms({ folder }: Session): readonly number[] {
  return processesNaming(join(folder, "programs/npm")).map(({ pid }) => pid);
}

/** Whether the window's sidecar has libraries of that folder in its memory. */
function loadedFrom(session: Session, folder: string): boolean {
  const pid = sidecarOf(session);
  return pid !== undefined && readFileSync(`/proc/${pid}/maps`, "utf8").includes(`${folder}/`);
}

function sidecarOf({ server }: Session): number | undefined {
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

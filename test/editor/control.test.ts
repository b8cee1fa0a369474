// Owns what a user controls and what befalls them, in a real VS Code that asks which folders are trusted: restricted mode,
// another source of ghost text, each command of the palette, a crash of the engine, the battery, a file that is too large,
// themes, a model that is unloaded when nobody works. Pictures of each step go to out/screenshots/control.
import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Statistics } from "../../sidecar/protocol/data";
import { type CodeServer, setForMachine } from "./codeServer";
import { condition } from "./condition";
import { longFile } from "./longFile";
import { processesOfGroup } from "./processes";
import { editorSuite, ready, readyMsMax, type SessionParts } from "./session";
import type { Workbench } from "./workbench";

const waitMsMax = 60_000;
/** The first read of a long file, where other programs share the processors. */
const firstReadMsMax = 240_000;
/** The power source is looked at every half minute. */
const powerMsMax = 45_000;
const unloadMsMax = 75_000;
/** The editor's own command, which has a key. */
const askByKey = "Trigger Inline Suggestion";
const file = "invoice.ts";
const longName = "catalogue.ts";
/** One more part of it, up to where its next line is clear. */
const longLines = ["/** The price of sack1 with 1 percent off, in cents. */", "export function sack1Price(count: number, priceCents: number): number {", "if (count < 0) {"];
const hugeName = "huge.ts";
const hugeUtf16 = 20_500_000;
const themes = ["Light Modern", "Dark Modern", "Dark High Contrast", "Light High Contrast"];
const noLists = { "editor.quickSuggestions": "off", "editor.suggestOnTriggerCharacters": false };
/** In megabytes: the editor of a remote machine asks before it opens a larger file. */
const askNothing = { "workbench.editorLargeFileConfirmation": 100 };
/** What a folder may not decide, and what it may not decide before it is trusted. */
const foldersWishes = { "palimpsest.modelPath": "/nowhere/else.gguf", "palimpsest.policy": "prefix" };

const parts: SessionParts = {
  pictures: "control",
  file: `src/${file}`,
  settings: { ...noLists, ...askNothing },
  machineSettings: { "palimpsest.onBattery": "asUsual" },
  workspaceTrust: true,
  prepare: ({ folder, workspace }) => {
    writeFileSync(join(workspace, "src", longName), longFile(8_000));
    writeFileSync(join(workspace, "src", hugeName), "export const value = 1234567;\n".repeat(hugeUtf16 / 30));
    mkdirSync(join(workspace, ".vscode"));
    writeFileSync(join(workspace, ".vscode/settings.json"), JSON.stringify(foldersWishes));
    supply(suppliesIn(folder), "mains");
    const tabby = join(folder, "tabby");
    makeOtherProvider(tabby);
    return { machine: { powerSupplies: suppliesIn(folder) }, extensions: { tabby } };
  },
};
/** Another window of the same user, in which nobody works. */
let other: { readonly window: Workbench; readonly sidecar: number | undefined } | undefined;

editorSuite("control in the editor", parts, (step) => {
  step("a second source of ghost text is told of, and in the next window not again", async ({ workbench, server, workspace }) => {
    await workbench.awaitNotification("Tabby offers ghost text too");
    await workbench.screenshot("second-provider");
    await workbench.clearNotifications();
    const before = sidecars(server);
    const window = await workbench.openAnother(server, workspace, "src/stock.ts");
    await window.awaitStatus(ready, readyMsMax);
    assert.equal(await window.page.locator(".notification-toast", { hasText: "Tabby" }).count(), 0);
    other = { window, sidecar: sidecars(server).find((pid) => !before.includes(pid)) };
    await workbench.page.bringToFront();
  });

  step("in a folder that isn't trusted completions come, and its wishes are not heard; trusted, they are", async ({ workbench }) => {
    assert.match(await workbench.page.locator(".part.statusbar").innerText(), /Restricted Mode/);
    await completes(workbench);
    await workbench.screenshot("restricted");
    const before = await copiedStatistics(workbench);
    assert.equal(before.policy, "patch");
    await workbench.runCommand("Workspaces: Manage Workspace Trust");
    await workbench.page.locator(".workspace-trust-editor .monaco-button", { hasText: /^Trust$/ }).first().click();
    await workbench.screenshot("trusted");
    await workbench.openFile(file);
    await condition("the folder's policy", waitMsMax, async () => (await copiedStatistics(workbench)).policy === "prefix");
    // Not even a folder that is trusted says which model is loaded.
    assert.equal((await copiedStatistics(workbench)).model.path, before.model.path);
  });

  step("Drop Cache, Show Log and Restart Sidecar do what they say", async ({ workbench, server }) => {
    await workbench.focusText();
    await completes(workbench);
    await workbench.runCommand("Palimpsest: Drop Cache");
    await workbench.awaitNotification("cells were dropped");
    assert.deepEqual((await copiedStatistics(workbench)).documents.filter(({ cells }) => cells > 0), []);
    await workbench.runCommand("Palimpsest: Show Log");
    await workbench.page.locator(".part.panel", { hasText: "Sidecar: running, process" }).waitFor();
    await workbench.screenshot("log");
    await workbench.runCommand("View: Toggle Panel Visibility");
    const before = sidecarOf(server);
    await workbench.runCommand("Palimpsest: Restart Sidecar");
    await condition("another sidecar", waitMsMax, () => ownSidecars(server).some((pid) => pid !== before));
    await workbench.awaitStatus(ready, readyMsMax);
    await workbench.clearNotifications();
  });

  step("the engine crashes: the status says so, and completions come again", async ({ workbench, server }) => {
    await workbench.focusText();
    const before = sidecarOf(server);
    // As ggml ends the process where an assertion of its own fails.
    process.kill(before, "SIGABRT");
    await workbench.awaitStatus(/starting again|loading|^Palimpsest$/);
    await condition("another sidecar", waitMsMax, () => ownSidecars(server).some((pid) => pid !== before));
    await workbench.awaitStatus(ready, readyMsMax);
    await completes(workbench);
  });

  step("on battery nothing is completed, or by key only, as the user wishes; plugged in, it is again", async ({ workbench, server, folder }) => {
    // Nobody looks at the power source while no setting goes by it.
    supply(suppliesIn(folder), "battery");
    setForMachine(server, { "palimpsest.onBattery": "pause" });
    await workbench.awaitStatus(/paused/, powerMsMax);
    assert.match(await workbench.statusHover(), /runs on its battery: nothing is completed/);
    await workbench.screenshot("on-battery");
    setForMachine(server, { "palimpsest.onBattery": "byKey" });
    await condition("by key only", waitMsMax, async () => /suggestions come by key only/.test(await workbench.spokenStatus()));
    await beginLoop(workbench);
    await workbench.runCommand(askByKey);
    await workbench.acceptGhostText(file);
    supply(suppliesIn(folder), "mains");
    await workbench.awaitStatus(ready, powerMsMax);
    await completes(workbench);
  });

  step("in a file of 8,000 lines completions come; one of 20 million characters is refused with the reason", async ({ workbench }) => {
    await workbench.openFile(longName);
    await workbench.press("Control+End");
    for (const line of longLines) {
      await workbench.type(line);
      await workbench.press("Enter");
    }
    await workbench.awaitGhostText(longName, firstReadMsMax);
    await workbench.screenshot("long-file");
    await workbench.press("Escape");
    await workbench.openFile(hugeName);
    await workbench.press("Control+Home");
    await workbench.type("const a = 1;");
    await condition("the reason", waitMsMax, async () => /document is too large/.test(await workbench.spokenStatus()));
    await workbench.screenshot("huge-file");
    await workbench.runCommand("File: Revert File");
  });

  step("ghost text and status are seen in every kind of theme", async ({ workbench }) => {
    await workbench.openFile(file);
    await beginLoop(workbench);
    await workbench.awaitGhostText(file);
    for (const theme of themes) {
      await workbench.chooseTheme(theme);
      await workbench.focusText();
      await workbench.runCommand(askByKey);
      await workbench.awaitGhostText(file);
      await workbench.screenshot(theme.replaceAll(" ", "-"));
    }
    await workbench.acceptGhostText(file);
  });

  step("a window in which nobody works unloads its model, and the next edit loads it again", async ({ server }) => {
    const window = other?.window;
    if (window === undefined) throw new Error("the other window was not opened");
    setForMachine(server, { "palimpsest.unloadAfter": 1 });
    await window.page.bringToFront();
    await window.awaitStatus(/paused/, unloadMsMax);
    assert.match(await window.spokenStatus(), /unloaded after a long pause/);
    await window.screenshot("unloaded");
    await window.press("Control+End");
    await window.type("\n// more");
    await window.awaitStatus(ready, readyMsMax);
  });
});

/** Writes the head of a function at the end and begins a loop in it, which the model finishes. */
async function beginLoop(workbench: Workbench): Promise<void> {
  await workbench.focusText();
  await workbench.press("Control+End");
  for (const line of ["// How many things are on the invoice.", "export function countOf(invoice: Invoice): number {", "let total = 0;"]) {
    await workbench.press("Enter");
    await workbench.type(line);
  }
  await workbench.press("Enter");
  await workbench.type("for ");
}

async function completes(workbench: Workbench): Promise<void> {
  await beginLoop(workbench);
  await workbench.acceptGhostText(file);
  await workbench.awaitNoGhostText(file);
}

/** The figures as the command copies them. */
async function copiedStatistics(workbench: Workbench): Promise<Statistics> {
  await workbench.page.evaluate("navigator.clipboard.writeText('')");
  await workbench.runCommand("Palimpsest: Copy Statistics as JSON");
  const text = await condition("figures in the clipboard", waitMsMax, async () => {
    const copied = await workbench.page.evaluate<string>("navigator.clipboard.readText()");
    return copied.startsWith("{") ? copied : undefined;
  });
  return JSON.parse(text) as Statistics;
}

function sidecars(server: CodeServer): readonly number[] {
  return processesOfGroup(server.group).filter(({ commandLine }) => commandLine.includes("sidecar.js --stdio")).map(({ pid }) => pid);
}

/** Of the window that the tests work in. */
function ownSidecars(server: CodeServer): readonly number[] {
  return sidecars(server).filter((pid) => pid !== other?.sidecar);
}

function sidecarOf(server: CodeServer): number {
  const [pid, ...others] = ownSidecars(server);
  if (pid === undefined || others.length > 0) throw new Error(`${others.length + 1} sidecars run`);
  return pid;
}

function suppliesIn(folder: string): string {
  return join(folder, "supplies");
}

/** As Linux tells it below /sys/class/power_supply. */
function supply(folder: string, source: "battery" | "mains"): void {
  const files = { AC: { type: "Mains", online: source === "mains" ? "1" : "0" }, BAT0: { type: "Battery", status: source === "mains" ? "Charging" : "Discharging" } };
  for (const [name, attributes] of Object.entries(files)) {
    mkdirSync(join(folder, name), { recursive: true });
    for (const [attribute, value] of Object.entries(attributes)) writeFileSync(join(folder, name, attribute), `${value}\n`);
  }
}

/** An extension that has the name of a known source of ghost text, and gives none. */
function makeOtherProvider(folder: string): void {
  mkdirSync(folder);
  const manifest = {
    publisher: "TabbyML", name: "vscode-tabby", version: "1.0.0", engines: { vscode: "^1.80.0" }, main: "./main.js",
    activationEvents: ["onStartupFinished"], capabilities: { untrustedWorkspaces: { supported: true } },
  };
  writeFileSync(join(folder, "package.json"), JSON.stringify(manifest));
  writeFileSync(join(folder, "main.js"), `const { languages } = require("vscode");
exports.activate = () => languages.registerInlineCompletionItemProvider({ pattern: "**" }, { provideInlineCompletionItems: () => [] });\n`);
}

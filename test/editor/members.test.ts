// Owns what the monitor changes as a user sees it, in a real VS Code whose own TypeScript features know a type of another file:
// ghost text without a monitor, with the editor's answers, and with a language server of our own. Pictures of each go to
// out/screenshots/members.
import assert from "node:assert/strict";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import type { Browser } from "playwright-core";
import type { MonitorSourceStatistics } from "../../sidecar/protocol/data";
import { launchBrowser } from "./browser";
import { type CodeServer, startCodeServer } from "./codeServer";
import { condition } from "./condition";
import { ensureEditor, withEditor } from "./requirements";
import { makeTappedExtension } from "./tappedExtension";
import { latestOutcomes, latestStatistics } from "./wire";
import { Workbench } from "./workbench";

const waitMsMax = 60_000;
const readyMsMax = 120_000;
const described = "label.ts";
const described4 = `import type { Item } from "./stock";

export function describe(item: Item): string {
  return item
}
`;
/** Another language id: the one that has a language server of ours. */
const weighed = "weight.tsx";
const weighed5 = `import type { Stock } from "./stock";

/** The total weight of the stock, in kilograms. */
export function weightOf(stock: Stock): number {
  return
}
`;
const itemMember = /^(?:code|name|priceCents|weightGrams)\b/;
const stockMember = /\bstock\.(?:add|remove|countOf|find|totalWeightGrams|totalPriceCents)\b/;
const typescript = join(process.cwd(), "node_modules", "@typescript", `typescript-${process.platform}-${process.arch}`, "lib", "tsc");

/** Ghost text alone, without the list of words that the editor would open beside it. */
const quiet = { "editor.quickSuggestions": "off", "editor.suggestOnTriggerCharacters": false };

/** A machine setting: no folder can set it. */
const ownServer = { "palimpsest.monitor.servers": { typescriptreact: [typescript, "--lsp", "--stdio"] } };

interface Rig {
  readonly folder: string;
  readonly workspace: string;
  readonly tap: string;
  readonly server: CodeServer;
  readonly browser: Browser;
  readonly workbench: Workbench;
}
let current: Rig | undefined;

withEditor("the monitor in the editor", suite);

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

  step("without the monitor the model invents members", async ({ workbench }) => {
    await workbench.goToEndOf(5);
    await workbench.type(" ");
    assert.doesNotMatch(await workbench.awaitGhostText(weighed), stockMember);
    await workbench.screenshot("without-a-server");
    await workbench.openFile(described);
    await workbench.goToEndOf(4);
    await workbench.type(".");
    assert.doesNotMatch(await workbench.awaitGhostText(described), itemMember);
    await workbench.screenshot("without-the-monitor");
  });

  step("with the editor's answers it names a real one", async ({ workbench, workspace, tap }) => {
    settle(workspace, true);
    await condition("ghost text that names a real member", waitMsMax, async () => {
      await workbench.press("Backspace");
      await workbench.type(".");
      return itemMember.test(await workbench.awaitGhostText(described));
    });
    await workbench.screenshot("with-the-monitor");
    const editor = await source(tap, workbench, "editor");
    assert.ok(editor.inTime > 0, JSON.stringify(editor));
  });

  step("with a language server of our own it names a real one behind a dot that it writes itself", async ({ workbench, tap }) => {
    await workbench.openFile(weighed);
    await workbench.goToEndOf(5);
    await condition("ghost text that names a real member", waitMsMax, async () => {
      await workbench.press("Backspace");
      await workbench.type(" ");
      return stockMember.test(await workbench.awaitGhostText(weighed));
    });
    await workbench.screenshot("with-a-server");
    assert.equal((await source(tap, workbench, "tsc")).server?.state, "ready");
  });
}

/** The folder's settings, which take effect while the window is open. A busy machine may take its time. */
function settle(workspace: string, enabled: boolean): void {
  mkdirSync(join(workspace, ".vscode"), { recursive: true });
  writeFileSync(join(workspace, ".vscode/settings.json"), JSON.stringify({ "palimpsest.monitor.enabled": enabled, "palimpsest.monitor.budget": 1_000 }));
}

async function source(tap: string, workbench: Workbench, name: string): Promise<MonitorSourceStatistics> {
  await workbench.runCommand("Palimpsest: Show Cache Statistics");
  return condition(`${name} is in the statistics`, waitMsMax, () => latestStatistics(tap)?.monitorSources?.find((each) => each.name === name));
}

async function startRig(): Promise<Rig> {
  const folder = mkdtempSync(join(tmpdir(), "palimpsest-members-"));
  const workspace = join(folder, "shop");
  const tap = join(folder, "tap");
  cpSync(join(process.cwd(), "test/editor/sample"), workspace, { recursive: true });
  writeFileSync(join(workspace, "src", described), described4);
  writeFileSync(join(workspace, "src", weighed), weighed5);
  settle(workspace, false);
  const extension = join(folder, "extension");
  makeTappedExtension(extension, tap);
  const server = await startCodeServer({ extensions: { palimpsest: extension }, settings: quiet });
  // In a window of a remote machine, as here, settings of the machine stand beside the user's.
  mkdirSync(join(server.folder, "user/Machine"), { recursive: true });
  writeFileSync(join(server.folder, "user/Machine/settings.json"), JSON.stringify(ownServer));
  const browser = await launchBrowser();
  const workbench = await Workbench.open(browser, server, workspace, `src/${weighed}`, "members");
  await workbench.awaitStatus(/^Palimpsest$/, readyMsMax);
  return { folder, workspace, tap, server, browser, workbench };
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

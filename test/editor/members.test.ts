// Owns what the monitor changes as a user sees it, in a real VS Code whose own TypeScript features know a type of another file:
// ghost text without a monitor, with the editor's answers, and with a language server of our own. Pictures of each go to
// out/screenshots/members.
import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { MonitorSourceStatistics } from "../../sidecar/protocol/data";
import { condition } from "./condition";
import { editorSuite, type SessionParts } from "./session";
import { latestStatistics } from "./wire";
import type { Workbench } from "./workbench";

const waitMsMax = 60_000;
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

const parts: SessionParts = {
  pictures: "members",
  file: `src/${weighed}`,
  settings: quiet,
  machineSettings: ownServer,
  prepare: ({ workspace }) => {
    writeFileSync(join(workspace, "src", described), described4);
    writeFileSync(join(workspace, "src", weighed), weighed5);
    settle(workspace, false);
  },
};

editorSuite("the monitor in the editor", parts, (step) => {
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
});

/** The folder's settings, which take effect while the window is open. A busy machine may take its time. */
function settle(workspace: string, enabled: boolean): void {
  mkdirSync(join(workspace, ".vscode"), { recursive: true });
  writeFileSync(join(workspace, ".vscode/settings.json"), JSON.stringify({ "palimpsest.monitor.enabled": enabled, "palimpsest.monitor.budget": 1_000 }));
}

async function source(tap: string, workbench: Workbench, name: string): Promise<MonitorSourceStatistics> {
  await workbench.runCommand("Palimpsest: Show Cache Statistics");
  return condition(`${name} is in the statistics`, waitMsMax, () => latestStatistics(tap)?.monitorSources?.find((each) => each.name === name));
}

// Owns the statistics page and the status items as everyone is to find them: by eye in each theme, by keyboard, by ear.
// One window, the extension and its sidecar; pictures of each theme go to out/screenshots/page.
import assert from "node:assert/strict";
import { condition } from "./condition";
import { editorSuite, type SessionParts } from "./session";
import { StatisticsFrame } from "./statisticsFrame";
import { Walkthrough } from "./walkthroughPage";
import { statisticsTold } from "./wire";

const waitMsMax = 30_000;
/** The editor's own themes by their names and ids. */
const themes = [
  ["Dark 2026", "Dark 2026"], ["Light Modern", "Light Modern"], ["Dark Modern", "Dark Modern"],
  ["Dark High Contrast", "Default High Contrast"], ["Light High Contrast", "Default High Contrast Light"], ["Light 2026", "Light 2026"],
] as const;

const parts: SessionParts = { pictures: "page", file: "src/invoice.ts", stepsDepend: true };

editorSuite("the statistics page", parts, (step) => {
  step("the status says why nothing was shown, and the language status says the same", async ({ workbench }) => {
    assert.match(await workbench.spokenStatus(), /^Palimpsest: ready\. No completion was asked for yet in this document\./);
    assert.match(await workbench.languageStatus(), /Palimpsest: ready/);
    await workbench.press("Control+End");
    await workbench.type("// done");
    await condition("an outcome is told", waitMsMax, async () => !(await workbench.spokenStatus()).includes("No completion was asked for"));
    await workbench.screenshot("language-status");
  });

  step("the walkthrough has four steps with their pictures, and a suggestion is a click away", async ({ workbench }) => {
    await workbench.page.setViewportSize({ width: 1500, height: 860 });
    const walkthrough = new Walkthrough(workbench.page);
    await workbench.runCommand("Palimpsest: Open Walkthrough");
    await walkthrough.step("suggestion").waitFor();
    await walkthrough.button("Try It in a New File").click();
    await workbench.page.locator(".ghost-text-decoration").first().waitFor();
    await workbench.screenshot("tried");
    await workbench.runCommand("Palimpsest: Open Walkthrough");
    await walkthrough.step("suggestion").waitFor();
    await condition("the first step is done", waitMsMax, () => walkthrough.isDone("suggestion"));
    assert.equal(await walkthrough.isDone("model"), false);
    for (const name of ["suggestion", "accept", "savings", "model"]) {
      await walkthrough.step(name).click();
      await condition(`the picture of ${name}`, waitMsMax, () => walkthrough.showsPicture());
      await workbench.screenshot(`walkthrough-${name}`);
    }
    await workbench.openFile("invoice.ts");
    await workbench.page.setViewportSize({ width: 1280, height: 800 });
  });

  step("the page follows what is typed, and its map shows the document", async ({ workbench }) => {
    const page = new StatisticsFrame(workbench.page);
    await workbench.press("Enter");
    await workbench.type("export function countOf(invoice: Invoice): number {");
    await workbench.press("Enter");
    await workbench.type("for ");
    await workbench.awaitGhostText("invoice.ts");
    await workbench.press("Escape");
    await workbench.press("Control+\\");
    await workbench.runCommand("Palimpsest: Show Cache Statistics");
    await page.awaitFigures();
    const before = (await page.counters()).get("completions") ?? 0;
    await workbench.focusText();
    await workbench.press("Control+Home");
    await workbench.type("// A line above. ");
    await condition("the page has counted on", waitMsMax, async () => before < ((await page.counters()).get("completions") ?? 0));
    assert.match((await page.locator("#map").innerText()).replaceAll("\n", " "), /invoice\.ts.* exact .* stale.* absent/);
    await condition("the latest completion is told", waitMsMax, async () => /invoice\.ts:1:\d+/.test(await page.locator("#last").innerText()));
    await workbench.screenshot("beside-the-code");
  });

  step("every graphic has a name and a table, every table a caption and heads", async ({ workbench }) => {
    const page = new StatisticsFrame(workbench.page);
    const pictures = await page.pictures();
    assert.ok(pictures.length >= 4, `only ${pictures.length} graphics`);
    for (const { name, hasTable } of pictures) assert.ok(name.length > 20 && hasTable, `${name}: ${hasTable ? "a table" : "no table"}`);
    assert.deepEqual(await page.structureFaults(), []);
  });

  step("all controls are reached with the Tab key, and a table opens with the space bar", async ({ workbench }) => {
    const page = new StatisticsFrame(workbench.page);
    const names = await page.focusOrder();
    assert.deepEqual(names.slice(0, 4), ["Show as Text", "Copy as JSON", "Show Ledger", "Drop Cache"]);
    assert.deepEqual(names.filter((name) => name.endsWith(" as a table")).length, 4);
    await page.locator("summary").first().focus();
    await workbench.press("Space");
    await page.locator("#mapTable table").waitFor({ state: "visible" });
    await workbench.press("Tab");
    assert.equal(await page.locator("#mapTable:focus").count(), 1);
  });

  for (const [theme, id] of themes) {
    step(`nothing is faint in the theme ${theme}`, async ({ workbench }) => {
      const page = new StatisticsFrame(workbench.page);
      const folded = page.locator("details:not([open]) > summary");
      while (0 < (await folded.count())) await folded.first().click();
      await workbench.focusText();
      await workbench.chooseTheme(theme);
      await page.locator(`body[data-vscode-theme-id="${id}"]`).waitFor();
      assert.deepEqual(await page.faintParts(), []);
      await page.locator("h1").scrollIntoViewIfNeeded();
      await workbench.screenshot(theme.replaceAll(" ", "-"));
      await page.locator("#latencyTable").scrollIntoViewIfNeeded();
      await workbench.screenshot(`${theme.replaceAll(" ", "-")}-below`);
    });
  }

  step("a page that can't be seen asks for nothing", async ({ workbench, tap }) => {
    const page = new StatisticsFrame(workbench.page);
    await workbench.focusText();
    await workbench.press("Control+2");
    await workbench.press("Control+PageUp");
    await page.locator("body").waitFor({ state: "detached" });
    await workbench.focusText();
    await workbench.openFile("stock.ts");
    const before = statisticsTold(tap);
    await workbench.press("Control+End");
    await workbench.press("Enter");
    await workbench.type("const ");
    await workbench.awaitGhostText("stock.ts");
    assert.equal(statisticsTold(tap), before);
  });
});

// Owns what a user does in the VS Code window and what they see there, by the keyboard and the page alone.
// Every wait is for something that a user could see too; nothing waits for time to pass.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Browser, Locator, Page } from "playwright-core";
import { type CodeServer, workbenchUrl } from "./codeServer";
import { condition } from "./condition";

/** A busy machine opens a window slowly; everything after that is quicker. */
const openMsMax = 120_000;
const stepMsMax = 30_000;

export class Workbench {
  private screenshots = 0;

  private constructor(
    readonly page: Page,
    private readonly screenshotFolder: string,
  ) {}

  /** Opens a window on `folder` with `file` (a path in it) in the editor, and clicks into its text. */
  static async open(browser: Browser, server: CodeServer, folder: string, file: string, screenshots: string): Promise<Workbench> {
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
    const page = await context.newPage();
    page.setDefaultTimeout(stepMsMax);
    const screenshotFolder = join(process.cwd(), "out/screenshots", screenshots);
    mkdirSync(screenshotFolder, { recursive: true });
    const workbench = new Workbench(page, screenshotFolder);
    await page.goto(workbenchUrl(server, { folder, file: join(folder, file) }), { waitUntil: "domcontentloaded" });
    await page.locator(`.tab[data-resource-name="${baseName(file)}"]`).waitFor({ timeout: openMsMax });
    // The first group of editors: its editor takes the keyboard.
    await page.keyboard.press("Control+1");
    return workbench;
  }

  /** The text editor that shows `file`. */
  editor(file: string): Locator {
    return this.page.locator(`.editor-instance .monaco-editor[data-uri$="/${baseName(file)}"]`);
  }

  /** Opens a file of the folder by name, as Ctrl+P does. */
  async openFile(file: string): Promise<void> {
    await this.page.keyboard.press("Control+P");
    await this.pick(baseName(file), baseName(file));
    await this.editor(file).waitFor();
  }

  /** Puts the cursor at a line and column, both from 1. */
  async goTo(line: number, column: number): Promise<void> {
    await this.page.keyboard.press("Control+G");
    const box = this.page.locator(".quick-input-widget:visible input").first();
    await box.fill(`:${line}:${column}`);
    await this.page.keyboard.press("Enter");
    await this.awaitStatus(new RegExp(`^Ln ${line}, Col ${column}\\b`));
  }

  /** Puts the cursor at the end of a line, counted from 1. */
  async goToEndOf(line: number): Promise<void> {
    await this.goTo(line, 1);
    await this.page.keyboard.press("End");
  }

  async type(text: string): Promise<void> {
    await this.page.keyboard.type(text, { delay: 20 });
  }

  async press(keys: string): Promise<void> {
    await this.page.keyboard.press(keys);
  }

  /** Runs a command of the palette by its full title, such as "Palimpsest: Drop Cache". */
  async runCommand(title: string): Promise<void> {
    await this.page.keyboard.press("F1");
    await this.pick(title, title);
  }

  /** Writes the current file to disk; done when the tab no longer says that it is unsaved. */
  async save(file: string): Promise<void> {
    await this.page.keyboard.press("Control+S");
    await this.page.locator(`.tab:not(.dirty)[data-resource-name="${baseName(file)}"]`).waitFor();
  }

  /** The ghost text that is visible in `file`, lines joined by line feeds; empty if there is none. */
  async ghostText(file: string): Promise<string> {
    const inLine = await this.ghost(file).allInnerTexts();
    const below = await this.editor(file).locator(".suggest-preview-additional-lines .view-line, .ghost-text-block").allInnerTexts();
    const first = inLine.join("");
    return [first, ...below].join("\n").replaceAll("\u00a0", " ").trimEnd();
  }

  /** Waits until ghost text stands still in `file` and Tab would take it, as somebody does who reads it; gives the text. */
  async awaitGhostText(file: string, limitMs = stepMsMax): Promise<string> {
    let before = "";
    return await condition(`ghost text in ${file}`, limitMs, async () => {
      const text = await this.ghostText(file);
      const stands = text !== "" && text === before;
      before = text;
      // With the list of suggestions open, Tab would take one of these: nobody would press it for the ghost text.
      return stands && (await this.page.locator(".suggest-widget.visible").count()) === 0 ? text : undefined;
    });
  }

  /** Takes the ghost text with Tab, once it stands still; gives what was taken. */
  async acceptGhostText(file: string): Promise<string> {
    const text = await this.awaitGhostText(file);
    await this.page.keyboard.press("Tab");
    return text;
  }

  /** Waits until nothing grey is left in `file`. */
  async awaitNoGhostText(file: string): Promise<void> {
    await condition(`no ghost text in ${file}`, stepMsMax, async () => (await this.ghost(file).count()) === 0);
  }

  /** The text of the page of ours that is open, as far as it fits into the window, from top to bottom. */
  async pageText(): Promise<string> {
    // The editor puts its lines anywhere in the document and moves them to their place.
    const lines = await this.page.evaluate<readonly string[]>(
      `[...document.querySelectorAll('.editor-instance .monaco-editor[data-uri^="palimpsest:"] .view-line')]
        .sort((a, b) => a.offsetTop - b.offsetTop).map((line) => line.innerText)`,
    );
    return lines.map((line) => line.replaceAll("\u00a0", " ")).join("\n");
  }

  /** The texts of all entries of the status bar. */
  async status(): Promise<readonly string[]> {
    // In one go: entries come and go while one asks for them one by one.
    const texts = await this.page.evaluate<readonly string[]>(
      "[...document.querySelectorAll('.statusbar-item')].map((item) => `${item.innerText} ${item.getAttribute('aria-label') ?? ''}`)",
    );
    return texts.map((text) => text.replaceAll("\u00a0", " ").trim());
  }

  /** Waits for an entry of the status bar whose text and label match, and gives it whole. */
  async awaitStatus(pattern: RegExp, limitMs = stepMsMax): Promise<string> {
    try {
      return await condition(`${pattern} in the status bar`, limitMs, async () => (await this.status()).find((item) => pattern.test(item)));
    } catch (error) {
      throw new Error(`${String(error)}; it says: ${(await this.status()).join(" | ")}`);
    }
  }

  /** What the status bar's entry with this text says when the mouse rests on it. */
  async statusHover(text: string): Promise<string> {
    await this.page.locator(".statusbar-item", { hasText: text }).hover();
    const hover = this.page.locator(".workbench-hover:visible").first();
    const said = await hover.innerText();
    await this.page.mouse.move(0, 0);
    return said;
  }

  /** Waits for a message in the corner that holds `text`. */
  async awaitNotification(text: string): Promise<void> {
    await this.page.locator(".notification-toast", { hasText: text }).first().waitFor();
  }

  /** Agrees with the name that the save dialog proposes. */
  async confirmSaveDialog(): Promise<void> {
    const widget = this.page.locator(".quick-input-widget:visible");
    await widget.locator("input").first().waitFor();
    await widget.locator(".monaco-button:visible").first().click();
    await widget.waitFor({ state: "hidden" });
  }

  /** Saves what the window shows as the next numbered picture of this workbench. */
  async screenshot(name: string): Promise<void> {
    this.screenshots += 1;
    const number = String(this.screenshots).padStart(2, "0");
    await this.page.screenshot({ path: join(this.screenshotFolder, `${number}-${name}.png`) });
  }

  async close(): Promise<void> {
    await this.page.context().close();
  }

  private ghost(file: string): Locator {
    return this.editor(file).locator(".ghost-text-decoration, .ghost-text-decoration-preview");
  }

  /** Types into the open quick pick and takes the row that holds `label`. */
  private async pick(query: string, label: string): Promise<void> {
    const widget = this.page.locator(".quick-input-widget:visible");
    await widget.locator("input").first().waitFor();
    await this.page.keyboard.type(query);
    const row = widget.locator(".monaco-list-row.focused", { hasText: label });
    await row.waitFor();
    await this.page.keyboard.press("Enter");
    // The command may open the next widget in this one's place: the row goes, not the widget.
    await row.waitFor({ state: "hidden" });
  }
}

function baseName(file: string): string {
  return file.slice(file.lastIndexOf("/") + 1);
}

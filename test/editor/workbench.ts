// Owns what a user does in the VS Code window and what they see there, by the keyboard and the page alone.
// Every wait is for something that a user could see too; nothing waits for time to pass.
import { mkdirSync } from "node:fs";
import { basename, join } from "node:path";
import type { Browser, BrowserContext, Locator, Page } from "playwright-core";
import { type CodeServer, workbenchUrl } from "./codeServer";
import { condition } from "./condition";
import { nameInDialog } from "./fileDialog";

/** A busy machine opens a window slowly; everything after that is quicker. */
const openMsMax = 120_000;
const stepMsMax = 60_000;
/** By then what was asked by key is answered, or given up. */
const askAgainMs = 5_000;
/** The least time that a person looks at ghost text before they press Tab. */
const glanceMs = 250;
const ownStatus = ".statusbar-item[id$='palimpsest.status']";

export class Workbench {
  private screenshots = 0;

  private constructor(
    readonly page: Page,
    private readonly screenshotFolder: string,
  ) {}

  /** Opens a window on `folder` with `file` (a path in it) in the editor, and clicks into its text. */
  static async open(browser: Browser, server: CodeServer, folder: string, file: string, screenshots: string): Promise<Workbench> {
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, permissions: ["clipboard-read", "clipboard-write"] });
    return await Workbench.openIn(context, server, folder, file, screenshots);
  }

  /** Another window of the same user. */
  async openAnother(server: CodeServer, folder: string, file: string): Promise<Workbench> {
    return await Workbench.openIn(this.page.context(), server, folder, file, `${basename(this.screenshotFolder)}-other`);
  }

  private static async openIn(context: BrowserContext, server: CodeServer, folder: string, file: string, screenshots: string): Promise<Workbench> {
    const page = await context.newPage();
    page.setDefaultTimeout(stepMsMax);
    const screenshotFolder = join(process.cwd(), "out/screenshots", screenshots);
    mkdirSync(screenshotFolder, { recursive: true });
    const workbench = new Workbench(page, screenshotFolder);
    await page.goto(workbenchUrl(server, { folder, file: join(folder, file) }), { waitUntil: "domcontentloaded" });
    await page.locator(`.tab[data-resource-name="${basename(file)}"]`).waitFor({ timeout: openMsMax });
    // The first group of editors: its editor takes the keyboard.
    await page.keyboard.press("Control+1");
    return workbench;
  }

  /** The text editor that shows `file`. */
  editor(file: string): Locator {
    return this.page.locator(`.editor-instance .monaco-editor[data-uri$="/${basename(file)}"]`);
  }

  /** Opens a file of the folder by name, as Ctrl+P does. */
  async openFile(file: string): Promise<void> {
    await this.page.keyboard.press("Control+P");
    await this.pick(basename(file), basename(file));
    await this.editor(file).waitFor();
  }

  /** Puts the cursor at a line and column, both from 1. */
  async goTo(line: number, column: number): Promise<void> {
    await this.page.keyboard.press("Control+G");
    const box = this.page.locator(".quick-input-widget:visible input").first();
    await box.fill(`:${line}:${column}`);
    await this.page.keyboard.press("Enter");
    await this.page.locator(".statusbar-item", { hasText: new RegExp(`Ln ${line}, Col ${column}(?!\\d)`) }).waitFor();
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

  /** Whether the palette has a command of this title by now: some come late. */
  async hasCommand(title: string): Promise<boolean> {
    await this.page.keyboard.press("F1");
    const widget = this.page.locator(".quick-input-widget:visible");
    await widget.locator("input").first().pressSequentially(title);
    const found = await widget.locator(".monaco-list-row.focused", { hasText: title }).count();
    await this.page.keyboard.press("Escape");
    await widget.waitFor({ state: "hidden" });
    return 0 < found;
  }

  /** Runs a command that asks for a file, and names it by its path. */
  async chooseFile(title: string, path: string): Promise<void> {
    await this.runCommand(title);
    await this.nameFile(path);
  }

  /** Takes an entry of the list that a command shows. */
  async choose(title: string, entry: string): Promise<void> {
    await this.runCommand(title);
    await this.pick(entry, entry);
  }

  /** Names a file by its path in the dialog that asks for one. */
  async nameFile(path: string): Promise<void> {
    await nameInDialog(this.page, path);
  }

  /** Gives the keyboard to the text of the first group, from wherever it is: a page of ours is a frame that keeps keys for a moment. */
  async focusText(): Promise<void> {
    await this.page.keyboard.press("Control+1");
    await this.page.locator(".editor-instance .monaco-editor.focused").first().waitFor();
  }

  /** Chooses one of the editor's colour themes by its name, with the editor's own keys. */
  async chooseTheme(name: string): Promise<void> {
    await this.press("Control+K");
    await this.press("Control+T");
    await this.pick(name, name);
  }

  /** Asks for a suggestion as a key would. */
  async askByKey(): Promise<void> {
    await this.runCommand("Trigger Inline Suggestion");
  }

  /** Writes the current file to disk; done when the tab no longer says that it is unsaved. */
  async save(file: string): Promise<void> {
    await this.page.keyboard.press("Control+S");
    await this.page.locator(`.tab:not(.dirty)[data-resource-name="${basename(file)}"]`).waitFor();
  }

  /** The ghost text that is visible in `file`, lines joined by line feeds; empty if there is none. */
  async ghostText(file: string): Promise<string> {
    const inLine = await this.ghost(file).allInnerTexts();
    const below = await this.editor(file).locator(".suggest-preview-text .view-line").allInnerTexts();
    const first = inLine.join("");
    return [first, ...below].join("\n").replaceAll("\u00a0", " ").trimEnd();
  }

  /**
   * Waits for ghost text that Tab will take, and gives it. Ghost text that has only just come may be the answer to an
   * earlier keystroke and go with the answer to the last one, or be a picture of a moment ago: Tab would then indent.
   * So it counts once nothing is being completed any more and it stood still for as long as a person needs to see it.
   */
  async awaitGhostText(file: string, limitMs = stepMsMax): Promise<string> {
    let seen = { text: "", sinceMs: 0 };
    let askedAtMs = -Infinity;
    return await condition(`ghost text that stays in ${file}`, limitMs, async () => {
      await this.nextPicture();
      const text = (await this.isSettled()) ? await this.ghostText(file) : "";
      const nowMs = performance.now();
      // Where the model is unsure nothing shows by itself, and the status bar says what to do about it. Again, where the editor
      // has asked by itself since and took that for the answer: what the status said may have been of an earlier key.
      if (text === "" && askedAtMs + askAgainMs < nowMs && (await this.spokenStatus()).includes("ask by key")) {
        askedAtMs = nowMs;
        await this.askByKey();
      }
      if (text === "" || text !== seen.text) seen = { text, sinceMs: nowMs };
      return text !== "" && nowMs - seen.sinceMs >= glanceMs ? text : undefined;
    });
  }

  /** Takes the ghost text with Tab, once it stays; gives what was taken. */
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

  /** Waits until our entry of the status bar matches: "Palimpsest" when ready, else with a word or two after a colon. */
  async awaitStatus(pattern: RegExp, limitMs = stepMsMax): Promise<void> {
    let said = "";
    const matches = async (): Promise<boolean> => pattern.test((said = await this.status()));
    await condition(`${pattern} in the status bar`, limitMs, matches).catch((error: unknown) => {
      throw new Error(`${String(error)}; it says "${said}"`);
    });
  }

  /** What our entry of the status bar says when the mouse rests on it. */
  async statusHover(): Promise<string> {
    await this.page.locator(ownStatus).hover();
    const said = await this.page.locator(".workbench-hover:visible").first().innerText();
    await this.page.mouse.move(0, 0);
    return said;
  }

  /** What the language status of the open document says when the mouse rests on it. */
  async languageStatus(): Promise<string> {
    await this.page.locator(".statusbar-item[id='status.languageStatus']").hover();
    const said = await this.page.locator(".hover-language-status", { hasText: "Palimpsest" }).first().innerText();
    await this.page.mouse.move(0, 0);
    return said;
  }

  /** Waits for a message in the corner that holds `text`. */
  async awaitNotification(text: string): Promise<void> {
    await this.page.locator(".notification-toast", { hasText: text }).first().waitFor();
  }

  /** Takes the messages in the corner away. */
  async clearNotifications(): Promise<void> {
    await this.runCommand("Notifications: Clear All Notifications");
    await this.page.locator(".notification-toast").first().waitFor({ state: "detached" });
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

  /** The text of our entry of the status bar; empty before the extension is active. The model's progress is another entry. */
  private async status(): Promise<string> {
    // In one go: entries come and go while one asks for them one by one.
    const text = await this.page.evaluate<string>(`document.querySelector("${ownStatus}")?.innerText ?? ""`);
    return text.replaceAll("\u00a0", " ").trim();
  }

  /** What a screen reader says of it: the state and why it is so, or why nothing was shown. */
  async spokenStatus(): Promise<string> {
    return await this.page.evaluate<string>(`document.querySelector("${ownStatus} [aria-label]")?.getAttribute("aria-label") ?? ""`);
  }

  /** Resolves when the window shows what the keys so far have done: the second frame from here was drawn after them. */
  private async nextPicture(): Promise<void> {
    await this.page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))");
  }

  /** No completion is on its way, and no list of suggestions is open, from which Tab would take an entry instead. */
  private async isSettled(): Promise<boolean> {
    return !(await this.spokenStatus()).startsWith("Palimpsest: reading") && (await this.page.locator(".suggest-widget.visible").count()) === 0;
  }

  private ghost(file: string): Locator {
    return this.editor(file).locator(".ghost-text-decoration, .ghost-text-decoration-preview");
  }

  /** Types into the open quick pick and takes the row that holds `label`. */
  private async pick(query: string, label: string): Promise<void> {
    const widget = this.page.locator(".quick-input-widget:visible");
    // Into the box itself: while extensions start, the keyboard may be taken from it for a moment.
    await widget.locator("input").first().pressSequentially(query);
    const row = widget.locator(".monaco-list-row.focused", { hasText: label });
    await row.waitFor();
    await this.page.keyboard.press("Enter");
    // The command may open the next widget in this one's place: the row goes, not the widget.
    await row.waitFor({ state: "hidden" });
  }
}

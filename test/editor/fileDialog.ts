// Owns the editor's dialog that asks for a file, as a user answers it: by typing the file's path.
import { basename } from "node:path";
import type { Locator, Page } from "playwright-core";
import { condition } from "./condition";

const dialogMsMax = 120_000;
/** So long one looks at what the dialog does before one tries again. */
const lookMs = 5_000;

/** Names a file by its path; done when the dialog is gone. */
export async function nameInDialog(page: Page, path: string): Promise<void> {
  const widget = page.locator(".quick-input-widget:visible");
  const input = widget.locator("input").first();
  const row = widget.locator(".monaco-list-row", { hasText: basename(path) }).first();
  const button = widget.locator(".monaco-button:visible").first();
  await button.waitFor();
  // Once it has listed a folder, the dialog puts that into the box, over what was typed by then; what is in the box when the
  // button takes effect may then be another, and the dialog stays.
  await condition(`the dialog takes ${path}`, dialogMsMax, async () => {
    if ((await widget.count()) === 0) return true;
    await input.press("Control+A");
    await input.pressSequentially(path);
    if (!(await isSoon(row, "visible"))) return false;
    await button.click();
    return isSoon(widget, "hidden");
  });
}

function isSoon(locator: Locator, state: "visible" | "hidden"): Promise<boolean> {
  return locator.waitFor({ state, timeout: lookMs }).then(() => true, () => false);
}

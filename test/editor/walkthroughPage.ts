// Owns what a user finds on the walkthrough's page: its steps, which of them are done, and the picture of the one that is open.
import type { Locator, Page } from "playwright-core";

export class Walkthrough {
  constructor(private readonly page: Page) {}

  /** A step by the last part of its id. */
  step(name: string): Locator {
    return this.page.locator(`.getting-started-step[data-step-id$="palimpsest.${name}"]`);
  }

  /** A button of the step that is open. */
  button(text: string): Locator {
    return this.page.locator(".getting-started-step.expanded .monaco-button", { hasText: text });
  }

  async isDone(name: string): Promise<boolean> {
    return (await this.step(name).getAttribute("aria-checked")) === "true";
  }

  /** A screenshot is an image that has loaded; a drawing stands in a frame of its own, whose policy lets in no style sheet of ours. */
  async showsPicture(): Promise<boolean> {
    const images = await this.page.evaluate<number>(
      `[...document.querySelectorAll(".getting-started-media img")].filter((image) => image.naturalWidth > 100 && image.alt.length > 20).length`,
    );
    if (0 < images) return true;
    const frame = this.page.frameLocator("iframe.webview.ready").last().frameLocator("#active-frame");
    if ((await frame.locator("svg rect").count()) === 0) return false;
    return (await frame.locator("body").evaluate(`getComputedStyle(document.querySelector("svg rect")).fill`)) === "none";
  }
}

// Owns what a user, and a screen reader, finds on the statistics page: its figures, names, tables and colours.
// Asks the page itself, through the editor's two frames around it; waits for nothing but the page.
import type { FrameLocator, Locator, Page } from "playwright-core";

/** A text or a shape that is hard to see against what is behind it. */
export interface FaintPart {
  readonly what: string;
  readonly ratio: number;
}

export class StatisticsFrame {
  private readonly frame: FrameLocator;

  constructor(private readonly page: Page) {
    this.frame = page.frameLocator("iframe.webview.ready").frameLocator("#active-frame");
  }

  /** Waits until figures are there. */
  async awaitFigures(): Promise<void> {
    await this.frame.locator("#counters table").waitFor({ state: "attached" });
  }

  locator(selector: string): Locator {
    return this.frame.locator(selector);
  }

  /** The table of counters, row by row, whether it is folded or not. */
  async counters(): Promise<ReadonlyMap<string, number>> {
    const rows = await this.body<readonly (readonly [string, string])[]>(
      `[...document.querySelectorAll("#counters tbody tr")].map((row) => [row.querySelector("th").textContent, row.querySelector("data").value])`,
    );
    return new Map(rows.map(([name, value]) => [name, Number(value)]));
  }

  /** For each graphic its name, and whether its section has a table that says the same. */
  async pictures(): Promise<readonly { readonly name: string; readonly hasTable: boolean }[]> {
    return await this.body(`[...document.querySelectorAll("svg[role=img]")].map((picture) => ({
      name: picture.getAttribute("aria-label") ?? "", hasTable: picture.closest("section").querySelector("details table tbody tr") !== null }))`);
  }

  /** Elements that take the focus, in the order of the Tab key, by their accessible names. */
  async focusOrder(): Promise<readonly string[]> {
    await this.frame.locator("button").first().focus();
    const names: string[] = [];
    for (;;) {
      const name = await this.body<string>(`document.activeElement.getAttribute("aria-label") ?? document.activeElement.innerText`);
      if (name === "" || names.includes(name) || !(await this.body<boolean>("document.activeElement !== document.body"))) return names;
      names.push(name);
      await this.page.keyboard.press("Tab");
    }
  }

  /** What is wrong for somebody who hears the page: headings that leave out a level, cells without a head, tables without a name. */
  async structureFaults(): Promise<readonly string[]> {
    return await this.body(`(() => {
      const faults = [];
      let level = 0;
      for (const heading of document.querySelectorAll("h1, h2, h3")) {
        const next = Number(heading.tagName[1]);
        if (level + 1 < next) faults.push("h" + next + " after h" + level + ": " + heading.textContent);
        level = next;
      }
      for (const table of document.querySelectorAll("table")) {
        if (!table.caption?.textContent) faults.push("a table without a caption");
        for (const row of table.tBodies[0].rows) if (row.cells[0].getAttribute("scope") !== "row") faults.push("a row without a head");
      }
      for (const part of document.querySelectorAll("button, summary")) if (part.textContent.trim() === "") faults.push("a control without a name");
      if (document.querySelectorAll("main").length !== 1 || document.documentElement.lang === "") faults.push("no main part, or no language");
      return faults;
    })()`);
  }

  /** Text with a contrast below 4.5 and shapes below 3 (WCAG 2.2, 1.4.3 and 1.4.11), as the browser computed the colours. */
  async faintParts(): Promise<readonly FaintPart[]> {
    return await this.body(faintPartsOfPage);
  }

  private async body<T>(expression: string): Promise<T> {
    return (await this.frame.locator("body").evaluate(expression)) as T;
  }
}

/** Runs in the page. A colour with an alpha counts as what is seen of it over what is behind it. */
const faintPartsOfPage = `(() => {
  const parse = (text) => { const [r, g, b, a = 1] = (text.match(/[\\d.]+/g) ?? [0, 0, 0, 0]).map(Number); return { r, g, b, a }; };
  const mix = (top, below, alpha) => top * alpha + below * (1 - alpha);
  const over = (top, below) => ({ r: mix(top.r, below.r, top.a), g: mix(top.g, below.g, top.a), b: mix(top.b, below.b, top.a), a: 1 });
  const channel = (value) => (value / 255 <= 0.04045 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4);
  const luminance = ({ r, g, b }) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
  const ratioOf = (a, b) => { const [x, y] = [luminance(a), luminance(b)].sort((p, q) => q - p); return (x + 0.05) / (y + 0.05); };
  const behind = (element) => {
    const layers = [];
    for (let at = element; at !== null; at = at.parentElement) layers.push(parse(getComputedStyle(at).backgroundColor));
    return layers.reverse().reduce((below, top) => over(top, below), { r: 255, g: 255, b: 255, a: 1 });
  };
  const faint = [];
  const look = (what, colour, element, least) => {
    const back = behind(element);
    const ratio = ratioOf(over(colour, back), back);
    if (ratio < least) faint.push({ what, ratio: Math.round(ratio * 100) / 100 });
  };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
    const element = node.parentElement;
    if (node.textContent.trim() === "" || ["SCRIPT", "STYLE"].includes(element.tagName)) continue;
    look(node.textContent.trim().slice(0, 40), parse(getComputedStyle(element).color), element, 4.5);
  }
  for (const shape of document.querySelectorAll("svg[role=img] *, .swatch *, .patterns pattern *")) {
    const { fill, stroke } = getComputedStyle(shape);
    const frame = shape.closest("svg").parentElement;
    const drawn = fill === "none" || fill.startsWith("url") ? stroke : fill;
    if (drawn !== "none") look(shape.getAttribute("class"), parse(drawn), frame, 3);
  }
  return faint;
})()`;

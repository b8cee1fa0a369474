// Owns what a line of the editor showed, picture by picture: what was written on it together with its ghost text.
// A flicker is a picture in which the ghost text is gone and comes back; nothing that lasts one picture escapes it.
import type { Page } from "playwright-core";

export interface Frame {
  /** Since the watch began. */
  readonly atMs: number;
  /** The line as it is seen, ghost text included. */
  readonly line: string;
  /** The ghost text of it. */
  readonly ghost: string;
}

/** Looks at the line that holds the cursor, in each picture that the window makes, until `stop`. */
export class FrameWatch {
  private constructor(private readonly page: Page) {}

  static async start(page: Page, file: string): Promise<FrameWatch> {
    await page.evaluate(`(() => {
      const frames = [];
      const startMs = performance.now();
      const look = () => {
        const editor = document.querySelector('.editor-instance .monaco-editor[data-uri$="/${file}"]');
        const caret = editor?.querySelector(".cursors-layer > .cursor");
        const top = caret?.getBoundingClientRect().top ?? -1;
        const line = [...(editor?.querySelectorAll(".view-line") ?? [])].find((each) => Math.abs(each.getBoundingClientRect().top - top) < 2);
        const ghost = [...(line?.querySelectorAll(".ghost-text-decoration, .ghost-text-decoration-preview") ?? [])].map((each) => each.innerText).join("");
        frames.push({ atMs: Math.round(performance.now() - startMs), line: line?.innerText ?? "", ghost });
        if (window.palimpsestFrames === frames) requestAnimationFrame(look);
      };
      window.palimpsestFrames = frames;
      requestAnimationFrame(look);
    })()`);
    return new FrameWatch(page);
  }

  /** All pictures since the start; of several in a row that show the same, the first. */
  async stop(): Promise<readonly Frame[]> {
    const frames = await this.page.evaluate<readonly Frame[]>(
      "(() => { const frames = window.palimpsestFrames; window.palimpsestFrames = undefined; return frames; })()",
    );
    const plain = frames.map(({ atMs, line, ghost }) => ({ atMs, line: spaces(line), ghost: spaces(ghost) }));
    return plain.filter((frame, index) => frame.line !== plain[index - 1]?.line || frame.ghost !== plain[index - 1]?.ghost);
  }
}

const spaces = (text: string): string => text.replaceAll("\u00a0", " ");

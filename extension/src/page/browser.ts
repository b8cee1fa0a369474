// Owns the page's side of the conversation: puts sections in their places and tells which button was pressed. Runs in the
// webview, is bundled by itself, and knows no figure: all HTML comes made and escaped from the extension.

interface Element {
  innerHTML: string;
  readonly dataset: Readonly<Record<string, string | undefined>>;
  addEventListener(type: "click", listener: () => void): void;
}
declare const document: {
  getElementById(id: string): Element | null;
  querySelectorAll(selector: string): Iterable<Element>;
};
declare const window: { addEventListener(type: "message", listener: (event: { readonly data: unknown }) => void): void };
declare function acquireVsCodeApi(): { postMessage(message: unknown): void };

const editor = acquireVsCodeApi();
const shown = new Map<string, string>();

window.addEventListener("message", ({ data }) => {
  if (typeof data !== "object" || data === null) return;
  for (const [id, html] of Object.entries(data)) {
    // What is the same stays, so that a reader's place in it does too.
    if (typeof html !== "string" || shown.get(id) === html) continue;
    shown.set(id, html);
    const place = document.getElementById(id);
    if (place !== null) place.innerHTML = html;
  }
});
for (const button of document.querySelectorAll("button[data-command]")) {
  button.addEventListener("click", () => editor.postMessage({ command: button.dataset["command"] }));
}
editor.postMessage({ command: "ready" });

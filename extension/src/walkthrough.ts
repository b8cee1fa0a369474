// Owns the walkthrough's own commands: opening it, and a new file in which the first suggestion is a moment away.
// Its steps and pictures stand in package.json and media/walkthrough.
import * as vscode from "vscode";
import type { Outcome } from "../../sidecar/protocol/data";

const walkthroughId = "palimpsest.palimpsest#palimpsest.firstSteps";

/** The cursor goes to the mark. */
const mark = "▮";
const sample = `interface Item {
  name: string;
  price: number;
  count: number;
}

/** How many things were ordered. */
export function countOf(items: readonly Item[]): number {
  let count = 0;
  for (const item of items) {
    count += item.count;
  }
  return count;
}

/** What all of them cost together. */
export function totalOf(items: readonly Item[]): number {
  let total = 0;
  for (const item of ${mark}
  return total;
}
`;

/** The walkthrough's first step is done when there was something to see. */
export class FirstStep {
  private isDone = false;

  outcome({ kind }: Outcome): void {
    if (this.isDone || kind !== "shown") return;
    this.isDone = true;
    void vscode.commands.executeCommand("setContext", "palimpsest.hasSuggested", true);
  }
}

export async function openWalkthrough(): Promise<void> {
  await vscode.commands.executeCommand("workbench.action.openWalkthrough", walkthroughId, false);
}

/** Opens a file that is saved nowhere, puts the cursor where there is something to say, and asks. */
export async function tryIt(): Promise<void> {
  const [before = "", after = ""] = sample.split(mark);
  const document = await vscode.workspace.openTextDocument({ language: "typescript", content: before + after });
  const editor = await vscode.window.showTextDocument(document, { preview: false });
  const place = document.positionAt(before.length);
  editor.selection = new vscode.Selection(place, place);
  await vscode.commands.executeCommand("editor.action.inlineSuggest.trigger");
}

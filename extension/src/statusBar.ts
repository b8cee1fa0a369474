// Owns the status bar item: gathers what is known and shows what statusText.ts makes of it.
import * as vscode from "vscode";
import { statusOf, type Known, type Status } from "./statusText";

const nothingKnown: Known = {
  enabled: true, sidecar: { kind: "stopped" }, model: undefined, documentOff: undefined, requestsPending: 0, outcome: undefined,
};

export class StatusBar implements vscode.Disposable {
  private readonly item: vscode.StatusBarItem;
  private known: Known = nothingKnown;

  constructor(clickCommand: string) {
    this.item = vscode.window.createStatusBarItem("palimpsest.status", vscode.StatusBarAlignment.Right, 100);
    this.item.name = "Palimpsest";
    this.item.command = clickCommand;
    this.update({});
    this.item.show();
  }

  update(news: Partial<Known>): void {
    this.known = { ...this.known, ...news };
    const { kind, text, tooltip } = this.status();
    this.item.text = text;
    this.item.tooltip = `${tooltip}\nClick for the cache statistics.`;
    this.item.backgroundColor = kind === "failed" ? new vscode.ThemeColor("statusBarItem.warningBackground") : undefined;
  }

  /** A request was made (1) or answered (-1). */
  count(difference: 1 | -1): void {
    this.update({ requestsPending: Math.max(0, this.known.requestsPending + difference) });
  }

  status(): Status {
    return statusOf(this.known);
  }

  dispose(): void {
    this.item.dispose();
  }
}

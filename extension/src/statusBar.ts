// Owns the two items that say how we are: the entry of the status bar, and the language status of documents that a person
// writes. Gathers what is known and shows what statusText.ts makes of it; who else wants to know is told.
import * as vscode from "vscode";
import { schemes } from "./documents";
import { t } from "./l10n";
import { limits } from "./limits";
import { statusOf, type Known, type Status } from "./statusText";

const nothingKnown: Known = {
  enabled: true, sidecar: { kind: "stopped" }, model: undefined, documentOff: undefined, paused: undefined, requestsPending: 0,
  healing: false, outcome: undefined,
};

export class StatusBar implements vscode.Disposable {
  private readonly item: vscode.StatusBarItem;
  private readonly languageItem: vscode.LanguageStatusItem;
  private readonly changed = new vscode.EventEmitter<Status>();
  readonly onDidChange = this.changed.event;
  private known: Known = nothingKnown;
  private shown: Status | undefined;
  private healingSoon: NodeJS.Timeout | undefined;

  constructor(clickCommand: string) {
    this.item = vscode.window.createStatusBarItem("palimpsest.status", vscode.StatusBarAlignment.Right, 100);
    this.item.name = "Palimpsest";
    this.item.command = clickCommand;
    this.languageItem = vscode.languages.createLanguageStatusItem("palimpsest.languageStatus", schemes.map((scheme) => ({ scheme })));
    this.languageItem.name = "Palimpsest";
    this.languageItem.command = { command: clickCommand, title: t("Statistics"), tooltip: t("Show what the cache kept, moved and read") };
    this.update({});
    this.item.show();
  }

  update(news: Partial<Known>): void {
    this.known = { ...this.known, ...news };
    const status = this.status();
    const { shown } = this;
    if (shown?.text === status.text && shown.reason === status.reason && shown.kind === status.kind) return;
    this.shown = status;
    this.show(status);
    this.changed.fire(status);
  }

  /** A request was made (1) or answered (-1). */
  count(difference: 1 | -1): void {
    this.update({ requestsPending: Math.max(0, this.known.requestsPending + difference) });
  }

  /** Healing that is over in a moment is not shown: it would only flicker. */
  heals(healing: boolean): void {
    clearTimeout(this.healingSoon);
    if (healing) this.healingSoon = setTimeout(() => this.update({ healing: true }), limits.healingShownAfterMs);
    else this.update({ healing: false });
  }

  status(): Status {
    return statusOf(this.known);
  }

  dispose(): void {
    clearTimeout(this.healingSoon);
    this.item.dispose();
    this.languageItem.dispose();
    this.changed.dispose();
  }

  private show({ kind, text, word, reason }: Status): void {
    const spoken = { label: `Palimpsest: ${word}. ${reason.replaceAll("\n", " ")}` };
    this.item.text = text;
    this.item.tooltip = `${reason}\n${t("Click for the cache statistics.")}`;
    this.item.accessibilityInformation = spoken;
    this.item.backgroundColor = kind === "trouble" ? new vscode.ThemeColor("statusBarItem.warningBackground") : undefined;
    this.languageItem.text = `Palimpsest: ${word}`;
    this.languageItem.detail = reason.split("\n", 1)[0] ?? "";
    this.languageItem.accessibilityInformation = spoken;
    // A request is over in a moment: a wheel that turns with every key would only distract.
    this.languageItem.busy = kind === "loading";
    this.languageItem.severity = severityOf(kind);
  }
}

function severityOf(kind: Status["kind"]): vscode.LanguageStatusSeverity {
  if (kind === "trouble") return vscode.LanguageStatusSeverity.Error;
  return kind === "paused" ? vscode.LanguageStatusSeverity.Warning : vscode.LanguageStatusSeverity.Information;
}

// Owns the statistics page as a tab of the editor: one at most, followed while it can be seen and asked for nothing while it
// can't. Knows no figure: they come from the function that it is given.
import { randomBytes } from "node:crypto";
import * as vscode from "vscode";
import { limits } from "../limits";
import { pageLanguage, t } from "../l10n";
import type { Status } from "../statusText";
import type { PageFigures } from "./figures";
import { pageFrame, type PageCommand } from "./pageFrame";
import { pageSections, statusSections } from "./pageSections";

export interface PanelParts {
  readonly extensionUri: vscode.Uri;
  readonly figures: () => Promise<PageFigures>;
  readonly run: (command: PageCommand) => void;
}

export class StatisticsPanel implements vscode.Disposable {
  private panel: vscode.WebviewPanel | undefined;
  private refreshing: NodeJS.Timeout | undefined;
  private following: NodeJS.Timeout | undefined;
  private isHealing = false;

  constructor(private readonly parts: PanelParts) {}

  /** Opens it or brings it to the front. */
  show(): void {
    if (this.panel !== undefined) return this.panel.reveal();
    const { extensionUri } = this.parts;
    const roots = ["dist", "media"].map((folder) => vscode.Uri.joinPath(extensionUri, folder));
    const panel = vscode.window.createWebviewPanel("palimpsest.statistics", t("Palimpsest: Cache Statistics"), vscode.ViewColumn.Active, {
      enableScripts: true, enableFindWidget: true, localResourceRoots: roots,
    });
    this.panel = panel;
    panel.iconPath = vscode.Uri.joinPath(extensionUri, "media/icon.png");
    panel.onDidDispose(() => this.closed());
    panel.onDidChangeViewState(() => this.follow());
    panel.webview.onDidReceiveMessage((message: unknown) => this.asked(message));
    panel.webview.html = this.frame(panel.webview);
  }

  /** The figures have changed: seen, the page follows soon and at most once in a while. */
  refreshSoon(): void {
    if (this.panel?.visible !== true) return;
    this.refreshing ??= setTimeout(() => {
      this.refreshing = undefined;
      void this.refresh();
    }, limits.refreshMs);
  }

  /** While cells are healed, figures change without a word from the sidecar. */
  healing(healing: boolean): void {
    this.isHealing = healing;
    this.follow();
    this.refreshSoon();
  }

  statusChanged(status: Status): void {
    if (this.panel?.visible === true) this.send(statusSections(status));
  }

  dispose(): void {
    this.panel?.dispose();
    this.closed();
  }

  private follow(): void {
    clearInterval(this.following);
    this.following = undefined;
    if (this.isHealing && this.panel?.visible === true) this.following = setInterval(() => this.refreshSoon(), limits.healingRefreshMs);
  }

  private closed(): void {
    this.panel = undefined;
    clearTimeout(this.refreshing);
    this.refreshing = undefined;
    clearInterval(this.following);
    this.following = undefined;
  }

  private async refresh(): Promise<void> {
    const figures = await this.parts.figures();
    if (this.panel?.visible === true) this.send(pageSections(figures));
  }

  /** A page that came to the front has begun anew and says that it is ready. */
  private asked(message: unknown): void {
    const command = typeof message === "object" && message !== null && "command" in message ? message.command : undefined;
    if (command === "ready") void this.refresh();
    if (command === "text" || command === "json" || command === "ledger" || command === "dropCache") this.parts.run(command);
  }

  private send(sections: Readonly<Record<string, string>>): void {
    void this.panel?.webview.postMessage(sections);
  }

  private frame(webview: vscode.Webview): string {
    const file = (path: string): string => webview.asWebviewUri(vscode.Uri.joinPath(this.parts.extensionUri, path)).toString();
    return pageFrame({
      nonce: randomBytes(16).toString("hex"), cspSource: webview.cspSource, script: file("dist/statisticsPage.js"), style: file("media/statistics.css"),
      language: pageLanguage(),
    });
  }
}

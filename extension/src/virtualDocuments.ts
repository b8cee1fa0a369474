// Owns the read-only pages: documents of our own scheme whose text is asked for anew whenever they are refreshed.
import * as vscode from "vscode";
import { limits } from "./limits";

export const pageScheme = "palimpsest";

export class VirtualDocuments implements vscode.TextDocumentContentProvider, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidChange = this.changed.event;
  private readonly registration: vscode.Disposable;
  private refreshing: NodeJS.Timeout | undefined;

  /** @param write the text of the page at this URI, as it is to be shown */
  constructor(private readonly write: (page: vscode.Uri) => Promise<string>) {
    this.registration = vscode.workspace.registerTextDocumentContentProvider(pageScheme, this);
  }

  provideTextDocumentContent(page: vscode.Uri): Promise<string> {
    return this.write(page);
  }

  /** Opens or brings to the front. As plain text, which editors don't wrap: tables keep their columns. */
  async show(page: vscode.Uri): Promise<void> {
    this.changed.fire(page);
    const document = await vscode.workspace.openTextDocument(page);
    if (document.languageId !== "plaintext") await vscode.languages.setTextDocumentLanguage(document, "plaintext");
    await vscode.window.showTextDocument(document, { preview: false });
  }

  /** Writes the pages that are visible anew, soon and at most once in a while. */
  refreshSoon(): void {
    this.refreshing ??= setTimeout(() => {
      this.refreshing = undefined;
      for (const { document } of vscode.window.visibleTextEditors) {
        if (document.uri.scheme === pageScheme) this.changed.fire(document.uri);
      }
    }, limits.refreshMs);
  }

  dispose(): void {
    clearTimeout(this.refreshing);
    this.registration.dispose();
    this.changed.dispose();
  }
}

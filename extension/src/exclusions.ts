// Owns which documents the user's patterns exclude: the setting at each of its places, and ignore files at the root
// of each folder. Reads through the editor's own file system, so that it holds in remote and virtual workspaces too.
import * as vscode from "vscode";
import { ExclusionRules } from "../../sidecar/protocol/exclusion";
import { t } from "./l10n";
import { ignoreFileNames, patternLists } from "./patternLists";

export class Exclusions implements vscode.Disposable {
  private rules = new ExclusionRules();
  private isRead = false;
  private reading = 0;
  private watchers: readonly vscode.Disposable[] = [];
  private watched = "";

  /** @param changed the answers may be others now */
  constructor(private readonly log: vscode.LogOutputChannel, private readonly changed: () => void) {}

  /** Why a document is excluded, as a sentence; undefined where it isn't. Nothing is sent before the patterns are known. */
  why(document: vscode.TextDocument): string | undefined {
    return this.isRead ? this.rules.exclusionOf(document.uri.path) : t("The patterns of excluded files are being read.");
  }

  /** Reads settings and ignore files afresh. */
  async follow(): Promise<void> {
    const folders = vscode.workspace.workspaceFolders ?? [];
    const names = ignoreFileNames(vscode.workspace.getConfiguration("palimpsest").inspect<unknown>("ignoreFiles"));
    this.watch(folders, names);
    this.reading += 1;
    const { reading } = this;
    // What lies outside of every folder goes by the user's own patterns.
    const settings = [undefined, ...folders].flatMap(rulesOf);
    const files = await Promise.all(folders.flatMap((folder) => names.map((name) => this.read(folder, name))));
    if (reading !== this.reading) return;
    this.rules = new ExclusionRules([...settings, ...files]);
    this.isRead = true;
    this.changed();
  }

  dispose(): void {
    for (const watcher of this.watchers) watcher.dispose();
  }

  private async read(folder: vscode.WorkspaceFolder, name: string): Promise<{ folder: string; patterns: readonly string[]; from: string }> {
    try {
      const bytes = await vscode.workspace.fs.readFile(vscode.Uri.joinPath(folder.uri, name));
      return { folder: pathOf(folder), patterns: new TextDecoder().decode(bytes).split(/\r?\n/), from: name };
    } catch (error) {
      const isMissing = error instanceof vscode.FileSystemError && error.code === "FileNotFound";
      if (!isMissing) this.log.warn(`${name} in ${folder.name} could not be read: ${String(error)}`);
      return { folder: pathOf(folder), patterns: [], from: name };
    }
  }

  private watch(folders: readonly vscode.WorkspaceFolder[], names: readonly string[]): void {
    const watched = JSON.stringify([folders.map(({ uri }) => uri.toString()), names]);
    if (watched === this.watched) return;
    this.watched = watched;
    this.dispose();
    this.watchers = folders.flatMap((folder) => names.flatMap((name) => {
      const watcher = vscode.workspace.createFileSystemWatcher(new vscode.RelativePattern(folder, name));
      const again = (): void => void this.follow();
      return [watcher, watcher.onDidChange(again), watcher.onDidCreate(again), watcher.onDidDelete(again)];
    }));
  }
}

/** A workspace may exclude more than its user does, never less. */
function rulesOf(folder: vscode.WorkspaceFolder | undefined): readonly { folder: string; patterns: readonly string[]; from: string }[] {
  const places = vscode.workspace.getConfiguration("palimpsest", folder?.uri).inspect<unknown>("exclude");
  const of = folder === undefined ? "" : pathOf(folder);
  return patternLists(places).map((patterns) => ({ folder: of, patterns, from: "palimpsest.exclude" }));
}

function pathOf({ uri }: vscode.WorkspaceFolder): string {
  return uri.path.replace(/\/$/, "");
}

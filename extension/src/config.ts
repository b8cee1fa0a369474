// Owns where the settings come from: the editor's configuration, read into a snapshot, and told again when it changes.
import * as vscode from "vscode";
import type { SettingFault } from "../../sidecar/protocol/settingRule";
import { isOnSomewhere, readSettings, type Settings } from "./settings";

const section = "palimpsest";

export function currentSettings(): { readonly settings: Settings; readonly faults: readonly SettingFault[] } {
  const configuration = vscode.workspace.getConfiguration(section);
  return readSettings((name) => configuration.get(name));
}

/** Whether completions are on for a document: the switch may differ by language. */
export function isOnFor(document: vscode.TextDocument): boolean {
  const scope = { uri: document.uri, languageId: document.languageId };
  return vscode.workspace.getConfiguration(section, scope).get("enabled") !== false;
}

/** Whether completions are on for any document: else no sidecar runs. */
export function isOnAnywhere(settings: Settings): boolean {
  const spokenOf = vscode.workspace.getConfiguration(section).inspect("enabled")?.languageIds ?? [];
  return isOnSomewhere(settings.enabled, spokenOf, (languageId) => vscode.workspace.getConfiguration(section, { languageId }).get("enabled") !== false);
}

/** Where the workspace has a word of its own, the user's would not be heard. */
export async function switchOn(enabled: boolean): Promise<void> {
  const configuration = vscode.workspace.getConfiguration(section);
  const inWorkspace = configuration.inspect("enabled")?.workspaceValue !== undefined;
  await configuration.update("enabled", enabled, inWorkspace ? vscode.ConfigurationTarget.Workspace : vscode.ConfigurationTarget.Global);
}

export function onSettingsChanged(action: () => void): vscode.Disposable {
  return vscode.workspace.onDidChangeConfiguration((event) => {
    if (event.affectsConfiguration(section) || event.affectsConfiguration("editor.inlineSuggest.enabled")) action();
  });
}

// Owns the one message about other sources of ghost text, and the memory of having said it. Which ones there are is otherProviders.ts's.
import * as vscode from "vscode";
import { t } from "./l10n";
import { newProviders } from "./otherProviders";

const toldKey = "palimpsest.otherProvidersTold";

export async function sayOtherProviders(memory: vscode.Memento): Promise<void> {
  const told = memory.get<readonly string[]>(toldKey, []);
  const { names, ids } = newProviders({
    isEnabled: (id) => vscode.extensions.getExtension(id) !== undefined,
    setting: (name) => vscode.workspace.getConfiguration().get(name),
    told,
  });
  if (ids.length === 0) return;
  await memory.update(toldKey, [...told, ...ids]);
  const message = names.length === 1
    ? t("{0} offers ghost text too. The editor shows one suggestion at a time: switch one of the two off to see all of the other's.", names.join())
    : t("{0} offer ghost text too. The editor shows one suggestion at a time: switch all but one off.", names.join(", "));
  const show = t("Show Extensions");
  if ((await vscode.window.showInformationMessage(`Palimpsest: ${message}`, show)) !== show) return;
  await vscode.commands.executeCommand("workbench.extensions.search", ids.map((id) => `@id:${id}`).join(" "));
}

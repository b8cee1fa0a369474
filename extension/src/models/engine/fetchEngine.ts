// Owns fetching an engine as the user sees it: the question before anything is fetched, progress that can be cancelled, and
// what became of it. The work is engineInstaller.ts's.
import * as vscode from "vscode";
import { t } from "../../l10n";
import { engineSize, graphicsName } from "../computeRow";
import type { GraphicsVariant } from "../graphics";
import type { EngineInstaller } from "./engineInstaller";
import { enginePackages, wantedOf } from "./enginePackage";
import type { NpmPlaces } from "./npmClient";

/** Where npm is looked for: on PATH, and nowhere in the workspace. */
export function npmPlaces(): NpmPlaces {
  const folders = (vscode.workspace.workspaceFolders ?? []).filter(({ uri }) => uri.scheme === "file").map(({ uri }) => uri.fsPath);
  return { platform: process.platform, path: process.env["PATH"] ?? "", folders };
}

/** Whether it is here now. */
export async function fetchEngine(installer: EngineInstaller, variant: GraphicsVariant, platform: NodeJS.Platform): Promise<boolean> {
  const name = graphicsName(variant);
  const fetch = t("Fetch");
  const packages = enginePackages(variant, platform).map(wantedOf).join(", ");
  const question = t("Fetch the engine for {0} with npm ({1}, {2} on disk, MIT)?", name, packages, engineSize(variant, platform));
  if ((await vscode.window.showInformationMessage(question, { modal: true }, fetch)) !== fetch) return false;
  const options = { location: vscode.ProgressLocation.Notification, title: t("Fetching the engine for {0}", name), cancellable: true };
  const outcome = await vscode.window.withProgress(options, async (progress, token) => {
    const ending = new AbortController();
    token.onCancellationRequested(() => ending.abort());
    let percent = 0;
    return installer.install(variant, {
      signal: ending.signal,
      progress: (bytes, bytesAll) => {
        const now = Math.floor((100 * bytes) / bytesAll);
        progress.report({ message: t("{0} of about {1}", shown(bytes), shown(bytesAll)), increment: Math.max(0, now - percent) });
        percent = Math.max(percent, now);
      },
    });
  });
  if (outcome.kind === "failed") void vscode.window.showErrorMessage(`Palimpsest: ${outcome.message}`);
  return outcome.kind === "done";
}

function shown(bytes: number): string {
  return `${Math.round(bytes / 1e6)} MB`;
}

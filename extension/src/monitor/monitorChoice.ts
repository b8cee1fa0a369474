// Owns what the user has chosen of the monitor, as the sidecar takes it: by language, and with the trust that the workspace has.
// Judges no value: the sidecar says what is wrong with one.
import * as vscode from "vscode";

interface MonitorChoice {
  readonly enabled: unknown;
  /** Languages for which the opposite of `enabled` is chosen. */
  readonly exceptLanguages: readonly string[];
  readonly budget: unknown;
  readonly servers: unknown;
  readonly trustWorkspace: boolean;
}

/** The settings with what is chosen of the monitor beside them. */
export function withMonitor<Settings extends object>(settings: Settings): Settings & { readonly monitor: MonitorChoice } {
  return { ...settings, monitor: currentChoice() };
}

function currentChoice(): MonitorChoice {
  const configuration = vscode.workspace.getConfiguration("palimpsest.monitor");
  const enabled = configuration.get("enabled") !== false;
  const spokenOf = configuration.inspect("enabled")?.languageIds ?? [];
  const isOn = (languageId: string): boolean => vscode.workspace.getConfiguration("palimpsest.monitor", { languageId }).get("enabled") !== false;
  return {
    enabled,
    exceptLanguages: spokenOf.filter((languageId) => isOn(languageId) !== enabled),
    budget: configuration.get("budget"),
    servers: configuration.get("servers"),
    trustWorkspace: vscode.workspace.isTrusted,
  };
}

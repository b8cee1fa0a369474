// Owns what the user controls, as it is at the moment: the settings, what is wrong with them, which documents they exclude,
// and the power source where a setting goes by it. Tells when any of it changes.
import * as vscode from "vscode";
import type { SidecarSettings } from "../../sidecar/protocol/settings";
import { currentSettings, isOnAnywhere, isOnFor } from "./config";
import { whyNotSent } from "./documents";
import { Exclusions } from "./exclusions";
import { askRule, whyPaused, type AskRule } from "./inline/askRule";
import { t } from "./l10n";
import { limits } from "./limits";
import { powerSource } from "./power/powerSource";
import { PowerWatch } from "./power/powerWatch";
import { thisSystem } from "./power/systemReader";
import { SettingFaults } from "./settingFaults";
import { sidecarSettings, type Settings } from "./settings";

export class Control implements vscode.Disposable {
  private settings: Settings;
  private isOnAnywhere: boolean;
  private readonly exclusions: Exclusions;
  private readonly power: PowerWatch;
  private readonly faults = new SettingFaults(({ name, message }) => void showFault(name, message));

  /** @param changed what is asked for, or how, may be otherwise now */
  constructor(log: vscode.LogOutputChannel, changed: () => void) {
    this.settings = currentSettings().settings;
    this.isOnAnywhere = isOnAnywhere(this.settings);
    this.exclusions = new Exclusions(log, changed);
    this.power = new PowerWatch({
      read: () => powerSource(thisSystem),
      schedule: (delayMs, action) => {
        const timer = setTimeout(action, delayMs);
        return () => clearTimeout(timer);
      },
      onChange: (source) => {
        log.info(`The machine runs on ${source}.`);
        changed();
      },
      everyMs: limits.powerLookMs,
    });
  }

  /** Reads settings and patterns afresh; settles when the patterns are known. */
  async follow(): Promise<void> {
    const { settings, faults } = currentSettings();
    this.settings = settings;
    this.isOnAnywhere = isOnAnywhere(settings);
    this.faults.follow(faults);
    this.power.watch(this.isOnAnywhere && settings.onBattery !== "asUsual");
    await this.exclusions.follow();
  }

  /** Whether any document may get completions. */
  isOn(): boolean {
    return this.isOnAnywhere;
  }

  sidecarSettings(): SidecarSettings {
    return sidecarSettings(this.settings, this.power.current() === "battery");
  }

  /** Why a document gets no completions, as a sentence; undefined where it gets them. */
  whyOff(document: vscode.TextDocument): string | undefined {
    const reason = whyNotSent(document) ?? this.exclusions.why(document);
    return reason ?? (isOnFor(document) ? undefined : t("Completions are switched off for {0}.", document.languageId));
  }

  whyPaused(): string | undefined {
    return whyPaused(this.settings, this.power.current());
  }

  askRule(byKey: boolean): AskRule {
    return askRule(this.settings, this.power.current(), byKey);
  }

  dispose(): void {
    this.power.watch(false);
    this.exclusions.dispose();
  }
}

async function showFault(name: string, message: string): Promise<void> {
  const open = t("Open Settings");
  const choice = await vscode.window.showWarningMessage(`Palimpsest: ${message}`, open);
  if (choice === open) await vscode.commands.executeCommand("workbench.action.openSettings", `palimpsest.${name}`);
}

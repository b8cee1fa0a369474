// Owns whether and when a suggestion is asked for, from the settings and the power source. Pure.
import { t } from "../l10n";
import type { PowerSource } from "../power/powerSource";
import type { Settings } from "../settings";

export type AskRule =
  | { readonly kind: "ask"; readonly afterMs: number }
  /** `paused`: as a sentence, for whom it concerns; undefined where it is simply what the user has chosen. */
  | { readonly kind: "never"; readonly paused: string | undefined };

type AskSettings = Pick<Settings, "trigger" | "delay" | "onBattery">;

/** @param byKey whether the user asked, rather than the editor while one types: then nothing is waited for. */
export function askRule({ trigger, delay, onBattery }: AskSettings, power: PowerSource, byKey: boolean): AskRule {
  const saving = power === "battery" ? onBattery : "asUsual";
  if (saving === "pause") return { kind: "never", paused: pausedText(saving) };
  if (byKey) return { kind: "ask", afterMs: 0 };
  if (saving === "byKey") return { kind: "never", paused: pausedText(saving) };
  return trigger === "byKey" ? { kind: "never", paused: undefined } : { kind: "ask", afterMs: delay };
}

/** Why completions wait at the moment, for the status bar; undefined where they don't. */
export function whyPaused({ onBattery }: AskSettings, power: PowerSource): string | undefined {
  return power === "battery" && (onBattery === "pause" || onBattery === "byKey") ? pausedText(onBattery) : undefined;
}

function pausedText(saving: "pause" | "byKey"): string {
  return saving === "pause"
    ? t("The machine runs on its battery: nothing is completed until it is plugged in (palimpsest.onBattery).")
    : t("The machine runs on its battery: suggestions come by key only until it is plugged in (palimpsest.onBattery).");
}

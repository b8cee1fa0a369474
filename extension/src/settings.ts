// Owns the settings as one frozen, typed snapshot: those that the sidecar obeys too, by the protocol's rules, and those that
// only the editor's side knows. Reads them through a function, so that it knows no editor.
import { sidecarSettingRules, type SidecarSettings } from "../../sidecar/protocol/settings";
import { limits } from "./limits";
import { oneOf, readByRules, texts, wholeNumber, yesOrNo, type SettingFault, type SettingRules } from "../../sidecar/protocol/settingRule";

interface EditorSettings {
  readonly enabled: boolean;
  readonly trigger: "automatic" | "byKey";
  /** Milliseconds without a key after which a suggestion is asked for. */
  readonly delay: number;
  readonly onBattery: "asUsual" | "noHealing" | "byKey" | "pause";
  /** Names of files at the root of a folder whose patterns exclude documents. */
  readonly ignoreFiles: readonly string[];
}

export type Settings = SidecarSettings & EditorSettings;

const rules: SettingRules<Settings> = {
  ...sidecarSettingRules,
  enabled: yesOrNo(true),
  trigger: oneOf(["automatic", "byKey"], "automatic"),
  delay: wholeNumber(0, 5_000, 0),
  onBattery: oneOf(["asUsual", "noHealing", "byKey", "pause"], "noHealing"),
  ignoreFiles: texts(limits.ignoreFilesMax, [".palimpsestignore"]),
};

/** Reads one setting below `palimpsest.`; the manifest gives its default, and the user's file may hold anything. */
export type ReadSetting = (name: keyof Settings) => unknown;

/** What is wrong counts as its default, and is told of. */
export function readSettings(read: ReadSetting): { readonly settings: Settings; readonly faults: readonly SettingFault[] } {
  return readByRules(rules, read);
}

/** What the sidecar is to obey: on battery it may do less than the settings say. */
export function sidecarSettings(settings: Settings, onBattery: boolean): SidecarSettings {
  const healWhenIdle = settings.healWhenIdle && !(onBattery && settings.onBattery !== "asUsual");
  const names = Object.keys(sidecarSettingRules) as readonly (keyof SidecarSettings)[];
  return { ...(Object.fromEntries(names.map((name) => [name, settings[name]])) as unknown as SidecarSettings), healWhenIdle };
}

/** Whether completions are on for some document: for all, or for one of the languages that the settings speak of. */
export function isOnSomewhere(enabled: boolean, languageIds: readonly string[], isOnFor: (languageId: string) => boolean): boolean {
  return enabled || languageIds.some(isOnFor);
}

// Owns the settings that a client may send: in `initializationOptions`, and in `workspace/didChangeConfiguration`, there
// below `palimpsest`. Names and values are those of the extension's manifest; what a client leaves out stays as it was.
import { oneOf, readByRules, text, texts, wholeNumber, yesOrNo, type SettingFault, type SettingRules } from "./settingRule";

export interface SidecarSettings {
  /** A path; empty: the embedded model. */
  readonly modelPath: string;
  /** Where to compute. */
  readonly gpu: "cpu" | "cuda" | "vulkan";
  /** Cells that the cache may grow to. */
  readonly contextLength: number;
  /** Megabytes that weights and cache may take together; 0: what the machine has. */
  readonly memoryLimit: number;
  readonly policy: string;
  /** Threads at most; 0: the engine follows the load of the machine. */
  readonly threads: number;
  readonly maxTokens: number;
  /** Whether a suggestion ends with the cursor's line. */
  readonly singleLine: boolean;
  /** Characters, white space around them not counted, that a suggestion must have to be shown. */
  readonly minimumLength: number;
  readonly repetitionPenalty: boolean;
  /** Milliseconds for which stale cells are read again while a completion waits. */
  readonly repairBudget: number;
  /** Whether quiet time is used to read ahead and to heal. */
  readonly healWhenIdle: boolean;
  /** Minutes without an edit or a request after which the model is unloaded; 0: never. */
  readonly unloadAfter: number;
  /** Patterns as in .gitignore: documents that match are never read. */
  readonly exclude: readonly string[];
}

export const sidecarSettingRules: SettingRules<SidecarSettings> = {
  modelPath: text(""),
  gpu: oneOf(["cpu", "cuda", "vulkan"], "cpu"),
  contextLength: wholeNumber(512, 131_072, 8_192),
  memoryLimit: wholeNumber(0, 1_048_576, 0),
  policy: oneOf(["patch", "prefix", "cold"], "patch"),
  threads: wholeNumber(0, 256, 0),
  maxTokens: wholeNumber(1, 64, 64),
  singleLine: yesOrNo(false),
  minimumLength: wholeNumber(1, 1_000, 1),
  repetitionPenalty: yesOrNo(true),
  repairBudget: wholeNumber(0, 5_000, 300),
  healWhenIdle: yesOrNo(true),
  unloadAfter: wholeNumber(0, 10_080, 30),
  exclude: texts(1_000),
};

/** `before` for whatever `value` leaves out, or has wrong. Anything but an object says nothing. */
export function readSidecarSettings(
  value: unknown, before: SidecarSettings,
): { readonly settings: SidecarSettings; readonly faults: readonly SettingFault[] } {
  const fields = typeof value === "object" && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
  return readByRules(sidecarSettingRules, (name) => fields[name], before);
}

/** The settings of a `workspace/didChangeConfiguration`; undefined where it has none of ours. */
export function settingsIn(params: unknown): unknown {
  return fieldOf(fieldOf(params, "settings"), "palimpsest");
}

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? (value as Readonly<Record<string, unknown>>)[name] : undefined;
}

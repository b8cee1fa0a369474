// Owns the settings as one frozen, typed snapshot. Reads them through a function, so that it knows no editor.

export type PolicySetting = "patch" | "prefix" | "cold";

export interface Settings {
  readonly enabled: boolean;
  /** Empty: the embedded model. */
  readonly modelPath: string;
  readonly contextLength: number;
  /** 0: the sidecar follows the load of the machine. */
  readonly threads: number;
  readonly policy: PolicySetting;
  readonly maxTokens: number;
  readonly repetitionPenalty: boolean;
}

/** Reads one setting below `palimpsest.`; the manifest gives its default, and the user's file may hold anything. */
export type ReadSetting = (name: keyof Settings) => unknown;

export function readSettings(read: ReadSetting): Settings {
  const policy = read("policy");
  const modelPath = read("modelPath");
  return Object.freeze({
    enabled: read("enabled") !== false,
    modelPath: typeof modelPath === "string" ? modelPath.trim() : "",
    contextLength: wholeNumber(read("contextLength"), 512, 131_072, 8_192),
    threads: wholeNumber(read("threads"), 0, 256, 0),
    policy: policy === "prefix" || policy === "cold" ? policy : "patch",
    maxTokens: wholeNumber(read("maxTokens"), 1, 64, 64),
    repetitionPenalty: read("repetitionPenalty") !== false,
  });
}

/** The flags of the sidecar for these settings. */
export function sidecarFlags(settings: Settings): readonly string[] {
  const flags = ["--stdio", "--context", String(settings.contextLength), "--policy", settings.policy];
  flags.push("--max-tokens", String(settings.maxTokens));
  if (settings.modelPath !== "") flags.push("--model", settings.modelPath);
  if (!settings.repetitionPenalty) flags.push("--repetition-penalty", "off");
  if (settings.threads !== 0) flags.push("--threads", String(settings.threads));
  return flags;
}

/** Whether the sidecar has to be started again to obey. */
export function needsRestart(before: Settings, after: Settings): boolean {
  return sidecarFlags(before).join("\n") !== sidecarFlags(after).join("\n");
}

function wholeNumber(value: unknown, min: number, max: number, otherwise: number): number {
  return typeof value === "number" && Number.isInteger(value) && min <= value && value <= max ? value : otherwise;
}

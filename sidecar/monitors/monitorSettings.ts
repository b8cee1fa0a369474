// Owns what can be chosen of the monitor, and how it is read from what a client or a command line says. Starts nothing.
import { isReadyMade } from "./readyServers";

/** A program and its arguments, or the name of a ready-made server that is looked for. */
export type ServerChoice = { readonly kind: "ready"; readonly name: string } | { readonly kind: "command"; readonly words: readonly string[] };

export interface MonitorSettings {
  readonly enabled: boolean;
  /** Languages for which the opposite of `enabled` holds. */
  readonly exceptLanguages: readonly string[];
  /** What a completion waits for an answer. */
  readonly budgetMs: number;
  /** By language id. */
  readonly servers: Readonly<Record<string, ServerChoice>>;
  /** Whether ready-made servers may be looked for in the folders of the workspace. */
  readonly trustWorkspace: boolean;
}

export const monitorSettingsDefault: MonitorSettings = {
  enabled: true, exceptLanguages: [], budgetMs: 60, servers: {}, trustWorkspace: false,
};

export const budgetMsMax = 1_000;
const languagesMax = 200;
const wordsMax = 100;

export function isMonitoredLanguage(settings: MonitorSettings, languageId: string): boolean {
  return settings.exceptLanguages.includes(languageId) ? !settings.enabled : settings.enabled;
}

/**
 * What is left out, or has another shape than it must, stays as it was; `faults` says what was wrong.
 * @param value `{ enabled, exceptLanguages, budget, servers, trustWorkspace }`, as it came
 */
export function readMonitorSettings(value: unknown, before: MonitorSettings): { readonly settings: MonitorSettings; readonly faults: readonly string[] } {
  const { enabled, exceptLanguages, budget, servers, trustWorkspace } = fieldsOf(value);
  const faults: string[] = [];
  const take = <Value>(name: string, given: unknown, wanted: string, otherwise: Value, read: (given: unknown) => Value | undefined): Value => {
    if (given === undefined || given === null) return otherwise;
    const taken = read(given);
    if (taken === undefined) faults.push(`palimpsest.monitor.${name} must be ${wanted}; it stays as it was.`);
    return taken ?? otherwise;
  };
  const settings: MonitorSettings = {
    enabled: take("enabled", enabled, "true or false", before.enabled, yesOrNo),
    exceptLanguages: take("exceptLanguages", exceptLanguages, "a list of language ids", before.exceptLanguages, wordsOf),
    budgetMs: take("budget", budget, `a whole number from 0 to ${budgetMsMax}`, before.budgetMs, (given) =>
      typeof given === "number" && Number.isInteger(given) && 0 <= given && given <= budgetMsMax ? given : undefined),
    servers: take("servers", servers, "a command, a list of words or a ready-made server's name by language id", before.servers, serversOf),
    trustWorkspace: take("trustWorkspace", trustWorkspace, "true or false", before.trustWorkspace, yesOrNo),
  };
  return { settings, faults };
}

/** One `LANGUAGE[,LANGUAGE]=COMMAND` of a command line; undefined where it is none. */
export function serverFlag(text: string): Readonly<Record<string, ServerChoice>> | undefined {
  const match = /^([\w.+#,-]+)=([^]+)$/.exec(text);
  const [, languages = "", command = ""] = match ?? [];
  const choice = choiceOf(command.startsWith("[") ? parsed(command) : command);
  return match === null || choice === undefined ? undefined : Object.fromEntries(languages.split(",").map((languageId) => [languageId, choice]));
}

/** A list of words is a program with its arguments; a text is a ready-made server's name, or a command without quotes. */
function choiceOf(value: unknown): ServerChoice | undefined {
  if (typeof value === "string") {
    const words = value.trim().split(/\s+/);
    if (words[0] === undefined || words[0] === "") return undefined;
    return words.length === 1 && isReadyMade(words[0]) ? { kind: "ready", name: words[0] } : { kind: "command", words };
  }
  const words = wordsOf(value);
  return words === undefined || words.length === 0 || words[0] === "" ? undefined : { kind: "command", words };
}

function serversOf(value: unknown): Readonly<Record<string, ServerChoice>> | undefined {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  const entries = Object.entries(value).filter(([, choice]) => choice !== "" && choice !== null);
  const choices = entries.map(([languageId, choice]) => [languageId, choiceOf(choice)] as const);
  const known = choices.filter((entry): entry is readonly [string, ServerChoice] => entry[1] !== undefined);
  return known.length < choices.length || languagesMax < choices.length ? undefined : Object.fromEntries(known);
}

function wordsOf(value: unknown): readonly string[] | undefined {
  return Array.isArray(value) && value.length <= wordsMax && value.every((word): word is string => typeof word === "string") ? value : undefined;
}

function yesOrNo(value: unknown): boolean | undefined {
  return typeof value === "boolean" ? value : undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}

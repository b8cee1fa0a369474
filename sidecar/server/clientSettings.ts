// Owns what the settings mean for the sidecar: the flags it was started with, overridden by what the client has sent since.
// Reads nothing by itself, and acts on nothing.
import { ExclusionRules } from "../protocol/exclusion";
import { readSidecarSettings, type SidecarSettings } from "../protocol/settings";
import type { SettingFault } from "../protocol/settingRule";
import type { Tuning } from "../session/tuning";
import type { EngineSetup } from "./engineMessages";
import type { ServeFlags } from "./flags";

export class ClientSettings {
  private settings: SidecarSettings;
  private exclusions = new ExclusionRules();
  private folders: readonly string[] = [];

  constructor(private readonly flags: ServeFlags, private readonly embeddedModel: string) {
    this.settings = { ...readSidecarSettings(undefined, settingsOf(flags)).settings };
  }

  /** Folders of the client's workspace, as URIs: patterns with a slash speak of paths below them. */
  inFolders(uris: readonly string[]): void {
    this.folders = uris.map((uri) => pathOf(uri).replace(/\/$/, ""));
    this.exclude();
  }

  /** What was wrong stays as it was. */
  take(value: unknown): readonly SettingFault[] {
    const { settings, faults } = readSidecarSettings(value, this.settings);
    this.settings = settings;
    this.exclude();
    return faults;
  }

  get setup(): EngineSetup {
    const { modelPath, contextLength, memoryLimit, gpu, policy } = this.settings;
    return {
      modelPath: modelPath === "" ? this.embeddedModel : modelPath,
      contextTokens: contextLength,
      memoryBytesMax: memoryLimit === 0 ? undefined : memoryLimit * 1_000_000,
      libraryFolder: this.flags.libraryFolder,
      enginesFolder: this.flags.enginesFolder,
      gpu,
      policy,
      verify: this.flags.verify,
      drafts: this.flags.drafts,
    };
  }

  /** All but what the monitor asks, whose settings are its own. */
  get tuning(): Omit<Tuning, "memberSources"> {
    const { maxTokens, singleLine, minimumLength, repetitionPenalty, repairBudget, healWhenIdle, threads } = this.settings;
    return {
      completionTokensMax: maxTokens,
      singleLine,
      charactersMin: minimumLength,
      repetitionPenalty,
      repairMsMax: repairBudget,
      healing: healWhenIdle,
      // A client that lets nothing be healed has little power, or little patience for it.
      preparing: healWhenIdle,
      threadsMax: threads === 0 ? undefined : threads,
    };
  }

  get unloadAfterMs(): number | undefined {
    return this.settings.unloadAfter === 0 ? undefined : this.settings.unloadAfter * 60_000;
  }

  /** Why a document must not be read, as a sentence; undefined where it may. */
  readonly whyExcluded = (uri: string): string | undefined => this.exclusions.exclusionOf(pathOf(uri));

  private exclude(): void {
    const { exclude: patterns } = this.settings;
    const folders = this.folders.length === 0 ? [""] : this.folders;
    this.exclusions = new ExclusionRules(folders.map((folder) => ({ folder, patterns, from: "palimpsest.exclude" })));
  }
}

function settingsOf(flags: ServeFlags): SidecarSettings {
  const { modelPath = "", gpu, contextTokens: contextLength, policy, threads = 0, completionTokens: maxTokens, repetitionPenalty } = flags;
  const fromFlags = { modelPath, gpu, contextLength, policy, threads, maxTokens, repetitionPenalty };
  return { memoryLimit: 0, singleLine: false, minimumLength: 1, repairBudget: 300, healWhenIdle: true, unloadAfter: 30, exclude: [], ...fromFlags };
}

/** The path that a URI names, decoded; what is no URI is taken as it is. */
function pathOf(uri: string): string {
  const path = uri.replace(/^[a-z][\w+.-]*:(\/\/[^/]*)?/i, "").replace(/[?#].*$/, "");
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

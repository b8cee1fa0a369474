// Owns that a second source of ghost text is noticed, and said once: the editor shows one suggestion at a time, and two
// sources take turns. Data and a rule; the editor is asked through functions.

interface OtherProvider {
  readonly id: string;
  readonly name: string;
  /** A setting that switches its ghost text off: a switch, or one by language with "*" for all. */
  readonly switch?: string;
}

/** Extensions that offer ghost text, by their identifiers in the Marketplace and Open VSX. */
const otherProviders: readonly OtherProvider[] = [
  { id: "GitHub.copilot", name: "GitHub Copilot", switch: "github.copilot.enable" },
  { id: "GitHub.copilot-chat", name: "GitHub Copilot", switch: "github.copilot.enable" },
  { id: "Codeium.codeium", name: "Windsurf (Codeium)" },
  { id: "TabNine.tabnine-vscode", name: "Tabnine" },
  { id: "Supermaven.supermaven", name: "Supermaven" },
  { id: "Continue.continue", name: "Continue", switch: "continue.enableTabAutocomplete" },
  { id: "ggml-org.llama-vscode", name: "llama.vscode", switch: "llama-vscode.enabled" },
  { id: "TabbyML.vscode-tabby", name: "Tabby" },
  { id: "rjmacarthy.twinny", name: "twinny", switch: "twinny.autoSuggestEnabled" },
  { id: "sourcegraph.cody-ai", name: "Cody" },
  { id: "smallcloud.codify", name: "Refact" },
  { id: "AmazonWebServices.amazon-q-vscode", name: "Amazon Q" },
  { id: "Google.geminicodeassist", name: "Gemini Code Assist" },
  { id: "HuggingFace.huggingface-vscode", name: "llm-vscode" },
  { id: "ex3ndr.llama-coder", name: "Llama Coder", switch: "inference.enabled" },
  { id: "kilocode.Kilo-Code", name: "Kilo Code" },
];

export interface Surroundings {
  readonly isEnabled: (extensionId: string) => boolean;
  readonly setting: (name: string) => unknown;
  /** Identifiers that were told of before. */
  readonly told: readonly string[];
}

/** The others that are at work and were not told of yet: their names, each once, and their identifiers. */
export function newProviders({ isEnabled, setting, told }: Surroundings): { readonly names: readonly string[]; readonly ids: readonly string[] } {
  const found = otherProviders.filter(({ id, switch: name }) => !told.includes(id) && isEnabled(id) && !(name !== undefined && isOff(setting(name))));
  return { names: [...new Set(found.map(({ name }) => name))], ids: found.map(({ id }) => id) };
}

function isOff(value: unknown): boolean {
  return value === false || (typeof value === "object" && value !== null && (value as Readonly<Record<string, unknown>>)["*"] === false);
}

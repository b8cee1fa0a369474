// Owns prompts as text: sentinels by name, `‖` where the fresh part begins, `⟨…⟩` around what was taken back to be healed.
// Knows no layout.
import type { Prompt, PromptTokens } from "../../sidecar/prompt/layout";
import type { Tokenizer } from "../../sidecar/tokens/tokenizer";
import { fakeSentinels } from "./fakeTokenizer";

const { prefix, suffix, middle, fileSeparator, end } = fakeSentinels;

/** The sentinels of a model that fills in the middle and knows file names. */
export const fim: PromptTokens = { fim: { prefix, suffix, middle, fileSeparator }, begin: undefined };

const names: ReadonlyMap<number, string> = new Map<number, string>([
  [prefix, "<prefix>"], [suffix, "<suffix>"], [middle, "<middle>"], [fileSeparator, "<file>"], [end, "<begin>"],
]);

export function printPrompt(prompt: Prompt, tokenizer: Tokenizer): string {
  const before = printTokens(prompt.tokens.subarray(0, prompt.freshFrom), tokenizer);
  const fresh = printTokens(prompt.tokens.subarray(prompt.freshFrom), tokenizer);
  return `${before}‖${fresh}⟨${shown(Buffer.from(prompt.healed).toString("utf8"))}⟩`;
}

export function printTokens(tokens: Int32Array, tokenizer: Tokenizer): string {
  return Array.from(tokens, (token) => names.get(token) ?? shown(Buffer.from(tokenizer.pieceOf(token)).toString("utf8"))).join("");
}

function shown(text: string): string {
  return text.replaceAll("\n", "⏎").replaceAll("\r", "␍");
}

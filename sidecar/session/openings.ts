// Owns where else a suggestion could have gone: the likeliest other tokens along its first line, as texts that another
// completion begins with. One batch through the model; what follows each opening is written like any completion.
import { at } from "../base/assert";
import { wholeText } from "../decode/loop";
import type { LogitProcessor } from "../decode/processor";
import { likeliest, logProbability } from "../decode/sampler";
import { TokenHealing } from "../decode/tokenHealing";
import { cellPosition } from "../engine/engine";
import type { Prompt } from "../prompt/layout";
import type { Bench } from "./bench";
import { inScratchSequence } from "./scratchSequence";
import type { HeldCells } from "./session";

/** Choices along the first line that are looked at; further ones would differ late. */
const choicesMax = 16;
/** Of all likely tokens at a choice, so many are looked at. */
const othersMax = 2;
/** Below it, what follows is seldom anything that somebody would take. */
const probabilityMin = 0.01;
/** Of the likeliest tokens at a choice, so many may begin an opening: the suggestion's own and the others. */
export const openingChoicesMax = othersMax + 1;

export interface Opening {
  /** What a completion begins with: it starts as the suggestion does and ends with a token that parts from it. */
  readonly text: string;
  readonly logProbability: number;
}

/**
 * The likeliest first, none a beginning of another or of `suggested`, which was written behind the prompt that the cells hold.
 * @param penalty asked at each choice as it was for the suggestion; the caller closes it
 */
export function openingsBeside(
  bench: Bench, held: HeldCells, prompt: Prompt, suggested: string, count: number, penalty: LogitProcessor | undefined, interrupted: () => boolean,
): readonly Opening[] {
  const { engine, scratch, pieces } = bench;
  const healedText = wholeText(prompt.healed);
  const firstLine = suggested.split("\n", 1)[0] ?? "";
  const along = engine.tokenise(healedText + firstLine).subarray(0, Math.min(choicesMax, engine.capabilities.batchTokensMax));
  const processors = [...(prompt.healed.length > 0 ? [new TokenHealing(prompt.healed, pieces, engine)] : []), ...(penalty === undefined ? [] : [penalty])];
  const last = prompt.tokens.length - 1;
  return inScratchSequence(bench, held, last, () => {
    // The logits behind the prompt's last token are gone; those behind the last of the line are of no use.
    const fed = Int32Array.of(at(prompt.tokens, last), ...along.subarray(0, -1));
    if (engine.decode(scratch, cellPosition(last), fed, "all", interrupted) === "interrupted") return [];
    const found: Opening[] = [];
    let spelled: Buffer = Buffer.alloc(0);
    for (let row = 0; row < along.length; row += 1) {
      const taken = at(along, row);
      for (const other of othersAt(engine.logits(row), taken, processors)) {
        if (engine.capabilities.endTokens.has(other.token)) continue;
        const text = wholeText(Buffer.concat([spelled, engine.pieceOf(other.token)])).slice(healedText.length);
        found.push({ text, logProbability: other.logProbability });
      }
      for (const processor of processors) processor.accept(taken);
      spelled = Buffer.concat([spelled, engine.pieceOf(taken)]);
    }
    return apart(found, suggested, count);
  });
}

function othersAt(
  logits: Float32Array, taken: number, processors: readonly LogitProcessor[],
): readonly { readonly token: number; readonly logProbability: number }[] {
  const lowered = logits.slice();
  for (const processor of processors) if (processor.acts?.() !== false) processor.lower(lowered);
  // What `taken` has is divided among nobody: an other is as likely as the model finds it.
  const asTheyAre = lowered.slice();
  lowered[taken] = -Infinity;
  const others: { token: number; logProbability: number }[] = [];
  while (others.length < othersMax) {
    const token = likeliest(lowered);
    if (token < 0) break;
    others.push({ token, logProbability: logProbability(asTheyAre, token) });
    lowered[token] = -Infinity;
  }
  return others;
}

/** The likeliest `count` that part from the suggestion and from one another. */
function apart(found: readonly Opening[], suggested: string, count: number): readonly Opening[] {
  const kept: Opening[] = [];
  for (const opening of found.toSorted((a, b) => b.logProbability - a.logProbability)) {
    if (kept.length === count || opening.logProbability < Math.log(probabilityMin)) break;
    const isBlank = opening.text.trim() === "" || opening.text.endsWith("\ufffd");
    if (!isBlank && areApart([suggested, ...kept.map(({ text }) => text)], opening.text)) kept.push(opening);
  }
  return kept;
}

/** Whether `text` is no beginning of any of `others`, and none of it. */
export function areApart(others: readonly string[], text: string): boolean {
  return others.every((other) => !other.startsWith(text) && !text.startsWith(other));
}

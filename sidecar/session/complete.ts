// Owns what is written behind a prompt whose cells are there: fork, decode, trim; and how well a given text was expected there.
// Throws what the engine or an invariant throws: the caller recovers.
import { at } from "../base/assert";
import { limits } from "../base/limits";
import { decode, wholeText, type DecodeEnd, type Decoded } from "../decode/loop";
import type { LogitProcessor } from "../decode/processor";
import { logProbability } from "../decode/sampler";
import { choiceOf, type Choice } from "../decode/show/choice";
import { isLikelyEnd } from "../decode/show/likelyEnd";
import { finishedLength } from "../decode/stop";
import { TokenHealing } from "../decode/tokenHealing";
import { trimSuggestion, type TrimContext, type Trimmed } from "../decode/trimSuggestion";
import { cellPosition, type Engine } from "../engine/engine";
import type { Prompt } from "../prompt/layout";
import type { MonitorRecord } from "../protocol/data";
import { modelText } from "../tokens/modelText";
import type { Bench } from "./bench";
import type { ExpectedScore, Interruption } from "./events";
import { inScratchSequence } from "./scratchSequence";
import type { HeldCells } from "./session";

/** Its `text` is what could be inserted at the cursor: whether it is shown is for showing.ts to say. */
export interface Written extends Trimmed {
  /** What the model wrote, before trimming. */
  readonly rawText: string;
  readonly end: DecodeEnd;
  /** The new tokens, and the end token where the model chose one: how far each brought `rawText`, and how sure it was of it. */
  readonly choices: readonly WrittenChoice[];
  readonly tokensDecoded: number;
  readonly firstTokenAtMs: number;
  readonly interruption: Interruption | undefined;
  /** What the monitors did, where any watched. */
  readonly monitor?: MonitorRecord;
}

export interface WrittenChoice extends Choice {
  /** Length of `rawText` behind the token; 0 while it spells what was healed. */
  readonly endUtf16: number;
}

export interface Writing {
  /** Told of all that is written so far, token by token. */
  readonly onText?: (text: string) => void;
  /** How much of the prompt the cells hold, where that isn't all: the rest is read in passing, and kept nowhere. */
  readonly sharedCount?: number;
}

/** Decodes behind the prompt that the document's cells hold; `penalty` is asked behind the healing of the cut token. */
export function write(
  bench: Bench, held: HeldCells, prompt: Prompt, context: TrimContext, interrupted: () => Interruption | undefined, penalty?: LogitProcessor,
  { onText, sharedCount = prompt.tokens.length }: Writing = {},
): Written {
  const { engine, scratch, clock, drafts } = bench;
  const tokensMax = Math.min(bench.completionTokensMax, limits.completionTokensMax);
  const healedText = wholeText(prompt.healed);
  const startedMs = clock.nowMs();
  let firstTokenAtMs = startedMs;
  let interruption: Interruption | undefined;
  const choices: Choice[] = [];
  let spelled = "";
  const poll = (): boolean => (interruption ??= interrupted()) !== undefined;
  const endsBehind = (text: string, choice: Choice, token: number): boolean =>
    healedText.length < text.length && isLikelyEnd(choice, text.slice(healedText.length), wholeText(engine.pieceOf(token)), context);
  const isNearLikelyEnd = (logits: Float32Array, token: number, nats: number): boolean => {
    const choice = choiceOf(logits, token, engine.capabilities.endTokens);
    const offBy = (by: number): boolean => endsBehind(spelled, { ...choice, endLogProbability: choice.endLogProbability + by }, token);
    return offBy(nats) !== offBy(-nats);
  };
  const decoded = inScratchSequence(bench, held, sharedCount, () => {
    if (!readOn(bench, prompt, sharedCount, poll)) return { tokens: [], bytes: new Uint8Array(0), end: "interrupted" } as const;
    return decode({
      engine,
      sequence: scratch,
      start: prompt.tokens.length,
      processors: [...(prompt.healed.length > 0 ? [new TokenHealing(prompt.healed, bench.pieces, engine)] : []), ...(penalty === undefined ? [] : [penalty])],
      tokensMax,
      clock,
      untilMs: startedMs + bench.completionMsMax,
      interrupted: poll,
      onFirstToken: () => {
        firstTokenAtMs = clock.nowMs();
      },
      onChoice: (logits, token) => {
        const choice = choiceOf(logits, token, engine.capabilities.endTokens);
        choices.push(choice);
        return endsBehind(spelled, choice, token);
      },
      wouldEnd: (logits, token, text) => endsBehind(text, choiceOf(logits, token, engine.capabilities.endTokens), token),
      isCloseCall: (logits, token, nats) => isNearLikelyEnd(logits, token, nats),
      onText: (text) => {
        spelled = text;
        if (healedText.length <= text.length) onText?.(text.slice(healedText.length));
      },
      isFinished: (text) => healedText.length <= text.length && finishedLength(text.slice(healedText.length), context) !== undefined,
      draftedBy: drafts === undefined ? undefined : { drafts, sources: drafts.begin(held.sequence, prompt.tokens, tokensMax) },
    });
  });
  drafts?.end(held.sequence, prompt.tokens, decoded.tokens);
  const rawText = wholeText(decoded.bytes).slice(healedText.length);
  const endedWhole = decoded.end === "endToken" || decoded.end === "likelyEnd" || decoded.end === "finished";
  return {
    ...(interruption === undefined ? trimSuggestion(rawText, endedWhole, context) : nothingLeft),
    rawText,
    end: decoded.end,
    choices: written(choices, decoded, engine, healedText.length),
    tokensDecoded: decoded.tokens.length,
    firstTokenAtMs,
    interruption,
  };
}

const nothingLeft: Trimmed = { text: "", replacedUtf16: 0, keptUtf16: 0, emptied: undefined };

/** Reads what of the prompt comes behind the shared cells into the scratch sequence; false where it was broken off. */
function readOn({ engine, scratch }: Bench, { tokens }: Prompt, sharedCount: number, interrupted: () => boolean): boolean {
  for (let start = sharedCount; start < tokens.length; start += engine.capabilities.batchTokensMax) {
    const batch = tokens.subarray(start, start + engine.capabilities.batchTokensMax);
    if (engine.decode(scratch, cellPosition(start), batch, "last", interrupted) === "interrupted") return false;
  }
  return true;
}

function written(choices: readonly Choice[], { tokens, bytes }: Decoded, engine: Engine, healedUtf16: number): readonly WrittenChoice[] {
  let endByte = 0;
  return choices.map((choice, index) => {
    const token = tokens[index];
    endByte += token === undefined ? 0 : engine.pieceOf(token).length;
    return { ...choice, endUtf16: Math.max(0, wholeText(bytes.subarray(0, endByte)).length - healedUtf16) };
  });
}

/**
 * Loss of `expected` behind the prompt that the document's cells hold, token by token, as far as the cache has room for it.
 * Its own cost is not charged.
 */
export function expectedLoss(bench: Bench, held: HeldCells, prompt: Prompt, expected: string): ExpectedScore {
  const { engine, scratch } = bench;
  const count = prompt.tokens.length;
  const room = Math.min(limits.completionTokensMax, engine.reserve(engine.cellsUsed() + limits.completionTokensMax) - engine.cellsUsed());
  const wanted = engine.tokenise(wholeText(prompt.healed) + modelText(expected)).subarray(0, room);
  // The last token of the prompt is decoded again, since the logits behind it are gone.
  return inScratchSequence(bench, held, count - 1, () => {
    const fed = Int32Array.of(at(prompt.tokens, count - 1), ...wanted.subarray(0, wanted.length - 1));
    let nats = 0;
    for (let start = 0; start < fed.length; start += engine.capabilities.batchTokensMax) {
      const batch = fed.subarray(start, start + engine.capabilities.batchTokensMax);
      engine.decode(scratch, cellPosition(count - 1 + start), batch, "all");
      for (let row = 0; row < batch.length; row += 1) nats -= logProbability(engine.logits(row), at(wanted, start + row));
    }
    return { nats, tokens: wanted.length, bytes: wanted.reduce((sum, token) => sum + engine.pieceOf(token).length, 0) };
  });
}

// Owns the decoding of one completion: logits, processors, a token, a look at where to stop, again.
// Works in a scratch sequence that the caller forked and gives back; knows no document and no cell of it.
import { at } from "../base/assert";
import type { Clock } from "../base/clock";
import { cellPosition, type Engine, type SequenceId } from "../engine/engine";
import type { LogitProcessor } from "./processor";
import { greedy } from "./sampler";

export interface DecodeTask {
  readonly engine: Engine;
  /** Holds the prompt; the engine's latest logits are those behind its last token. */
  readonly sequence: SequenceId;
  /** Position of the first new token. */
  readonly start: number;
  readonly processors: readonly LogitProcessor[];
  readonly tokensMax: number;
  readonly clock: Clock;
  /** Time at which to stop with what is there. */
  readonly untilMs: number;
  readonly interrupted: () => boolean;
  /** Called once, when the first token is chosen. */
  readonly onFirstToken: () => void;
  /**
   * Shown every choice in order, before the token is accepted and with the logits it was made from, an end token's too. True
   * ends the completion in front of the token.
   */
  readonly onChoice?: (logits: Float32Array, token: number) => boolean;
  /** Whether the text spelled so far is a whole completion. */
  readonly isFinished: (text: string) => boolean;
}

export type DecodeEnd = "endToken" | "likelyEnd" | "finished" | "tokens" | "time" | "interrupted";

export interface Decoded {
  /** All new tokens, those that spell the healed bytes included. */
  readonly tokens: readonly number[];
  readonly bytes: Uint8Array;
  readonly end: DecodeEnd;
}

export function decode(task: DecodeTask): Decoded {
  const { engine, processors } = task;
  const tokens: number[] = [];
  let bytes: Buffer = Buffer.alloc(0);
  const ended = (end: DecodeEnd): Decoded => ({ tokens, bytes, end });
  for (;;) {
    const logits = processed(engine.logits(), processors);
    const token = greedy(logits);
    if (tokens.length === 0) task.onFirstToken();
    const endsHere = task.onChoice?.(logits, token) === true;
    if (engine.capabilities.endTokens.has(token)) return ended("endToken");
    if (endsHere) return ended("likelyEnd");
    for (const processor of processors) processor.accept(token);
    tokens.push(token);
    bytes = Buffer.concat([bytes, engine.pieceOf(token)]);
    if (task.isFinished(wholeText(bytes))) return ended("finished");
    if (task.tokensMax <= tokens.length) return ended("tokens");
    if (task.untilMs <= task.clock.nowMs()) return ended("time");
    if (task.interrupted()) return ended("interrupted");
    const position = cellPosition(task.start + tokens.length - 1);
    const result = engine.decode(task.sequence, position, Int32Array.of(at(tokens, tokens.length - 1)), "last", task.interrupted);
    if (result === "interrupted") return ended("interrupted");
  }
}

/** The engine's own logits where no processor acts, else a lowered copy. */
function processed(logits: Float32Array, processors: readonly LogitProcessor[]): Float32Array {
  const acting = processors.filter((processor) => processor.acts?.() !== false);
  if (acting.length === 0) return logits;
  const lowered = logits.slice();
  for (const processor of acting) processor.lower(lowered);
  return lowered;
}

/** The text that `bytes` spell, without a character that is still cut at the end. */
export function wholeText(bytes: Uint8Array): string {
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes, { stream: true });
}

// Owns the decoding of one completion: logits, processors, a token, a look at where to stop, again.
// Works in a scratch sequence that the caller forked and gives back; knows no document and no cell of it.
import { at } from "../base/assert";
import type { Clock } from "../base/clock";
import type { Engine, SequenceId } from "../engine/engine";
import { DraftedSteps, roundingNats, type DraftedBy } from "./draft/draftedSteps";
import type { OtherWork } from "./otherWork";
import type { LogitProcessor } from "./processor";
import { greedy, leadOf } from "./sampler";

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
  /** Whether `onChoice` would end the completion behind `text`; asked ahead, of what may not be chosen. */
  readonly wouldEnd?: (logits: Float32Array, token: number, text: string) => boolean;
  /** Whether logits that are off by so many nats could make `onChoice` say something else. */
  readonly isCloseCall?: (logits: Float32Array, token: number, nats: number) => boolean;
  /** Whether the text spelled so far is a whole completion. Asked of drafts too, ahead: see `onText`. */
  readonly isFinished: (text: string) => boolean;
  /** Shown the text spelled so far, behind each new token, before `isFinished`. */
  readonly onText?: (text: string) => void;
  /** What drafts come from; none where it is absent. What is written is the same, token for token. */
  readonly draftedBy?: DraftedBy | undefined;
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
  const steps = new DraftedSteps(task, task.draftedBy);
  const ended = (end: DecodeEnd): Decoded => {
    steps.end();
    return { tokens, bytes, end };
  };
  for (;;) {
    const written = bytes;
    const workBefore = (lowered: Float32Array): OtherWork | undefined => steps.workBefore({
      logits: lowered,
      tokensMax: task.tokensMax - tokens.length - 1,
      endsWith: (ahead, from) => endsWith(task, written, ahead, from),
    });
    let logits = processed(steps.logits(), processors, workBefore);
    let token = greedy(logits);
    if (steps.isRounded && isClose(task, logits, token)) {
      if (steps.settle() === "interrupted") return ended("interrupted");
      logits = processed(steps.logits(), processors, workBefore);
      token = greedy(logits);
    }
    if (tokens.length === 0) task.onFirstToken();
    const endsHere = task.onChoice?.(logits, token) === true;
    if (engine.capabilities.endTokens.has(token)) return ended("endToken");
    if (endsHere) return ended("likelyEnd");
    for (const processor of processors) processor.accept(token);
    tokens.push(token);
    bytes = Buffer.concat([bytes, engine.pieceOf(token)]);
    const text = wholeText(bytes);
    task.onText?.(text);
    if (task.isFinished(text)) return ended("finished");
    if (task.tokensMax <= tokens.length) return ended("tokens");
    if (task.untilMs <= task.clock.nowMs()) return ended("time");
    if (task.interrupted()) return ended("interrupted");
    const cut = (draft: Int32Array): Int32Array => usefulPart(task, bytes, draft);
    if (steps.advance(token, task.tokensMax - tokens.length - 1, cut) === "interrupted") return ended("interrupted");
  }
}

function isClose(task: DecodeTask, logits: Float32Array, token: number): boolean {
  const isProcessorsCloseCall = task.processors.some((processor) => processor.isCloseCall?.(roundingNats) === true);
  return isProcessorsCloseCall || leadOf(logits, token) < roundingNats || task.isCloseCall?.(logits, token, roundingNats) === true;
}

/** Whether a completion that has written `bytes` ends before the last of `ahead`, chosen from `from`, or with it; or its time is over. */
function endsWith({ engine, clock, untilMs, wouldEnd, isFinished }: DecodeTask, bytes: Uint8Array, ahead: readonly number[], from: Float32Array): boolean {
  const last = ahead.length - 1;
  const before = Buffer.concat([bytes, ...ahead.slice(0, last).map((token) => engine.pieceOf(token))]);
  const token = at(ahead, last);
  if (untilMs <= clock.nowMs() || wouldEnd?.(from, token, wholeText(before)) === true) return true;
  return isFinished(wholeText(Buffer.concat([before, engine.pieceOf(token)])));
}

/** Of a draft behind `bytes`, the tokens whose logits can be asked for: none from where the completion would have ended. */
function usefulPart({ engine, isFinished }: DecodeTask, bytes: Uint8Array, draft: Int32Array): Int32Array {
  let spelled = Buffer.from(bytes);
  for (const [index, token] of draft.entries()) {
    if (engine.capabilities.endTokens.has(token)) return draft.subarray(0, index);
    spelled = Buffer.concat([spelled, engine.pieceOf(token)]);
    if (isFinished(wholeText(spelled))) return draft.subarray(0, index);
  }
  return draft;
}

/** The engine's own logits where no processor acts, else a lowered copy. */
function processed(logits: Float32Array, processors: readonly LogitProcessor[], workBefore: (lowered: Float32Array) => OtherWork | undefined): Float32Array {
  const acting = processors.filter((processor) => processor.acts?.() !== false);
  if (acting.length === 0) return logits;
  const lowered = logits.slice();
  const work = workBefore(lowered);
  for (const processor of acting) processor.lower(lowered, work);
  return lowered;
}

/** The text that `bytes` spell, without a character that is still cut at the end. */
export function wholeText(bytes: Uint8Array): string {
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes, { stream: true });
}

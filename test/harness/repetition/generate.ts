// Owns one long generation: the prompt of a case, read once for all methods, and what a method writes behind it with the
// editor's stop rules off. Knows no method by name and no figure.
import { at } from "../../../sidecar/base/assert";
import type { Clock } from "../../../sidecar/base/clock";
import { decode, wholeText } from "../../../sidecar/decode/loop";
import type { LogitProcessor } from "../../../sidecar/decode/processor";
import { cellPosition, cells, sequenceId, toEnd } from "../../../sidecar/engine/engine";
import type { Engine } from "../../../sidecar/engine/engine";
import type { RepetitionCase } from "./case";
import { loopPeriod } from "./greedyLoop";

/**
 * plain: path and text, to go on with; fim: the text as the prefix of a fill-in-the-middle prompt with nothing after the
 * cursor, as the editor asks at the end of a file.
 */
export const promptKinds = ["plain", "fim"] as const;
export type PromptKind = (typeof promptKinds)[number];

/**
 * end: the model's end token; tokens: the budget was used up; loop: cut because the last tokens were periodic, which
 * only greedy decoding is (see `cutLoops`), and taken for a generation that never ends.
 */
export type GenerationEnd = "end" | "tokens" | "loop" | "interrupted";

export interface Generated {
  /** What the tokens spell, without a character that is still cut at the end. */
  readonly text: string;
  /** After a cut, the last period over and over until the budget is used up: what greedy decoding would have gone on with. */
  readonly tokens: readonly number[];
  readonly end: GenerationEnd;
  /** Tokens that were really decoded. */
  readonly decoded: number;
  /** Decoding alone, the reading of the prompt left out. */
  readonly decodeMs: number;
}

export interface GenerationTask {
  readonly processors: readonly LogitProcessor[];
  readonly tokensMax: number;
  /** Stop as soon as the last tokens are periodic. */
  readonly cutLoops: boolean;
  readonly interrupted: () => boolean;
}

const promptSequence = sequenceId(0);
const scratch = sequenceId(1);

/** A case whose prompt stands in the cache. `close` gives the cells back. */
export class CasePrompt {
  private constructor(private readonly engine: Engine, private readonly clock: Clock, private readonly tokens: Int32Array, readonly text: Int32Array) {}

  /** @throws EngineError where the prompt and the budget don't fit the context. */
  static read(engine: Engine, clock: Clock, { path, prefix }: RepetitionCase, kind: PromptKind): CasePrompt {
    engine.remove(promptSequence, toEnd(0));
    engine.remove(scratch, toEnd(0));
    const text = engine.tokenise(prefix);
    const tokens = promptTokens(engine, path, text, kind);
    const { batchTokensMax } = engine.capabilities;
    for (let start = 0; start < tokens.length - 1; start += batchTokensMax) {
      engine.decode(promptSequence, cellPosition(start), tokens.subarray(start, Math.min(start + batchTokensMax, tokens.length - 1)), "none");
    }
    return new CasePrompt(engine, clock, tokens, text);
  }

  generate({ processors, tokensMax, cutLoops, interrupted }: GenerationTask): Generated {
    const { engine, clock, tokens } = this;
    const last = tokens.length - 1;
    const watch = new LoopWatch();
    if (0 < last) engine.copy(promptSequence, scratch, cells(0, last));
    const startMs = clock.nowMs();
    engine.decode(scratch, cellPosition(last), tokens.subarray(last), "last");
    const decoded = decode({
      engine,
      sequence: scratch,
      start: tokens.length,
      processors: cutLoops ? [...processors, watch] : processors,
      tokensMax,
      clock,
      untilMs: Infinity,
      interrupted: () => watch.isLooping() || interrupted(),
      onFirstToken: () => undefined,
      isFinished: () => false,
    });
    const decodeMs = clock.nowMs() - startMs;
    engine.remove(scratch, toEnd(0));
    const end = endOf(decoded.end, watch);
    const all = end === "loop" ? prolonged(decoded.tokens, tokensMax) : decoded.tokens;
    return { text: wholeText(Buffer.concat(all.map((token) => engine.pieceOf(token)))), tokens: all, end, decoded: decoded.tokens.length, decodeMs };
  }

  close(): void {
    this.engine.remove(promptSequence, toEnd(0));
  }
}

function endOf(end: ReturnType<typeof decode>["end"], watch: LoopWatch): GenerationEnd {
  if (end === "endToken") return "end";
  if (end === "tokens") return "tokens";
  return watch.isLooping() ? "loop" : "interrupted";
}

function promptTokens(engine: Engine, path: string, text: Int32Array, kind: PromptKind): Int32Array {
  const { fim, beginToken } = engine.capabilities;
  const begin = beginToken === undefined ? [] : [beginToken];
  const fileName = fim?.fileSeparator === undefined ? [] : [fim.fileSeparator, ...engine.tokenise(path + "\n")];
  // A model that knows no fill-in-the-middle is asked to go on, whatever was chosen.
  if (fim === undefined || kind === "plain") return Int32Array.from([...begin, ...fileName, ...text]);
  return Int32Array.from([...begin, ...fileName, fim.prefix, ...text, fim.suffix, fim.middle]);
}

/** Lowers nothing: sees every token that is chosen, and says when they have become periodic. */
class LoopWatch implements LogitProcessor {
  private readonly tokens: number[] = [];

  lower(): boolean {
    return false;
  }

  accept(token: number): void {
    this.tokens.push(token);
  }

  rollBack(count: number): void {
    this.tokens.length -= count;
  }

  isLooping(): boolean {
    return loopPeriod(this.tokens) !== undefined;
  }
}

function prolonged(tokens: readonly number[], tokensMax: number): readonly number[] {
  const period = loopPeriod(tokens);
  if (period === undefined) return tokens;
  return Array.from({ length: tokensMax }, (_, index) =>
    index < tokens.length ? at(tokens, index) : at(tokens, tokens.length - period + ((index - tokens.length) % period)));
}

// Owns one long generation: the prompt of a case, read once for all methods, and what a method writes behind it with the
// editor's stop rules off. Knows no method by name and no figure.
import type { Clock } from "../../../sidecar/base/clock";
import { decode, wholeText } from "../../../sidecar/decode/loop";
import type { LogitProcessor } from "../../../sidecar/decode/processor";
import { EngineError, cellPosition, cells, sequenceId, toEnd } from "../../../sidecar/engine/engine";
import type { Engine } from "../../../sidecar/engine/engine";
import type { RepetitionCase } from "./case";

/**
 * plain: path and text, to go on with; fim: the text as the prefix of a fill-in-the-middle prompt with nothing after the
 * cursor, as the editor asks at the end of a file.
 */
export const promptKinds = ["plain", "fim"] as const;
export type PromptKind = (typeof promptKinds)[number];

/** end: the model's end token; tokens: the budget was used up. */
export type GenerationEnd = "end" | "tokens" | "interrupted";

export interface Generated {
  /** What the tokens spell, without a character that is still cut at the end. */
  readonly text: string;
  readonly tokens: readonly number[];
  readonly end: GenerationEnd;
  /** Decoding alone, the reading of the prompt left out. */
  readonly decodeMs: number;
}

export interface GenerationTask {
  readonly processors: readonly LogitProcessor[];
  readonly tokensMax: number;
  readonly interrupted: () => boolean;
}

const promptSequence = sequenceId(0);
const scratch = sequenceId(1);

/** A case whose prompt stands in the cache. `close` gives the cells back. */
export class CasePrompt {
  private constructor(private readonly engine: Engine, private readonly clock: Clock, private readonly tokens: Int32Array, readonly text: Int32Array) {}

  /** Makes room for `tokensMax` tokens behind the prompt too. @throws EngineError where the context is too short for both. */
  static read(engine: Engine, clock: Clock, { path, prefix }: RepetitionCase, kind: PromptKind, tokensMax: number): CasePrompt {
    engine.remove(promptSequence, toEnd(0));
    engine.remove(scratch, toEnd(0));
    const text = engine.tokenise(prefix);
    const tokens = promptTokens(engine, path, text, kind);
    const needed = tokens.length + tokensMax;
    if (engine.reserve(needed) < needed) throw new EngineError(`the case ${path} needs ${needed} cells, more than the context has`);
    const { batchTokensMax } = engine.capabilities;
    for (let start = 0; start < tokens.length - 1; start += batchTokensMax) {
      engine.decode(promptSequence, cellPosition(start), tokens.subarray(start, Math.min(start + batchTokensMax, tokens.length - 1)), "none");
    }
    return new CasePrompt(engine, clock, tokens, text);
  }

  generate({ processors, tokensMax, interrupted }: GenerationTask): Generated {
    const { engine, clock, tokens } = this;
    const last = tokens.length - 1;
    if (0 < last) engine.copy(promptSequence, scratch, cells(0, last));
    const startMs = clock.nowMs();
    engine.decode(scratch, cellPosition(last), tokens.subarray(last), "last");
    const decoded = decode({
      engine,
      sequence: scratch,
      start: tokens.length,
      processors,
      tokensMax,
      clock,
      untilMs: Infinity,
      interrupted,
      onFirstToken: () => undefined,
      isFinished: () => false,
    });
    const decodeMs = clock.nowMs() - startMs;
    engine.remove(scratch, toEnd(0));
    return { text: wholeText(decoded.bytes), tokens: decoded.tokens, end: endOf(decoded.end), decodeMs };
  }

  close(): void {
    this.engine.remove(promptSequence, toEnd(0));
  }
}

function endOf(end: ReturnType<typeof decode>["end"]): GenerationEnd {
  if (end === "endToken") return "end";
  return end === "tokens" ? "tokens" : "interrupted";
}

function promptTokens(engine: Engine, path: string, text: Int32Array, kind: PromptKind): Int32Array {
  const { fim, beginToken } = engine.capabilities;
  const begin = beginToken === undefined ? [] : [beginToken];
  const fileName = fim?.fileSeparator === undefined ? [] : [fim.fileSeparator, ...engine.tokenise(path + "\n")];
  // A model that knows no fill-in-the-middle is asked to go on, whatever was chosen.
  if (fim === undefined || kind === "plain") return Int32Array.from([...begin, ...fileName, ...text]);
  return Int32Array.from([...begin, ...fileName, fim.prefix, ...text, fim.suffix, fim.middle]);
}

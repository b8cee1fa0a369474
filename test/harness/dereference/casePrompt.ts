// Owns the prompt of a case, read once for all of its generations, and what is written behind it until the method ends.
// The prompt is the editor's; its stop rules are not: a generation goes on to where the method ends. Knows neither monitor nor penalty.
import type { Clock } from "../../../sidecar/base/clock";
import { decode, wholeText } from "../../../sidecar/decode/loop";
import type { LogitProcessor } from "../../../sidecar/decode/processor";
import { TokenHealing } from "../../../sidecar/decode/tokenHealing";
import { EngineError, cellPosition, cells, sequenceId, toEnd } from "../../../sidecar/engine/engine";
import type { Engine } from "../../../sidecar/engine/engine";
import type { Prompt } from "../../../sidecar/prompt/layout";
import { createSessions } from "../../../sidecar/session/sessions";
import type { Sessions } from "../../../sidecar/session/sessions";
import { utf16 } from "../../../sidecar/text/frames";
import type { PieceIndex } from "../../../sidecar/tokens/pieceIndex";
import type { GenerationEnd } from "./generation";
import { methodEnd } from "./methodEnd";
import type { MethodBeginning } from "./methodEnd";

/** A document with the cursor in it. */
export interface Place {
  readonly uri: string;
  readonly languageId: string;
  readonly text: string;
  readonly cursorUtf16: number;
}

export interface Generated {
  readonly text: string;
  readonly end: GenerationEnd;
  readonly tokens: number;
  readonly decodeMs: number;
}

export interface GenerationTask {
  /** Called when the time begins: what is asked ahead is asked here. They stand behind the healing of the token that the cursor cut. */
  readonly start: () => readonly LogitProcessor[];
  readonly tokensMax: number;
  readonly beginning: MethodBeginning;
  readonly interrupted: () => boolean;
}

const promptSequence = sequenceId(0);
const scratch = sequenceId(1);

export interface PromptBench {
  readonly engine: Engine;
  readonly pieces: PieceIndex;
  readonly clock: Clock;
}

/** The editor's prompts, of documents that are open only while they are asked for. */
export class EditorPrompts {
  private readonly sessions: Sessions;

  constructor(private readonly engine: Engine) {
    const { modelName, contextLength } = engine.capabilities;
    const modelStatus = { state: { kind: "ready" }, name: modelName, path: "", contextLength, shiftRefusal: undefined, threads: 1 } as const;
    this.sessions = createSessions(engine, { policy: "cold", modelStatus: () => modelStatus });
  }

  /** The prompt at a place, of `tokensMax` tokens at most where that can be had. */
  at({ uri, languageId, text, cursorUtf16 }: Place, tokensMax: number): Prompt {
    const { fim, beginToken } = this.engine.capabilities;
    this.sessions.apply({ kind: "open", uri, languageId, version: 1, text, atMs: 0 });
    try {
      const session = this.sessions.sessionOf(uri);
      if (session === undefined) throw new EngineError(`${uri} couldn't be opened`);
      return session.promptAt(utf16(cursorUtf16), { fim, begin: beginToken }, tokensMax);
    } finally {
      this.sessions.apply({ kind: "close", uri });
    }
  }
}

/** A prompt that stands in the cache. `close` gives the cells back. */
export class CasePrompt {
  private constructor(private readonly bench: PromptBench, private readonly prompt: Prompt) {}

  /** Makes room for `tokensMax` tokens behind the prompt too. @throws EngineError where the context is too short for both. */
  static read(bench: PromptBench, prompt: Prompt, tokensMax: number): CasePrompt {
    const { engine } = bench;
    const { tokens } = prompt;
    engine.remove(promptSequence, toEnd(0));
    engine.remove(scratch, toEnd(0));
    const needed = tokens.length + tokensMax;
    if (engine.reserve(needed) < needed) throw new EngineError(`a prompt of ${tokens.length} tokens needs ${needed} cells, more than the context has`);
    const { batchTokensMax } = engine.capabilities;
    const last = tokens.length - 1;
    for (let start = 0; start < last; start += batchTokensMax) {
      engine.decode(promptSequence, cellPosition(start), tokens.subarray(start, Math.min(start + batchTokensMax, last)), "none");
    }
    return new CasePrompt(bench, prompt);
  }

  /** Bytes before the cursor that the first new tokens must spell again. */
  get healed(): Uint8Array {
    return this.prompt.healed;
  }

  generate({ start, tokensMax, beginning, interrupted }: GenerationTask): Generated {
    const { engine, clock, pieces } = this.bench;
    const { tokens, healed } = this.prompt;
    const last = tokens.length - 1;
    const healedText = wholeText(healed);
    if (0 < last) engine.copy(promptSequence, scratch, cells(0, last));
    const startMs = clock.nowMs();
    const processors = start();
    engine.decode(scratch, cellPosition(last), tokens.subarray(last), "last");
    const decoded = decode({
      engine,
      sequence: scratch,
      start: tokens.length,
      processors: [...(healed.length > 0 ? [new TokenHealing(healed, pieces, engine)] : []), ...processors],
      tokensMax,
      clock,
      untilMs: Infinity,
      interrupted,
      onFirstToken: () => undefined,
      isFinished: (text) => methodEnd(text.slice(healedText.length), beginning) !== undefined,
    });
    const decodeMs = clock.nowMs() - startMs;
    engine.remove(scratch, toEnd(0));
    const text = wholeText(decoded.bytes).slice(healedText.length);
    return { text: text.slice(0, methodEnd(text, beginning)).trimEnd(), end: endOf(decoded.end), tokens: decoded.tokens.length, decodeMs };
  }

  close(): void {
    this.bench.engine.remove(promptSequence, toEnd(0));
  }
}

function endOf(end: ReturnType<typeof decode>["end"]): GenerationEnd {
  if (end === "finished") return "method";
  if (end === "endToken") return "end";
  return end === "tokens" ? "tokens" : "interrupted";
}

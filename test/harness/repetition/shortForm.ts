// Owns the check that a method does no harm where nothing loops: traces replayed through the sessions that serve the editor,
// with the editor's stop rules, a method in place of the shipped penalty.
import { ManualClock } from "../../../sidecar/base/clock";
import { marksOf } from "../../../sidecar/decode/languageMarks";
import type { Engine } from "../../../sidecar/engine/engine";
import type { AroundCursor, PenaltySource } from "../../../sidecar/session/repetition";
import type { PieceIndex } from "../../../sidecar/tokens/pieceIndex";
import type { Grammar } from "../../../grammars/grammars";
import { replay } from "../replay";
import type { Rig } from "../rig";
import type { Trace } from "../trace";
import { startMethod } from "./methods/method";
import type { Method } from "./methods/method";

/** All completions of one trace under one method, a line of JSON. */
export interface ShortForm {
  readonly kind: "short";
  readonly trace: string;
  readonly languageId: string;
  readonly method: string;
  readonly completions: readonly ShortCompletion[];
}

export interface ShortCompletion {
  readonly ordinal: number;
  readonly suggested: string;
  /** Absent where the trace doesn't say what was written. */
  readonly expected?: string;
  /** Choices at which the method's penalty acted, and those it changed; of the grammar-based ones only. */
  readonly acts: number;
  readonly changes: number;
}

export interface ShortBench {
  readonly rig: Rig;
  readonly pieces: PieceIndex;
  readonly seed: number;
  grammarOf(languageId: string): Grammar | undefined;
  interrupted(): boolean;
}

/** The policy that ships: what is written depends on it, and no method may. */
const policy = "patch";

/** Undefined where it was interrupted. Time stands still: what is written doesn't depend on the machine. */
export async function shortForm(bench: ShortBench, trace: Trace, method: Method): Promise<ShortForm | undefined> {
  const { uri, languageId } = trace.header;
  const watch = new ActWatch(bench, bench.rig.engine, method, uri);
  const clock = new ManualClock();
  const penalty = method.kind === "greedy" ? false : watch;
  const sessions = await bench.rig.newSessions({ policy, clock, languageId, verify: false, completionMsMax: Infinity, repetitionPenalty: penalty });
  try {
    const completions: ShortCompletion[] = [];
    for (const { result } of replay(trace, sessions, { policy, time: { kind: "manual", clock }, idle: false })) {
      const { ordinal, suggested, expected } = result;
      completions.push({ ordinal, suggested, ...(expected === undefined ? {} : { expected }), ...watch.taken() });
      if (bench.interrupted()) return undefined;
    }
    return { kind: "short", trace: trace.name, languageId, method: method.name, completions };
  } finally {
    sessions.close();
  }
}

/** Starts the method anew for each completion, and counts what it did. */
class ActWatch implements PenaltySource {
  private acts = 0;
  private changes = 0;
  private started = 0;

  constructor(private readonly bench: ShortBench, private readonly engine: Engine, private readonly method: Method, private readonly uri: string) {}

  penaltyBehind(languageId: string, { before, after }: AroundCursor, healed: Uint8Array): ReturnType<PenaltySource["penaltyBehind"]> {
    const { bench, engine } = this;
    const text = before.slice(0, before.length - Buffer.from(healed).toString().length);
    this.started += 1;
    const { processors, close } = startMethod(this.method, {
      tokenizer: engine,
      vocabularySize: engine.capabilities.vocabularySize,
      pieces: bench.pieces,
      grammar: bench.grammarOf(languageId),
      marks: marksOf(languageId),
      endTokens: engine.capabilities.endTokens,
      healedBytes: healed.length,
      before: text,
      after,
      beforeTokens: [...engine.tokenise(text)],
      seed: bench.seed + this.uri.length + this.started,
      onAct: ({ changed }) => {
        this.acts += 1;
        if (changed) this.changes += 1;
      },
    });
    return {
      lower: (logits, work) => processors.map((processor) => processor.lower(logits, work)).includes(true),
      accept: (token) => processors.forEach((processor) => processor.accept(token)),
      rollBack: (count) => processors.forEach((processor) => processor.rollBack(count)),
      close,
    };
  }

  /** What was done since it was last asked. */
  taken(): { readonly acts: number; readonly changes: number } {
    const { acts, changes } = this;
    this.acts = 0;
    this.changes = 0;
    return { acts, changes };
  }
}

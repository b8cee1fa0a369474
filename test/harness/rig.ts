// Owns what a measurement runs on: one engine, and fresh sessions on an empty cache for each replay.
// Knows no llama.cpp: any engine will do, the fake one included.
import type { Grammar } from "../../grammars/grammars";
import { assert } from "../../sidecar/base/assert";
import type { Clock } from "../../sidecar/base/clock";
import { sequenceId, toEnd } from "../../sidecar/engine/engine";
import type { Engine } from "../../sidecar/engine/engine";
import type { Written } from "../../sidecar/session/complete";
import type { PolicyName } from "../../sidecar/session/policy";
import type { PenaltySource } from "../../sidecar/session/repetition";
import { createSessions } from "../../sidecar/session/sessions";
import type { Sessions } from "../../sidecar/session/sessions";

export interface RigSettings {
  readonly policy: PolicyName;
  readonly clock: Clock;
  readonly languageId: string;
  /** All invariants at every step: slow, for correctness and not for times. */
  readonly verify: boolean;
  /** Time a completion may take; absent for the sidecar's own bound, Infinity where what is written must not depend on the load. */
  readonly completionMsMax?: number;
  /** As the sessions take it; absent for the shipped one. */
  readonly repetitionPenalty?: boolean | PenaltySource;
  readonly onWritten?: (written: Written) => void;
}

/** What was measured on, for the report. */
export interface RigDescription {
  readonly model: string;
  readonly modelPath: string;
  readonly contextLength: number;
  /** Why cells are not moved, where they aren't. */
  readonly shiftRefusal: string | undefined;
  /** Undefined where the engine follows the load of the machine. */
  readonly threadsMax: number | undefined;
  /** Where the computing was done: "cpu" or the name of a graphics interface. */
  readonly gpu: string;
}

export interface Rig {
  readonly description: RigDescription;
  /** What the sessions run on. */
  readonly engine: Engine;
  /** Undefined where there is none for the language. */
  grammarOf(languageId: string): Promise<Grammar | undefined>;
  /** Sessions whose cache is empty. One at a time: close them before asking for the next. */
  newSessions(settings: RigSettings): Promise<Sessions>;
  close(): void;
}

export interface RigParts {
  readonly engine: Engine;
  readonly modelPath: string;
  readonly threads: () => number;
  readonly threadsAsked: number | undefined;
  readonly gpu: string;
  readonly grammarOf: (languageId: string) => Promise<Grammar | undefined>;
  readonly verify: (on: boolean) => void;
}

export function rigOn(parts: RigParts): Rig {
  const { engine } = parts;
  const { modelName, contextLength, shift } = engine.capabilities;
  const shiftRefusal = shift.kind === "fixed" ? shift.reason : undefined;
  return {
    engine,
    grammarOf: parts.grammarOf,
    description: { model: modelName, modelPath: parts.modelPath, contextLength, shiftRefusal, threadsMax: parts.threadsAsked, gpu: parts.gpu },
    newSessions: async ({ policy, clock, languageId, verify, completionMsMax, repetitionPenalty, onWritten }) => {
      // Loaded before the replay begins, so that the first completion has its structure like all others.
      const grammar = await parts.grammarOf(languageId);
      parts.verify(verify);
      emptyCache(engine);
      return createSessions(engine, {
        policy,
        clock,
        grammars: () => grammar,
        // What is written is measured; whether it would be shown is for the figures to say.
        withholding: false,
        ...(completionMsMax === undefined ? {} : { completionMsMax }),
        ...(repetitionPenalty === undefined ? {} : { repetitionPenalty }),
        ...(onWritten === undefined ? {} : { onWritten }),
        modelStatus: () => ({ state: { kind: "ready" }, name: modelName, path: parts.modelPath, contextLength, shiftRefusal, threads: parts.threads() }),
      });
    },
    close: () => engine.close(),
  };
}

function emptyCache(engine: Engine): void {
  for (let sequence = 0; sequence < engine.capabilities.sequenceCount; sequence += 1) engine.remove(sequenceId(sequence), toEnd(0));
  assert(engine.cellsUsed() === 0, `the cache is empty before a replay, not ${engine.cellsUsed()} cells full`);
}

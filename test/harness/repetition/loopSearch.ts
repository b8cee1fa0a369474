// Owns the search for the model's own loops: points at which it goes on greedily into periodic text. What was found out about
// a point is remembered, so that a search is done once for all methods and can be taken up again.
import type { Clock } from "../../../sidecar/base/clock";
import type { Engine } from "../../../sidecar/engine/engine";
import type { RepetitionCase } from "./case";
import { CasePrompt } from "./generate";
import type { PromptKind } from "./generate";
import { loopPeriod } from "./greedyLoop";

/** Whether greedy decoding loops behind a case's text. Holds no text: what is kept may be shared. */
export interface LoopVerdict {
  readonly kind: "verdict";
  /** The model, the prompt and the budget that it holds for. */
  readonly of: string;
  readonly caseId: string;
  readonly loops: boolean;
}

export interface LoopSearch {
  readonly engine: Engine;
  readonly clock: Clock;
  readonly prompt: PromptKind;
  readonly tokensMax: number;
  readonly known: ReadonlyMap<string, boolean>;
  remember(caseId: string, loops: boolean): void;
  interrupted(): boolean;
}

/** The candidates at which greedy decoding uses the whole budget up and is periodic at its end, in their order. */
export function* loopingCases(candidates: Iterable<RepetitionCase>, search: LoopSearch): Generator<RepetitionCase> {
  for (const candidate of candidates) {
    if (search.interrupted()) return;
    if (search.known.get(candidate.id) ?? tried(candidate, search)) yield candidate;
  }
}

function tried(candidate: RepetitionCase, { engine, clock, prompt, tokensMax, remember, interrupted }: LoopSearch): boolean {
  const read = CasePrompt.read(engine, clock, candidate, prompt, tokensMax);
  const { end, tokens } = read.generate({ processors: [], tokensMax, interrupted });
  read.close();
  if (end === "interrupted") return false;
  const loops = end === "tokens" && loopPeriod(tokens) !== undefined;
  remember(candidate.id, loops);
  return loops;
}

// Owns the order of the measurement: case by case, and within a case every method in turn behind one reading of the prompt.
// Knows no file. What was generated leaves at once, so that an interruption loses one case at most.
import type { Clock } from "../../../sidecar/base/clock";
import { marksOf } from "../../../sidecar/decode/languageMarks";
import type { Engine } from "../../../sidecar/engine/engine";
import type { PieceIndex } from "../../../sidecar/tokens/pieceIndex";
import type { Grammar } from "../../../grammars/grammars";
import type { RepetitionCase } from "./case";
import { CasePrompt } from "./generate";
import type { PromptKind } from "./generate";
import { actOf } from "./generation";
import type { Act, Generation } from "./generation";
import { startMethod } from "./methods/method";
import type { Method } from "./methods/method";
import { ProcessorMeter } from "./processorMeter";

/** What cases are generated on. */
export interface CaseBench {
  readonly engine: Engine;
  readonly pieces: PieceIndex;
  readonly clock: Clock;
  readonly prompt: PromptKind;
  readonly tokensMax: number;
  readonly seed: number;
  grammarOf(languageId: string): Grammar | undefined;
  interrupted(): boolean;
}

/** One generation a method; none where it was interrupted. */
export function measureCase(bench: CaseBench, sample: RepetitionCase, methods: readonly Method[]): readonly Generation[] {
  const prompt = CasePrompt.read(bench.engine, bench.clock, sample, bench.prompt, bench.tokensMax);
  const generations: Generation[] = [];
  for (const method of methods) {
    const generation = generated(bench, sample, prompt, method);
    if (generation.end === "interrupted") return [];
    generations.push(generation);
  }
  prompt.close();
  return generations;
}

function generated(bench: CaseBench, sample: RepetitionCase, prompt: CasePrompt, method: Method): Generation {
  const { engine, clock, tokensMax } = bench;
  const acts: Act[] = [];
  const started = startMethod(method, {
    tokenizer: engine,
    vocabularySize: engine.capabilities.vocabularySize,
    pieces: bench.pieces,
    grammar: bench.grammarOf(sample.languageId),
    marks: marksOf(sample.languageId),
    endTokens: engine.capabilities.endTokens,
    healedBytes: 0,
    before: sample.prefix,
    after: "",
    beforeTokens: [...prompt.text],
    // Of the case, so that a method draws the same whatever else is measured, and in whatever order.
    seed: bench.seed + Number.parseInt(sample.id.slice(-7), 16),
    onAct: (act) => acts.push(actOf(act)),
  });
  const meters = started.processors.map((processor) => new ProcessorMeter(processor, clock));
  try {
    const result = prompt.generate({ processors: meters, tokensMax, interrupted: () => bench.interrupted() });
    const processorMs = meters.reduce((sum, meter) => sum + meter.spentMs, 0);
    return { kind: "generation", caseId: sample.id, method: method.name, ...result, processorMs, acts };
  } finally {
    started.close();
  }
}

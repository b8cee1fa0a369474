// Owns what is said of generations after they are made: parsed, compiled, paired with greedy's of the same case.
import { grammarNameOf } from "../../../grammars/languages";
import type { Grammar } from "../../../grammars/grammars";
import type { RepetitionCase } from "./case";
import type { Compilers } from "./compilers";
import { figuresOf } from "./figures";
import type { Measured } from "./figures";
import type { Generation } from "./generation";
import { countSyntaxErrors } from "../../../grammars/syntaxErrors";

export interface Judge {
  readonly compilers: Compilers;
  grammarOf(languageId: string): Grammar | undefined;
}

/** Generations whose case isn't known are left out. */
export function judged(cases: readonly RepetitionCase[], generations: readonly Generation[], judge: Judge): readonly Measured[] {
  const caseOf = new Map(cases.map((sample) => [sample.id, sample]));
  const known = generations.flatMap((generation) => {
    const sample = caseOf.get(generation.caseId);
    return sample === undefined ? [] : [{ sample, generation }];
  });
  const verdicts = judge.compilers.judge(known.map(({ sample, generation }) => ({ languageId: sample.languageId, text: sample.prefix + generation.text })));
  const errorsBefore = new Map<string, number>();
  const all = known.map(({ sample, generation }, index) => {
    const grammar = judge.grammarOf(sample.languageId);
    const before = grammar === undefined ? 0 : errorsBefore.get(sample.id) ?? countSyntaxErrors(grammar, sample.prefix);
    errorsBefore.set(sample.id, before);
    const parseOk = grammar === undefined ? undefined : countSyntaxErrors(grammar, sample.prefix + generation.text) <= before;
    return { sample, method: generation.method, own: figuresOf(generation, parseOk, verdicts[index]) };
  });
  const greedy = new Map(all.filter(({ method }) => method === "greedy").map(({ sample, own }) => [sample.id, own]));
  return all.map((one) => ({ ...one, greedy: greedy.get(one.sample.id) }));
}

/** All grammars that the cases need, loaded beforehand. */
export async function loadedGrammars(
  languageIds: Iterable<string>, load: (languageId: string) => Promise<Grammar | undefined>,
): Promise<(languageId: string) => Grammar | undefined> {
  const loaded = new Map<string, Grammar | undefined>();
  for (const languageId of new Set(languageIds)) if (grammarNameOf(languageId) !== undefined) loaded.set(languageId, await load(languageId));
  return (languageId) => loaded.get(languageId);
}

// Owns the one switch of methods: what each is called, and which processors it decodes with.
import type { Marks } from "../../../../sidecar/decode/bracketScan";
import { Random } from "../../../../sidecar/base/random";
import type { LogitProcessor } from "../../../../sidecar/decode/processor";
import { RepetitionGuard } from "../../../../sidecar/decode/rpg/repetitionGuard";
import { RepetitionPenalty } from "../../../../sidecar/decode/rpg/repetitionPenalty";
import type { PenaltyAct } from "../../../../sidecar/decode/rpg/repetitionPenalty";
import { paperStrengths, shippedStrengths } from "../../../../sidecar/decode/rpg/strength";
import type { Grammar } from "../../../../grammars/grammars";
import type { PieceIndex } from "../../../../sidecar/tokens/pieceIndex";
import type { Tokenizer } from "../../../../sidecar/tokens/tokenizer";
import { unreachable } from "../../../../sidecar/base/assert";
import { UsageError } from "../../usageError";
import { DryPenalty, dryBreakers } from "./dryPenalty";
import { PlainPenalty } from "./plainPenalty";
import { SequencePenalty } from "./sequencePenalty";
import { TemperatureSampling } from "./temperatureSampling";

export const methodKinds = ["greedy", "rpg", "rpg-paper", "rpg-sequence", "penalty", "temperature", "dry", "dry-unbroken"] as const;
type MethodKind = (typeof methodKinds)[number];

/** Methods with a number that can be chosen: `penalty:1.2`. Where none is said, this one. */
const numbers: Partial<Readonly<Record<MethodKind, { readonly usual: number; readonly low: number; readonly high: number }>>> = {
  // llama.cpp's usual penalty; the paper sampled at 0.8.
  penalty: { usual: 1.1, low: 1, high: 2 },
  temperature: { usual: 0.8, low: 0.05, high: 2 },
};

export interface Method {
  /** As it was asked for, and as tables have it. */
  readonly name: string;
  readonly kind: MethodKind;
  /** NaN where the method has no number. */
  readonly strength: number;
}

/** @throws UsageError */
export function methodNamed(name: string): Method {
  const [kind = "", given, ...rest] = name.split(":");
  const known = methodKinds.find((candidate) => candidate === kind);
  if (known === undefined) throw new UsageError(`"${name}" is no method; there are ${methodKinds.join(", ")}`);
  const range = numbers[known];
  if (range === undefined || rest.length > 0) {
    if (given !== undefined) throw new UsageError(`the method ${known} takes no number`);
    return { name, kind: known, strength: NaN };
  }
  const strength = given === undefined ? range.usual : Number(given);
  if (!(range.low <= strength && strength <= range.high)) throw new UsageError(`${known}: takes a number from ${range.low} to ${range.high}, not "${given}"`);
  return { name, kind: known, strength };
}

/** What a method may look at. */
export interface MethodBasis {
  readonly tokenizer: Tokenizer;
  readonly vocabularySize: number;
  readonly pieces: PieceIndex;
  readonly grammar: Grammar | undefined;
  readonly marks: Marks;
  readonly endTokens: ReadonlySet<number>;
  /** The text before the first new token, and its tokens; and the text behind the cursor. */
  readonly before: string;
  readonly after: string;
  /** Of what is generated first, the bytes that stand in front of the cursor already. */
  readonly healedBytes: number;
  readonly beforeTokens: readonly number[];
  readonly seed: number;
  readonly onAct: (act: PenaltyAct) => void;
}

export interface RunningMethod {
  readonly processors: readonly LogitProcessor[];
  /** Gives back what the processors hold outside the JavaScript heap. */
  close(): void;
}

export function startMethod({ kind, strength }: Method, basis: MethodBasis): RunningMethod {
  const { beforeTokens } = basis;
  switch (kind) {
    case "greedy":
      return running([]);
    case "penalty":
      return running([new PlainPenalty(beforeTokens, strength)]);
    case "temperature":
      return running([new TemperatureSampling(strength, new Random(basis.seed).below(2 ** 31))]);
    case "dry":
      return running([dry(basis, breakerTokens(basis))]);
    case "dry-unbroken":
      return running([dry(basis, new Set())]);
    case "rpg":
      return closing(new RepetitionGuard({ ...basis, strengths: shippedStrengths }));
    case "rpg-paper":
      return closing(new RepetitionPenalty({ ...basis, strengths: paperStrengths }));
    case "rpg-sequence":
      return closing(new SequencePenalty(basis));
    default:
      return unreachable(kind);
  }
}

const running = (processors: readonly LogitProcessor[]): RunningMethod => ({ processors, close: () => undefined });
const closing = (processor: LogitProcessor & { close(): void }): RunningMethod => ({ processors: [processor], close: () => processor.close() });

/** llama.cpp's defaults but for the multiplier, which is 0 there (off); 0.8 is what its documentation recommends. */
function dry({ beforeTokens }: MethodBasis, breakers: ReadonlySet<number>): DryPenalty {
  return new DryPenalty(beforeTokens, { multiplier: 0.8, base: 1.75, allowedLength: 2, isBreaker: (token) => breakers.has(token) });
}

const knownBreakers = new WeakMap<Tokenizer, ReadonlySet<number>>();

function breakerTokens({ tokenizer, vocabularySize }: MethodBasis): ReadonlySet<number> {
  const known = knownBreakers.get(tokenizer);
  if (known !== undefined) return known;
  const found = new Set<number>();
  for (let token = 0; token < vocabularySize; token += 1) {
    const piece = Buffer.from(tokenizer.pieceOf(token)).toString("latin1");
    if (dryBreakers.some((breaker) => piece.includes(breaker))) found.add(token);
  }
  knownBreakers.set(tokenizer, found);
  return found;
}

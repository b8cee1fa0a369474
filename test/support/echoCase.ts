// Owns what the laws about decoding share: a prompt of few words that the echoing engine goes on with, and how it is written on.
import type { Random } from "../../sidecar/base/random";
import type { LogitProcessor } from "../../sidecar/decode/processor";
import { TokenHealing } from "../../sidecar/decode/tokenHealing";
import { sequenceId } from "../../sidecar/engine/engine";
import { PieceIndex } from "../../sidecar/tokens/pieceIndex";
import { fakeSentinels, FakeTokenizer } from "./fakeTokenizer";

export const tokenizer = new FakeTokenizer(420);
export const pieces = new PieceIndex(tokenizer, tokenizer.vocabularySize);
export const document = sequenceId(2);
export const scratch = sequenceId(1);

export interface EchoCase {
  readonly prompt: readonly number[];
  readonly alphabet: readonly number[];
  readonly healed: string;
  readonly tokensMax: number;
  readonly lines: number;
  /** After so many questions the completion is broken off. */
  readonly interruptAfter: number | undefined;
}

export function randomEchoCase(random: Random): EchoCase {
  const words = [...tokenizer.tokenise("a b c ( ) ; \n name value")].filter((_, index) => index % 2 === 0 || random.chance(0.5));
  return {
    prompt: Array.from({ length: 4 + random.below(60) }, () => random.pick(words)),
    alphabet: [...new Set([...words, ...(random.chance(0.3) ? [fakeSentinels.end] : [])])],
    healed: random.pick(["", "", "na", "v"]),
    tokensMax: 1 + random.below(40),
    lines: random.pick([1, 3, 100]),
    interruptAfter: random.chance(0.5) ? random.below(60) : undefined,
  };
}

export function healingOf({ healed }: EchoCase): readonly LogitProcessor[] {
  return healed === "" ? [] : [new TokenHealing(Buffer.from(healed), pieces, tokenizer)];
}

export function isFinishedAfter({ lines }: EchoCase): (text: string) => boolean {
  return (text) => lines <= text.split("\n").length - 1;
}

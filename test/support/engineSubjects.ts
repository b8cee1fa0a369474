// Owns the engines that the conformance suites run on: the hash chain and llama.cpp with a random-weight model of one layer.
// There K and V depend on the token alone, so that a patched cache must give a cold one's logits.
import assert from "node:assert/strict";
import { after, describe } from "node:test";
import { Random } from "../../sidecar/base/random";
import { EngineError, cellPosition, sequenceId } from "../../sidecar/engine/engine";
import type { DecodeResult, Engine, LogitsWanted } from "../../sidecar/engine/engine";
import { FakeEngine } from "./fakeEngine";
import { differenceOverRange } from "./logits";
import { openRandomLlama } from "./randomLlama";

export interface EngineLengths {
  readonly contextLength: number;
  /** Cells that there is room for at first. */
  readonly contextLengthStart?: number;
  /** Cells that there is memory for. */
  readonly memoryCells?: number;
}

export interface EngineSubject {
  readonly name: string;
  readonly open: (lengths: EngineLengths) => Engine;
  /** Largest difference of patched and cold logits, over the cold logits' range. Well below what one misplaced cell makes. */
  readonly tolerance: number;
}

/** Keys and values of the random model in F32: one layer of two key heads of 64. */
const bytesPerCell = 2 * 2 * 64 * 4;

const subjects: readonly EngineSubject[] = [
  {
    name: "hash chain, one layer",
    open: ({ contextLength, ...lengths }) => new FakeEngine({ layers: 1, capabilities: { contextLength }, ...lengths }),
    tolerance: 0,
  },
  {
    name: "llama.cpp, one layer, F32 cache, no flash attention",
    open: ({ memoryCells = Infinity, ...lengths }) => {
      // The model itself finds memory enough; it runs short afterwards.
      let isOpen = false;
      const memoryBytesLeft = (): number => (isOpen ? memoryCells * bytesPerCell : Infinity);
      const engine = openRandomLlama({ ...lengths, memoryBytesLeft, cacheType: "f32", flashAttention: "off" });
      isOpen = true;
      return engine;
    },
    tolerance: 2e-5,
  },
];

/** Runs a suite on every engine; `fresh` closes the engine that it gave before. */
export function describeEngines(suite: (subject: EngineSubject, fresh: (lengths: EngineLengths) => Engine) => void): void {
  for (const subject of subjects) {
    describe(subject.name, () => {
      const opened: Engine[] = [];
      const closeAll = (): void => {
        for (const engine of opened.splice(0)) engine.close();
      };
      after(closeAll);
      suite(subject, (lengths) => {
        closeAll();
        const engine = subject.open(lengths);
        opened.push(engine);
        return engine;
      });
    });
  }
}

/** Tokens that both engines have: bytes. */
export function randomTokens(engine: Engine, random: Random, count: number): number[] {
  assert.ok(engine.capabilities.vocabularySize >= 263);
  return Array.from({ length: count }, () => 7 + random.below(256));
}

export function decodeCount(
  engine: Engine, sequence: number, start: number, count: number, wanted: LogitsWanted = "none", interrupted?: () => boolean,
): DecodeResult {
  const tokens = Int32Array.from({ length: count }, (_, index) => 10 + ((start + index) % 200));
  return engine.decode(sequenceId(sequence), cellPosition(start), tokens, wanted, interrupted);
}

export function checkHeld(engine: Engine, held: Readonly<Record<number, readonly [number, number] | undefined>>, cellsUsed: number): void {
  for (const [sequence, span] of Object.entries(held)) {
    assert.deepEqual(engine.positions(sequenceId(Number(sequence))), span === undefined ? undefined : { min: span[0], max: span[1] }, `sequence ${sequence}`);
  }
  assert.equal(engine.cellsUsed(), cellsUsed);
}

export function checkRefused(call: () => void, what: string): void {
  assert.throws(call, EngineError, what);
}

export function checkAlike(got: Float32Array, expected: Float32Array, tolerance: number, what: string): void {
  const difference = differenceOverRange(got, expected);
  assert.ok(difference <= tolerance, `${what}: logits differ by ${difference} of their range, ${tolerance} at most`);
}

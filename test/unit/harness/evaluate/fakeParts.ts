// Owns an evaluation's parts on fake engines: a rig, a cold reference with its cache, and a store of cells.
import { ColdCache } from "../../../harness/evaluate/coldCache";
import { ColdReference } from "../../../harness/evaluate/coldReference";
import { evaluateTraces } from "../../../harness/evaluate/evaluation";
import type { Evaluation } from "../../../harness/evaluate/evaluation";
import type { EvaluatedPoint } from "../../../harness/evaluate/evaluatedPoint";
import { ResultsFile } from "../../../harness/evaluate/resultsFile";
import type { CellStore } from "../../../harness/evaluate/warmEngine";
import { rigOn } from "../../../harness/rig";
import type { Trace } from "../../../harness/trace";
import { cellPosition } from "../../../../sidecar/engine/engine";
import type { Engine, SequenceId } from "../../../../sidecar/engine/engine";
import { FakeEngine } from "../../../support/fakeEngine";
import { FakeTokenizer } from "../../../support/fakeTokenizer";

/** Words get their tokens as they are seen: engines that are compared have one tokeniser. */
export const tokenizer = new FakeTokenizer();
export const conditions = { model: "hash chain", contextLength: 4_096 };

/** A hash chain whose cells can be given out: what they are made of is decoded again, which gives the same values. */
export class StoringFakeEngine extends FakeEngine implements CellStore {
  restored = 0;

  saveCells(sequence: SequenceId): Uint8Array {
    return new Uint8Array(Int32Array.from(this.cellsOf(sequence), (cell) => cell.token).buffer);
  }

  restoreCells(sequence: SequenceId, state: Uint8Array, count: number): void {
    const tokens = new Int32Array(state.buffer);
    this.restored += 1;
    for (let start = 0; start < count; start += this.capabilities.batchTokensMax) {
      this.decode(sequence, cellPosition(start), tokens.subarray(start, Math.min(count, start + this.capabilities.batchTokensMax)), "none");
    }
  }
}

export interface FakeRun extends Partial<Evaluation> {
  readonly coldFolder?: string;
  readonly resultsPath?: string;
  readonly engine?: Engine;
  readonly keep?: "prefix" | "none";
}

export interface FakeRunResult {
  readonly points: readonly EvaluatedPoint[];
  readonly counts: ColdCache["counts"];
}

/** Runs an evaluation and closes what it opened. */
export async function evaluateOnFakes(traces: readonly Trace[], run: FakeRun): Promise<FakeRunResult> {
  const { coldFolder, resultsPath, engine = new FakeEngine({ tokenizer }), keep = "prefix", ...given } = run;
  const grammarOf = (): Promise<undefined> => Promise.resolve(undefined);
  const rig = rigOn({ engine, modelPath: "", threads: () => 1, threadsAsked: 1, gpu: "cpu", grammarOf, verify: () => undefined });
  const cache = new ColdCache(coldFolder, "test");
  const reference = new ColdReference({ engine: new FakeEngine({ tokenizer }), identity: "fake", cache, keep });
  const results = new ResultsFile(resultsPath, conditions, "build");
  try {
    const points = await evaluateTraces(traces, {
      rig, warm: undefined, reference, displaced: undefined, server: undefined, results, policies: ["cold", "prefix", "patch"], idle: true, healed: false,
      interrupted: () => false, progress: () => undefined, ...given,
    });
    return { points, counts: cache.counts };
  } finally {
    results.close();
    reference.close();
    cache.close();
    rig.close();
  }
}

/** Points without what depends on the machine's speed, by policy, trace and place. */
export function timeless(points: readonly EvaluatedPoint[]): readonly object[] {
  const key = ({ result }: EvaluatedPoint): string => `${result.policy} ${result.trace} ${result.ordinal}`;
  const sorted = points.toSorted((a, b) => key(a).localeCompare(key(b)));
  // Through JSON, as points from a file have been.
  return JSON.parse(JSON.stringify(sorted.map((point) => ({ ...point, result: { ...point.result, editToFirstTokenMs: 0, requestMs: 0 } })))) as object[];
}

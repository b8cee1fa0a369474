// Owns the command `speed`: for each shape a model is written, for each length an engine opened, filled and timed.
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { cpus, platform } from "node:os";
import { dirname, join } from "node:path";
import { realClock } from "../../../sidecar/base/clock";
import type { LlamaEngineOptions } from "../../../sidecar/engine/llama/llamaEngineOptions";
import type { LlamaEngine } from "../../../sidecar/engine/llama/llamaEngine";
import { writeShapedModel } from "../../support/modelShapes";
import type { ShapeName } from "../../support/modelShapes";
import { number, textTable } from "../columns";
import type { Column } from "../columns";
import { UsageError } from "../usageError";
import { InsertionMeasurement } from "./measureInsertion";
import type { InsertionTimes } from "./measureInsertion";
import { MeteredEngine } from "./meteredEngine";
import type { SpeedCommand } from "./speedOptions";

interface SpeedRow extends InsertionTimes {
  readonly shape: ShapeName;
  readonly contextLength: number;
  readonly cellsHeld: number;
  /** Part of `decodeMs`. */
  readonly rotationMs: number;
  /** To encode a token alone, and a whole batch, beside all cells: what a call costs, for comparison. */
  readonly tokenMs: number;
  readonly batchMs: number;
  readonly threads: number;
}

export type OpenEngine = (modelPath: string, more: Partial<LlamaEngineOptions>) => Promise<LlamaEngine>;

const columns: readonly Column<SpeedRow>[] = [
  { title: "shape", left: true, cell: (row) => row.shape },
  { title: "cache", cell: (row) => String(row.contextLength) },
  { title: "cells held", cell: (row) => String(row.cellsHeld) },
  { title: "cells shifted", cell: (row) => String(row.cellsShifted) },
  { title: "tokens read", cell: (row) => String(row.tokensRead) },
  { title: "edit to first token ms", cell: (row) => number(row.totalMs, 0) },
  { title: "decode ms", cell: (row) => number(row.decodeMs - row.rotationMs, 0) },
  { title: "rotation ms", cell: (row) => number(row.rotationMs, 1) },
  { title: "engine calls ms", cell: (row) => number(row.callsMs, 2) },
  { title: "own code ms", cell: (row) => number(row.ownMs, 2) },
  { title: "one token ms", cell: (row) => number(row.tokenMs, 1) },
  { title: "batch ms", cell: (row) => number(row.batchMs, 0) },
  { title: "threads", cell: (row) => String(row.threads) },
];

export async function runSpeed(settings: SpeedCommand, openEngine: OpenEngine, say: (line: string) => void): Promise<void> {
  const { shapes, contextLengths, samples, folder, jsonPath } = settings;
  if (jsonPath !== undefined && !existsSync(dirname(jsonPath))) throw new UsageError(`there is no folder ${dirname(jsonPath)} to write to`);
  if (!existsSync(folder)) throw new UsageError(`there is no folder ${folder} to write models to`);
  const rows: SpeedRow[] = [];
  for (const shape of shapes) {
    const own = mkdtempSync(join(folder, "palimpsest-speed-"));
    try {
      const modelPath = join(own, `${shape}.gguf`);
      writeShapedModel(modelPath, shape);
      for (const contextLength of contextLengths) {
        const row = await measure(shape, contextLength, samples, await openEngine(modelPath, { contextLength, contextLengthStart: contextLength }));
        process.stderr.write(`${shape} at ${contextLength}: ${number(row.totalMs, 0)} ms\n`);
        rows.push(row);
      }
    } finally {
      rmSync(own, { recursive: true, force: true });
    }
  }
  say(textTable(columns, rows, (row) => row.shape));
  say("Medians. Lines are inserted at a fifth of the file, the cursor stands at three fifths; decode is without rotation, a batch has 128 tokens.");
  if (jsonPath === undefined) return;
  const { gpu, flashAttention } = settings.engine;
  const machine = { platform: platform(), cores: cpus().length, processor: cpus()[0]?.model ?? "", node: process.version };
  writeFileSync(jsonPath, JSON.stringify({ gpu, flashAttention: flashAttention ?? "off", samples, ...machine, rows }, undefined, 2) + "\n");
}

async function measure(shape: ShapeName, contextLength: number, samples: number, llama: LlamaEngine): Promise<SpeedRow> {
  const engine = new MeteredEngine(llama, realClock);
  try {
    const measurement = new InsertionMeasurement(engine, realClock);
    measurement.open();
    measurement.insert();
    const all = Array.from({ length: samples }, () => measurement.insert());
    const median = (pick: (times: InsertionTimes) => number): number => all.map(pick).toSorted((a, b) => a - b)[all.length >> 1] ?? 0;
    const cellsHeld = engine.cellsUsed();
    const times = {
      totalMs: median((sample) => sample.totalMs), decodeMs: median((sample) => sample.decodeMs), ownMs: median((sample) => sample.ownMs),
      callsMs: median((sample) => sample.callsMs), tokensRead: median((sample) => sample.tokensRead),
      decodes: median((sample) => sample.decodes), cellsShifted: median((sample) => sample.cellsShifted),
    };
    const rotationMs = engine.rotationMs(samples);
    const tokenMs = engine.batchMs(1, samples);
    const batchMs = engine.batchMs(engine.capabilities.batchTokensMax, samples);
    return { shape, contextLength, cellsHeld, ...times, rotationMs, tokenMs, batchMs, threads: llama.threads };
  } finally {
    engine.close();
  }
}

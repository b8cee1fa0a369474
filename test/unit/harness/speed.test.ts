// What `speed` measures on: a cache that is full without having been computed, and one insertion whose cost is told apart.
import { deepEqual, equal, ok, throws } from "node:assert/strict";
import { statSync } from "node:fs";
import { after, test } from "node:test";
import { realClock } from "../../../sidecar/base/clock";
import { readModelFile } from "../../../sidecar/engine/llama/modelFile";
import { parseCommand } from "../../harness/commandLine";
import { InsertionMeasurement } from "../../harness/speed/measureInsertion";
import { MeteredEngine } from "../../harness/speed/meteredEngine";
import { UsageError } from "../../harness/usageError";
import { writeShapedModel } from "../../support/modelShapes";
import { modelFile, openRandomLlama, removeRandomModels } from "../../support/randomLlama";

after(removeRandomModels);

test("a file fills the cache though only a batch of it is computed, and an insertion reads its own lines and those at the cursor", () => {
  const engine = new MeteredEngine(openRandomLlama({ contextLength: 2_048, contextLengthStart: 2_048 }), realClock);
  try {
    const measurement = new InsertionMeasurement(engine, realClock);
    engine.resetMeter();
    measurement.open();
    ok(1_700 < engine.cellsUsed() && engine.cellsUsed() < 2_048, `${engine.cellsUsed()} cells`);
    ok(engine.chargeBeforeToken.tokens <= 2 * engine.capabilities.batchTokensMax, `${engine.chargeBeforeToken.tokens} tokens were computed`);
    const held = engine.cellsUsed();
    const { totalMs, decodeMs, ownMs, callsMs, tokensRead, cellsShifted } = measurement.insert();
    ok(0 < tokensRead && tokensRead < 300, `${tokensRead} tokens were read`);
    ok(500 < cellsShifted && cellsShifted < held, `${cellsShifted} cells moved`);
    ok(0 < ownMs && 0 < decodeMs && 0 < callsMs && decodeMs + callsMs < totalMs);
    equal(engine.cellsUsed(), held);
    ok(Number.isFinite(engine.rotationMs(3)) && 0 < engine.batchMs(128, 3));
    equal(engine.cellsUsed(), held);
    measurement.close();
  } finally {
    engine.close();
  }
});

test("a model of a shape is as large as its weights, and is read as what it is", () => {
  const path = modelFile("half.gguf");
  writeShapedModel(path, "0.5b");
  const { layerCount, keyHeadCount, keyHeadSize, fileBytes, architecture } = readModelFile(path);
  deepEqual([architecture, layerCount, keyHeadCount, keyHeadSize], ["qwen2", 24, 2, 64]);
  equal(fileBytes, statSync(path).size);
  ok(5e8 < fileBytes && fileBytes < 5.5e8, `${fileBytes} bytes`);
});

test("what speed may be told", () => {
  const command = parseCommand(["speed", "--shape", "0.5b,7b", "--context", "1024,32768", "--threads", "2", "--out", "o"]);
  ok(command.kind === "speed");
  deepEqual([command.shapes, command.contextLengths, command.samples, command.folder, command.engine.threads], [["0.5b", "7b"], [1_024, 32_768], 5, "o", 2]);
  for (const line of ["--shape 3b", "--context 100", "--context 8k", "--model m.gguf", "--samples 0"]) {
    throws(() => parseCommand(["speed", ...line.split(" ")]), UsageError, line);
  }
});

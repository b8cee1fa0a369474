// Owns the examples of model files that can't be used, and of the shapes read from those that can.
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, test } from "node:test";
import { ModelFileError, cacheBytesOf, checkMemory, readModelFile } from "../../../sidecar/engine/llama/modelFile";
import { ggufBytes } from "../../support/ggufWriter";
import { modelFile, removeRandomModels } from "../../support/randomLlama";
import { writeRandomModel } from "../../support/randomModel";

after(removeRandomModels);

function written(name: string, bytes: Uint8Array): string {
  const path = modelFile(name);
  writeFileSync(path, bytes);
  return path;
}

function wholeModel(): Buffer {
  const path = modelFile("whole.gguf");
  writeRandomModel(path);
  return readFileSync(path);
}

const tiny = { name: "w", dimensions: [4], values: new Float32Array(4), type: "f32" } as const;

const refused: readonly (readonly [name: string, path: () => string, says: RegExp])[] = [
  ["a missing file", () => modelFile("nowhere.gguf"), /There is no model file at .*check the path/],
  ["a folder", () => process.cwd(), /is a folder: give the path of a \.gguf file/],
  ["an empty file", () => written("empty.gguf", new Uint8Array(0)), /is empty: download it again/],
  ["a text file", () => written("text.gguf", Buffer.from("# Not a model\n")), /does not begin as a GGUF file.*Give a model in the GGUF format/],
  ["two bytes", () => written("two.gguf", Buffer.from("GG")), /does not begin as a GGUF file/],
  ["a later version", () => written("later.gguf", Buffer.concat([Buffer.from("GGUF"), Buffer.of(9, 0, 0, 0), wholeModel().subarray(8)])), /GGUF version 9.*Convert the model again/],
  ["a header that breaks off", () => written("header.gguf", wholeModel().subarray(0, 1_000)), /header breaks off at byte 1000.*Download it again/],
  ["weights that break off", () => written("weights.gguf", wholeModel().subarray(0, -100_000)), /is truncated: \d+ of \d+ bytes.*Download it again/],
  ["a count beyond all numbers", () => written("count.gguf", Buffer.concat([Buffer.from("GGUF"), Buffer.of(3, 0, 0, 0), Buffer.alloc(16, 0xff)])), /counts to.*Download it again/],
  ["a vocabulary alone", () => written("vocabulary.gguf", ggufBytes({ "general.architecture": "llama" }, [])), /holds a vocabulary but no weights/],
  ["no architecture", () => written("nameless.gguf", ggufBytes({}, [tiny])), /names no architecture/],
];

for (const [name, path, says] of refused) {
  test(`refused, and the message says what to do: ${name}`, () => {
    assert.throws(() => readModelFile(path()), (error) => error instanceof ModelFileError && says.test(error.message));
  });
}

test("the shape of a random model is read as it was written", () => {
  const path = modelFile("shape.gguf");
  writeRandomModel(path, { layers: 2, width: 128, heads: 4, keyHeads: 2, contextLength: 512, metadata: { "llama.rope.scaling.type": "yarn", "llama.attention.key_length": { int32s: [16, 48] } } });
  const { fileBytes, ...shape } = readModelFile(path);
  assert.deepEqual(shape, {
    name: "random weights, 2 layers", architecture: "llama", contextLengthTrained: 512, layerCount: 2, keyHeadCount: 2, keyHeadSize: 48,
    valueHeadSize: 32, ropeScaling: "yarn", ropeAttentionFactor: 1, latentAttention: false,
  });
  assert.equal(fileBytes, readFileSync(path).length);
});

test("the embedded model's shape is that of its card", () => {
  const shape = readModelFile(join(process.cwd(), "sidecar/models/palimpsest-nano-50m-q8_0.gguf"));
  assert.equal(shape.architecture, "llama");
  assert.deepEqual([shape.layerCount, shape.keyHeadCount, shape.keyHeadSize, shape.contextLengthTrained], [14, 2, 64, 8192]);
});

test("a model that is too large for the memory is refused with both figures", () => {
  const path = modelFile("large.gguf");
  writeRandomModel(path);
  const shape = readModelFile(path);
  const cacheBytes = cacheBytesOf(shape, 2_048, 2);
  assert.equal(cacheBytes, 2 * 2 * 64 * 2_048 * 2);
  checkMemory(path, shape, cacheBytes);
  checkMemory(path, shape, cacheBytes, shape.fileBytes + cacheBytes);
  assert.throws(() => checkMemory(path, { ...shape, fileBytes: 40 * 2 ** 30 }, 2 ** 30, 16 * 2 ** 30), /needs 40\.0 GiB.*1\.0 GiB.*16\.0 GiB may be used.*smaller model/);
});

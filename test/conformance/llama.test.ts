// Owns what holds for llama.cpp alone: what it refuses by itself, what models tell of themselves, and the lives of native objects.
import assert from "node:assert/strict";
import { join } from "node:path";
import { after, test } from "node:test";
import { Worker, isMainThread, parentPort } from "node:worker_threads";
import { at } from "../../sidecar/base/assert";
import { Random } from "../../sidecar/base/random";
import { EngineError, cellPosition, cells, sequenceId, toEnd } from "../../sidecar/engine/engine";
import type { EngineCapabilities } from "../../sidecar/engine/engine";
import { Batch, ContextHandle, ModelHandle } from "../../sidecar/engine/llama/handles";
import { locateLibrary } from "../../sidecar/engine/llama/library";
import { openLlamaEngine } from "../../sidecar/engine/llama/llamaEngine";
import type { LlamaEngine } from "../../sidecar/engine/llama/llamaEngine";
import type { LlamaEngineOptions } from "../../sidecar/engine/llama/llamaEngineOptions";
import { ModelFileError } from "../../sidecar/engine/llama/modelFile";
import { openLibrary } from "../../sidecar/engine/llama/symbols";
import { modelFile, openRandomLlama, removeRandomModels } from "../support/randomLlama";
import { noFimTokens, randomModelSentinels, sentencePieceMetadata, writeRandomModel } from "../support/randomModel";
import type { RandomModelShape } from "../support/randomModel";

const embeddedModel = join(process.cwd(), "sidecar/models/palimpsest-nano-50m-q8_0.gguf");
const s0 = sequenceId(0);
const start = cellPosition(0);

if (!isMainThread) runInWorker();
after(removeRandomModels);

function withEngine<Result>(options: Partial<LlamaEngineOptions>, shape: Partial<RandomModelShape>, use: (engine: LlamaEngine) => Result): Result {
  const engine = openRandomLlama(options, shape);
  try {
    return use(engine);
  } finally {
    engine.close();
  }
}

function capabilities(shape: Partial<RandomModelShape>, options: Partial<LlamaEngineOptions> = {}): EngineCapabilities {
  return withEngine({ contextLength: 512, ...options }, shape, (engine) => engine.capabilities);
}

test("llama.cpp itself refuses to decode in the middle and behind a gap, which is why the tail is parked", () => {
  const library = openLibrary(locateLibrary(process.cwd()));
  const path = modelFile("raw.gguf");
  writeRandomModel(path);
  const model = ModelHandle.load(library, path, {});
  const context = ContextHandle.open(library, model, { n_ctx: 512, n_batch: 64, n_ubatch: 64, n_seq_max: 2, kv_unified: true, n_threads: 1, n_threads_batch: 1 });
  const batch = new Batch(64);
  const decode = (position: number): number => library.symbols.decode(context.pointer, batch.fill(0, position, Int32Array.of(20, 21, 22), 3));
  assert.deepEqual([0, 3, 2, 9, 6].map(decode), [0, 0, -1, -1, 0]);
  assert.match(library.explain(() => decode(2)), /remain consecutive/);
  context.close();
  model.close();
  assert.throws(() => context.pointer, EngineError);
});

test("an architecture that llama.cpp doesn't know is refused with its name", () => {
  assert.throws(() => withEngine({}, { metadata: { "general.architecture": "unheard-of" } }, () => undefined),
    (error) => error instanceof ModelFileError && /can't load the model.*unheard-of.*Choose a model/s.test(error.message));
});

test("loading tells how far it has come, and ends when the model is no longer wanted", () => {
  const told: number[] = [];
  const shape = { metadata: { "general.name": "Long" } };
  withEngine({ goesOn: (fraction) => told.push(fraction) > 0 }, shape, () => undefined);
  assert.deepEqual([told.length > 1, told.at(-1), told.every((fraction, index) => (told[index - 1] ?? 0) <= fraction)], [true, 1, true], told.join(" "));
  let asked = 0;
  assert.throws(() => withEngine({ goesOn: () => (asked += 1) > 1 }, shape, () => undefined),
    (error) => error instanceof ModelFileError && /no longer wanted/.test(error.message));
  assert.equal(asked, 1);
});

test("a tensor that is missing is refused with llama.cpp's own words", () => {
  const metadata = { "llama.block_count": { uint32: 2 } };
  assert.throws(() => withEngine({}, { metadata }, () => undefined), (error) => error instanceof ModelFileError && /blk\.1/.test(error.message));
});

test("a context that is too long for the memory is refused before llama.cpp tries", () => {
  const shape = { contextLength: 2 ** 31 - 1 };
  assert.throws(() => withEngine({ contextLength: 2 ** 31 - 1, contextLengthStart: 2 ** 31 - 1, cacheType: "f32" }, shape, () => undefined), (error) => error instanceof ModelFileError && /shorter context with --context/.test(error.message));
});

test("whether a cache can be shifted follows from the model's metadata and the cache's type", () => {
  assert.deepEqual(capabilities({}).shift, { kind: "shiftable", shiftsMax: 100 });
  assert.deepEqual(capabilities({}, { cacheType: "q8_0" }).shift, { kind: "shiftable", shiftsMax: 10 });
  const yarn = { "llama.rope.scaling.type": "yarn", "llama.rope.scaling.factor": { float32: 4 }, "llama.rope.scaling.original_context_length": { uint32: 512 } } as const;
  for (const [shape, options, reason] of [
    [{ metadata: yarn }, {}, /yarn/],
    [{ width: 160, heads: 2, keyHeads: 2 }, { cacheType: "q8_0", flashAttention: "off" }, /head size 80/],
    [{}, { cacheType: "q4_0" }, /q4_0/],
  ] as const) {
    const { shift } = capabilities(shape, options);
    assert.ok(shift.kind === "fixed" && reason.test(shift.reason), JSON.stringify(shift));
  }
  withEngine({ contextLength: 512 }, { metadata: yarn }, (engine) => {
    engine.decode(s0, start, Int32Array.of(20, 21, 22), "none");
    engine.remove(s0, cells(0, 1));
    assert.throws(() => engine.shift(s0, toEnd(1), -1), (error) => error instanceof EngineError && /yarn/.test(error.message));
  });
});

test("a Q8_0 cache is shifted ten times and stays close", () => {
  withEngine({ contextLength: 512, cacheType: "q8_0" }, {}, (engine) => {
    const tokens = randomTokens(120);
    engine.decode(s0, start, Int32Array.from(tokens.slice(0, 119)), "none");
    for (let time = 0; time < 10; time += 1) {
      engine.remove(s0, cells(10, 11));
      engine.shift(s0, toEnd(11), -1);
      tokens.splice(10, 1);
      engine.decode(s0, cellPosition(tokens.length - 1), Int32Array.of(at(tokens, tokens.length - 1)), "last");
      engine.remove(s0, toEnd(tokens.length - 1));
    }
    engine.decode(s0, cellPosition(tokens.length - 1), Int32Array.of(at(tokens, tokens.length - 1)), "last");
    const patched = engine.logits().slice();
    engine.decode(sequenceId(1), start, Int32Array.from(tokens), "last");
    const cold = engine.logits();
    const range = Math.max(...cold) - Math.min(...cold);
    const difference = Math.max(...patched.map((logit, token) => Math.abs(logit - at(cold, token)))) / range;
    assert.ok(difference < 0.05, `${difference}`);
  });
});

test("sentinels are found by id, and by their text where the file names none", () => {
  const { prefix, suffix, middle, fileSeparator, end, pad, repository } = randomModelSentinels;
  const byId = capabilities({});
  assert.deepEqual(byId.fim, { prefix, suffix, middle, fileSeparator });
  for (const token of [end, pad, repository, prefix, suffix, middle, fileSeparator]) assert.ok(byId.endTokens.has(token), `${token} ends`);
  assert.deepEqual(capabilities({ metadata: noFimTokens }).fim, { prefix, suffix, middle, fileSeparator });
});

test("a tokeniser that puts a space before the text still spells it, and a model without sentinels has none", () => {
  withEngine({ contextLength: 512 }, { metadata: sentencePieceMetadata() }, (engine) => {
    for (const text of ["a", " a", "  ab = x", "\n", "\n\na b", "é\r\n\tb", "a".repeat(2_000)]) {
      assert.equal(Buffer.concat(Array.from(engine.tokenise(text), (token) => engine.pieceOf(token))).toString(), text);
    }
    assert.equal(engine.capabilities.fim, undefined);
    assert.equal(engine.capabilities.beginToken, 1);
    assert.deepEqual([...engine.capabilities.endTokens], [2]);
  });
});

test("a begin token is told where the model expects one", () => {
  assert.equal(capabilities({}).beginToken, undefined);
  assert.equal(capabilities({ metadata: { "tokenizer.ggml.add_bos_token": true, "tokenizer.ggml.bos_token_id": { uint32: 0 } } }).beginToken, 0);
});

test("the context is never longer than the model was trained for", () => {
  assert.equal(capabilities({ contextLength: 512 }, { contextLength: 4_096 }).contextLength, 512);
});

test("threads and flash attention change nothing but rounding", () => {
  const tokens = Int32Array.from(randomTokens(100));
  const logits = ([[1, "off"], [2, "off"], [1, "auto"]] as const).map(([threadsMax, flashAttention]) =>
    withEngine({ contextLength: 512, threadsMax, flashAttention, cacheType: "f32" }, { layers: 2 }, (engine) => {
      engine.decode(s0, start, tokens, "last");
      return engine.logits().slice();
    }),
  );
  const [first = new Float32Array()] = logits;
  for (const other of logits) for (let token = 0; token < first.length; token += 1) assert.ok(Math.abs(at(first, token) - at(other, token)) < 5e-3, `token ${token}`);
});

test("saved cells are taken back to the last bit", () => {
  withEngine({ contextLength: 512 }, { layers: 2 }, (engine) => {
    const tokens = Int32Array.from({ length: 40 }, (_, index) => 20 + index);
    const next = (): Float32Array => {
      engine.decode(s0, cellPosition(40), Int32Array.of(7), "last");
      return engine.logits().slice();
    };
    engine.decode(s0, start, tokens, "none");
    const saved = engine.saveCells(s0);
    const expected = next();
    engine.remove(s0, toEnd(0));
    engine.restoreCells(s0, saved, tokens.length);
    assert.equal(engine.cellsUsed(), 40);
    assert.deepEqual(next(), expected);
  });
});

test("thirty engines opened and closed leave nothing behind", () => {
  const round = (): number => {
    for (let engines = 0; engines < 10; engines += 1) withEngine({ contextLength: 2_048, cacheType: "f32" }, { layers: 2 }, (engine) => engine.decode(s0, start, Int32Array.of(20), "last"));
    return process.memoryUsage().rss;
  };
  round();
  const before = round();
  const grown = round() - before;
  // Ten caches alone are 160 MB.
  assert.ok(grown < 40e6, `${grown} bytes more after ten engines`);
});

test("an engine works on a worker thread, and when the thread has ended the next one works here", async () => {
  const path = modelFile("worker.gguf");
  writeRandomModel(path);
  const worker = new Worker(__filename, { workerData: null, argv: [path] });
  const [message] = await Promise.all([
    new Promise((resolve, reject) => worker.once("message", resolve).once("error", reject)),
    new Promise((resolve) => worker.once("exit", resolve)),
  ]);
  assert.equal(message, 2);
});

function runInWorker(): void {
  const [, , modelPath = ""] = process.argv;
  const engine = openLlamaEngine({ library: locateLibrary(process.cwd()), modelPath, contextLength: 256, threadsMax: 1 });
  engine.decode(s0, start, Int32Array.of(20, 21, 22), "last");
  parentPort?.postMessage(engine.positions(s0)?.max);
  engine.close();
  process.exit();
}

test("the embedded model loads, and knows how a for loop goes on", () => {
  const engine = openLlamaEngine({ library: locateLibrary(process.cwd()), modelPath: embeddedModel, contextLength: 512, threadsMax: 1 });
  try {
    const { fim } = engine.capabilities;
    assert.ok(fim?.fileSeparator !== undefined);
    assert.deepEqual(engine.capabilities.shift, { kind: "shiftable", shiftsMax: 100 });
    const before = "function sum(values: number[]) {\n  let total = 0;\n  for (const value of values) {\n    total +=";
    const prompt = [
      fim.fileSeparator, ...engine.tokenise("src/sum.ts\n"), fim.prefix, ...engine.tokenise(before), fim.suffix,
      ...engine.tokenise("\n  }\n  return total;\n}\n"), fim.middle,
    ];
    assert.match(greedy(engine, prompt, 3), /^ value/);
  } finally {
    engine.close();
  }
});

function greedy(engine: LlamaEngine, prompt: readonly number[], tokensMax: number): string {
  let text = "";
  let next = prompt;
  let position = 0;
  for (let count = 0; count < tokensMax; count += 1) {
    engine.decode(s0, cellPosition(position), Int32Array.from(next), "last");
    position += next.length;
    const logits = engine.logits();
    const token = logits.indexOf(Math.max(...logits));
    if (engine.capabilities.endTokens.has(token)) break;
    text += Buffer.from(engine.pieceOf(token)).toString();
    next = [token];
  }
  return text;
}

function randomTokens(count: number): number[] {
  const random = new Random(17);
  return Array.from({ length: count }, () => 7 + random.below(256));
}

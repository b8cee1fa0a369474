// Owns the proof that a busy machine doesn't stall completions: 48 tokens with the embedded model, quiet, beside as many
// busy programs as there are cores, and quiet again. Prints the milliseconds of each completion.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { cellPosition, sequenceId, toEnd } from "../../sidecar/engine/engine";
import { ThreadGovernor } from "../../sidecar/engine/llama/governor";
import { locateLibrary } from "../../sidecar/engine/llama/library";
import { openLlamaEngine } from "../../sidecar/engine/llama/llamaEngine";
import type { LlamaEngine } from "../../sidecar/engine/llama/llamaEngine";

const modelPath = join(process.cwd(), "sidecar/models/palimpsest-nano-50m-q8_0.gguf");
const cores = availableParallelism();
const settings = [...new Set([cores, ThreadGovernor.threadsMaxDefault(cores)])];
const completionTokens = 48;

for (const threadsMax of settings) {
  test(`${threadsMax} threads at most on ${cores} cores: busy at most 4 times quiet within three completions, quiet again within ten`, async () => {
    const engine = openLlamaEngine({ library: locateLibrary(process.cwd()), modelPath, contextLength: 1_024, threadsMax });
    try {
      const quiet = completions(engine, 6).slice(1);
      const quietMs = Math.min(...quiet.map(({ ms }) => ms));
      const load = await startLoad();
      const busy = completions(engine, 6);
      await stopLoad(load);
      const after = completions(engine, 10);
      for (const [name, list] of [["quiet", quiet], ["busy", busy], ["after", after]] as const) {
        console.log(`    ${name.padEnd(6)} ${list.map(({ ms, threads }) => `${Math.round(ms)} ms (${threads})`).join(", ")}`);
      }
      const thirdMs = Math.min(...busy.slice(0, 3).map(({ ms }) => ms));
      assert.ok(thirdMs <= 4 * quietMs, `busy ${thirdMs} ms, quiet ${quietMs} ms`);
      assert.ok(Math.min(...after.map(({ ms }) => ms)) <= 1.3 * quietMs, `not back to ${quietMs} ms`);
    } finally {
      engine.close();
    }
  });
}

interface Timed {
  readonly ms: number;
  /** Threads at the end. */
  readonly threads: number;
}

function completions(engine: LlamaEngine, count: number): readonly Timed[] {
  const prompt = engine.tokenise("export function add(a: number, b: number): number {\n  return");
  return Array.from({ length: count }, () => {
    const startMs = performance.now();
    engine.remove(sequenceId(0), toEnd(0));
    engine.decode(sequenceId(0), cellPosition(0), prompt, "last");
    for (let token = 0; token < completionTokens; token += 1) {
      const next = engine.logits().indexOf(Math.max(...engine.logits()));
      engine.decode(sequenceId(0), cellPosition(prompt.length + token), Int32Array.of(next), "last");
    }
    return { ms: performance.now() - startMs, threads: engine.threads };
  });
}

/** One busy program a core; resolves when each has begun. Pairs with stopLoad. */
async function startLoad(): Promise<readonly ChildProcess[]> {
  const programs = Array.from({ length: cores }, () => spawn(process.execPath, ["-e", 'process.stdout.write("x"); setTimeout(() => { for (;;); }, 0); setTimeout(() => {}, 1e6);'], { stdio: ["ignore", "pipe", "ignore"] }));
  await Promise.all(programs.map((program) => once(program.stdout, "data")));
  return programs;
}

async function stopLoad(programs: readonly ChildProcess[]): Promise<void> {
  const ends = programs.map((program) => once(program, "exit"));
  for (const program of programs) program.kill("SIGKILL");
  await Promise.all(ends);
}

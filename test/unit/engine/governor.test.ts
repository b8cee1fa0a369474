// Owns the behaviour of the thread governor on simulated machines: what a step takes there follows the measured figures.
import assert from "node:assert/strict";
import { test } from "node:test";
import { ThreadGovernor } from "../../../sidecar/engine/llama/governor";
import { LoadMeter, allowedCores } from "../../../sidecar/engine/llama/loadMeter";
import type { CpuTimes } from "../../../sidecar/engine/llama/loadMeter";

/** A machine under a manual clock: threads that have a core each share the work, threads too many wait for each other. */
class Machine {
  nowMs = 0;
  /** Cores that other programs want. */
  others = 0;
  tokens = 0;
  private lastLoadMs = 0;
  readonly governor: ThreadGovernor;

  constructor(readonly cores: number, threadsMax: number, readonly meterWorks = true) {
    this.governor = new ThreadGovernor({ cores, threadsMax });
  }

  /** One token at a time, 9 ms of work each; returns the milliseconds of 48. */
  completion(): number {
    const startMs = this.nowMs;
    for (let token = 0; token < 48; token += 1) this.step(1);
    return this.nowMs - startMs;
  }

  step(tokens: number, rotated = false): void {
    if (!this.meterWorks) this.governor.noteUnknownLoad(this.nowMs);
    else if (this.nowMs - this.lastLoadMs >= 100) {
      this.lastLoadMs = this.nowMs;
      // Other programs get their share at most.
      this.governor.noteLoad(Math.min(this.others, this.cores - Math.min(1, this.cores / (this.others + 1))), this.nowMs);
    }
    const { threads } = this.governor;
    const crowded = threads > 1 && threads + this.others > this.cores;
    const share = Math.min(1, this.cores / (this.others + threads));
    const durationMs = crowded ? 900 : ((tokens * 9) / threads / share) + (rotated ? 100 : 0);
    this.nowMs += durationMs;
    this.tokens += tokens;
    this.governor.noteStep({ tokens, durationMs, rotated });
  }

  idle(ms: number): void {
    this.nowMs += ms;
  }
}

for (const meterWorks of [true, false]) {
  for (const [cores, threadsMax] of [[2, 2], [4, 3], [8, 8], [16, 15]] as const) {
    test(`${cores} cores, ${threadsMax} threads at most, ${meterWorks ? "load measured" : "load unknown"}: busy within 4 times quiet by the third completion`, () => {
      const machine = new Machine(cores, threadsMax, meterWorks);
      const quietMs = [machine.completion(), machine.completion(), machine.completion()].at(-1) ?? 0;
      assert.equal(machine.governor.threads, threadsMax);
      machine.others = cores;
      const busyMs = [machine.completion(), machine.completion(), machine.completion()];
      const oneThreadMs = 48 * 9 * 2;
      assert.ok((busyMs.at(-1) ?? 0) <= Math.max(4 * quietMs, 1.1 * oneThreadMs), `busy ${busyMs.join(", ")}, quiet ${quietMs}`);
      if (meterWorks) assert.equal(machine.governor.threads, 1);
      machine.others = 0;
      if (meterWorks) for (let completion = 0; completion < 9; completion += 1) machine.completion();
      else while (machine.nowMs < 200_000) machine.completion();
      assert.ok(machine.completion() <= 1.1 * quietMs, "back to quiet speed, within ten where the load is known");
      assert.equal(machine.governor.threads, threadsMax);
    });
  }
}

test("it drops within two tokens once steps are slow, without knowing the load", () => {
  const machine = new Machine(2, 2, false);
  machine.completion();
  machine.others = 2;
  machine.step(1);
  machine.step(1);
  assert.equal(machine.governor.threads, 1);
});

test("a program that takes half of the machine leaves the rest to the engine", () => {
  const machine = new Machine(8, 7);
  machine.completion();
  machine.others = 4;
  for (let completion = 0; completion < 3; completion += 1) machine.completion();
  assert.equal(machine.governor.threads, 4);
});

test("one slow step, a rotation and a longer context are no reason to drop", () => {
  const governor = new ThreadGovernor({ cores: 4, threadsMax: 4 });
  for (let step = 0; step < 50; step += 1) governor.noteStep({ tokens: 1, durationMs: 5, rotated: false });
  governor.noteStep({ tokens: 1, durationMs: 30, rotated: false });
  governor.noteStep({ tokens: 1, durationMs: 5, rotated: false });
  governor.noteStep({ tokens: 1, durationMs: 30, rotated: false });
  governor.noteStep({ tokens: 1, durationMs: 5, rotated: false });
  assert.equal(governor.threads, 4);
  for (let step = 0; step < 5; step += 1) governor.noteStep({ tokens: 1, durationMs: 300, rotated: true });
  assert.equal(governor.threads, 4);
  for (let step = 0; step < 400; step += 1) governor.noteStep({ tokens: 1, durationMs: 5 + step / 10, rotated: false });
  assert.equal(governor.threads, 4);
});

test("it never takes every core by default, and one thread at least", () => {
  assert.deepEqual([1, 2, 4, 16].map((cores) => ThreadGovernor.threadsMaxDefault(cores)), [1, 1, 3, 15]);
});

test("the meter tells what others use, leaves out our own, and waits for an interval that can be measured", () => {
  let times: CpuTimes | undefined = { busyMs: 0, ownMs: 0 };
  const meter = new LoadMeter(() => times);
  assert.deepEqual(meter.measure(0), { kind: "later" });
  times = { busyMs: 1_500, ownMs: 500 };
  assert.deepEqual(meter.measure(50), { kind: "later" });
  assert.deepEqual(meter.measure(500), { kind: "measured", othersCores: 2 });
  times = { busyMs: 2_000, ownMs: 1_100 };
  assert.deepEqual(meter.measure(1_000), { kind: "measured", othersCores: 0 });
  times = undefined;
  assert.deepEqual(meter.measure(2_000), { kind: "unknown" });
});

test("however many threads are asked for, the first step takes no more than there are cores", () => {
  assert.deepEqual([1, 4, 64].map((threadsMax) => new ThreadGovernor({ cores: 4, threadsMax }).threads), [1, 4, 4]);
});

/** Of a machine with 10 cores, `usable` may be computed with at a time. */
function checkAllowed(usable: number, listed: string | undefined, expected: readonly number[] | undefined): void {
  const status = (): string | undefined => (listed === undefined ? undefined : `Name:\tnode\nCpus_allowed_list:\t${listed}\nMems_allowed_list:\t0\n`);
  test(`${usable} of 10 cores, ${listed ?? "no"} list: ${expected ?? "unknown"}`, () => {
    const cores = allowedCores(10, usable, status);
    assert.deepEqual(cores === undefined ? undefined : [...cores], expected);
  });
}

checkAllowed(10, undefined, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
checkAllowed(6, "0-2,5,8-9", [0, 1, 2, 5, 8, 9]);
checkAllowed(1, "3", [3]);
checkAllowed(6, undefined, undefined);
// A quota gives time, not cores: what others do on all of them doesn't tell what is left of ours.
checkAllowed(2, "0-9", undefined);

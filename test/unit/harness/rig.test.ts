// The hand-written traces replayed through the sessions that serve the editor, on the fake engine, with all invariants on.
import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { setVerify } from "../../../sidecar/base/invariants";
import { ManualClock } from "../../../sidecar/base/clock";
import { offeredPolicies } from "../../../sidecar/session/policy";
import { findTraces, readTrace } from "../../harness/corpus";
import { showDemo } from "../../harness/demo";
import { measureTraces } from "../../harness/measureTraces";
import type { Measurement } from "../../harness/measureTraces";
import type { CompletionResult, ReplayedSessions } from "../../harness/replay";
import { replay } from "../../harness/replay";
import { rigOn } from "../../harness/rig";
import type { Rig } from "../../harness/rig";
import { finalText } from "../../harness/traceDocument";
import { FakeEngine } from "../../support/fakeEngine";

const traces = findTraces([join(process.cwd(), "test/corpus")]).map(readTrace);

function fakeRig(): Rig {
  const engine = new FakeEngine();
  return rigOn({ engine, modelPath: "", threads: () => 1, threadsAsked: 1, gpu: "cpu", grammarOf: () => Promise.resolve(undefined), verify: setVerify });
}

function measurementOn(rig: Rig): Measurement<CompletionResult, ReplayedSessions> {
  return {
    policies: offeredPolicies,
    idle: true,
    newTime: () => ({ kind: "manual", clock: new ManualClock() }),
    newSessions: (policy, time, trace) => rig.newSessions({ policy, clock: time.clock, languageId: trace.header.languageId, verify: true }),
    pointOf: ({ result }) => result,
    interrupted: () => false,
    progress: () => undefined,
  };
}

test("replays end in the document's final text and charge what the sessions counted", async () => {
  const rig = fakeRig();
  for (const trace of traces) {
    for (const policy of offeredPolicies) {
      const clock = new ManualClock();
      const sessions = await rig.newSessions({ policy, clock, languageId: trace.header.languageId, verify: true });
      const results: CompletionResult[] = [];
      const steps = replay(trace, sessions, { policy, time: { kind: "manual", clock }, idle: true });
      let step = steps.next();
      for (; step.done !== true; step = steps.next()) {
        const { result, document } = step.value;
        const offset = document.offsetAt(result.place) ?? NaN;
        assert.ok(offset <= document.text.length);
        results.push(result);
      }
      assert.equal(step.value, finalText(trace), trace.name);
      const { totals, documents } = sessions.statistics();
      assert.equal(documents[0]?.version, 1 + trace.events.filter((event) => event.kind === "edit").length);
      for (const name of ["tokensEncoded", "cellsKept", "cellsShifted", "repairTokens"] as const) {
        assert.equal(results.reduce((sum, result) => sum + result.charge[name], 0), totals[name], `${policy}: ${name}`);
      }
      assert.equal(totals.rebuilds, 0);
      assert.ok(results.every((result) => (result.expected === undefined) === (result.loss === undefined)), "each expected text has a loss");
      sessions.close();
    }
  }
  rig.close();
});

test("cold reads all, prefix less, patch least; cold and prefix agree word by word", async () => {
  const rig = fakeRig();
  const results = await measureTraces(traces, measurementOn(rig));
  const tokensOf = (policy: string): number =>
    results.filter((result) => result.policy === policy).reduce((sum, result) => sum + result.charge.tokensEncoded, 0);
  assert.ok(tokensOf("patch") < tokensOf("prefix"), `${tokensOf("patch")} < ${tokensOf("prefix")}`);
  assert.ok(tokensOf("prefix") < tokensOf("cold"), `${tokensOf("prefix")} < ${tokensOf("cold")}`);
  const wordsOf = (policy: string): unknown => results.filter((result) => result.policy === policy).map(({ suggested, loss }) => ({ suggested, loss }));
  assert.deepEqual(wordsOf("prefix"), wordsOf("cold"));
  assert.ok(results.filter((result) => result.policy === "cold").every((result) => result.exactShare === 1 && result.charge.cellsKept === 0));
  rig.close();
});

test("the demo shows every step and ends with the table and the way to the editor", async () => {
  const [trace] = traces;
  assert.ok(trace !== undefined);
  const said: string[] = [];
  await showDemo(trace, fakeRig(), { colours: false, widthMax: 120, say: (text) => said.push(text) });
  const asked = trace.events.filter((event) => event.kind === "complete").length;
  assert.equal(said.filter((text) => /^\d+ of \d+ · /.test(text)).length, asked);
  assert.match(said.join("\n"), /several places {2}patch/);
  assert.ok(said.at(-1)?.endsWith("npm run editor"));
});

// Owns the order of a measurement: trace by trace, and within a trace every policy in turn, so that what else the
// machine does hits all of them alike. Knows no file, no engine and no table.
import type { PolicyName } from "../../sidecar/session/policy";
import type { CompletionResult, ReplayedSessions, ReplayTime } from "./replay";
import { replay } from "./replay";
import type { Trace } from "./trace";

export interface Measurement {
  readonly policies: readonly PolicyName[];
  readonly idle: boolean;
  /** A clock for one replay: a manual one starts anew each time. */
  newTime(): ReplayTime;
  /** Sessions on an empty cache. They are closed before the next are asked for. */
  newSessions(policy: PolicyName, time: ReplayTime, trace: Trace): Promise<ReplayedSessions>;
  /** Asked between completions. */
  interrupted(): boolean;
  /** Told after each completion. */
  progress(done: MeasurementProgress): void;
}

/** Whole traces and completions that are done, and the policy at work. */
export interface MeasurementProgress {
  readonly traces: number;
  readonly completions: number;
  readonly completionsAll: number;
  readonly policy: PolicyName;
}

/**
 * Every policy is asked every completion, warming ones too, even where it keeps nothing of them: where the anchor of the
 * prompt lies depends on the completion before, and cold is the reference for one and the same prompt.
 * Results of all whole traces. A trace that an interruption cut short is left out under every policy: policies are
 * compared on the same points only.
 */
export async function measureTraces(traces: readonly Trace[], measurement: Measurement): Promise<readonly CompletionResult[]> {
  const results: CompletionResult[] = [];
  const completionsAll = traces.reduce((sum, trace) => sum + measurement.policies.length * askedIn(trace), 0);
  let completions = 0;
  for (const [index, trace] of traces.entries()) {
    const ofTrace: CompletionResult[] = [];
    for (const policy of orderOf(measurement.policies, index)) {
      const time = measurement.newTime();
      const sessions = await measurement.newSessions(policy, time, trace);
      try {
        for (const step of replay(trace, sessions, { policy, time, idle: measurement.idle })) {
          ofTrace.push(step.result);
          completions += 1;
          measurement.progress({ traces: index, completions, completionsAll, policy });
          await turnOfTheEventLoop();
          if (measurement.interrupted()) return results;
        }
      } finally {
        sessions.close();
      }
    }
    results.push(...ofTrace);
  }
  return results;
}

function askedIn(trace: Trace): number {
  return trace.events.filter((event) => event.kind === "complete").length;
}

/** Cold goes first as the reference; the others take turns at going first among themselves. */
export function orderOf(policies: readonly PolicyName[], traceIndex: number): readonly PolicyName[] {
  const others = policies.filter((policy) => policy !== "cold");
  const turned = others.map((_, index) => others[(index + traceIndex) % others.length]).filter((policy) => policy !== undefined);
  return [...policies.filter((policy) => policy === "cold"), ...turned];
}

/** Replays are synchronous; signals and output need a turn now and then. */
function turnOfTheEventLoop(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

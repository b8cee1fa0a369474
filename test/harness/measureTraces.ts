// Owns the order of a measurement: trace by trace, and within a trace every policy in turn, so that what else the
// machine does hits all of them alike. Knows no file, no engine and no table.
import type { PolicyName } from "../../sidecar/session/policy";
import type { ReplayedSessions, ReplayStep, ReplayTime } from "./replay";
import { replay } from "./replay";
import type { Trace } from "./trace";

/** What is measured, on sessions of the kind `Asked`; a `Point` is what is kept of one completion. */
export interface Measurement<Point, Asked extends ReplayedSessions> {
  readonly policies: readonly PolicyName[];
  readonly idle: boolean;
  readonly pauses?: boolean;
  /** Whether each completion is asked on cells that idle time has made exact. */
  readonly healed?: boolean;
  /** A clock for one replay: a manual one starts anew each time. */
  newTime(): ReplayTime;
  /** Sessions on an empty cache. They are closed before the next are asked for. */
  newSessions(policy: PolicyName, time: ReplayTime, trace: Trace): Promise<Asked>;
  /** Looks at a completion while sessions and document stand as it left them. */
  pointOf(step: ReplayStep, sessions: Asked, trace: Trace): Promise<Point> | Point;
  /** Points that an earlier run has measured; undefined where the trace has to be replayed. */
  known?(policy: PolicyName, trace: Trace): readonly Point[] | undefined;
  /** Told of each replay that ran to its end. */
  measured?(policy: PolicyName, trace: Trace, points: readonly Point[]): void;
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
export async function measureTraces<Point, Asked extends ReplayedSessions>(
  traces: readonly Trace[], measurement: Measurement<Point, Asked>,
): Promise<readonly Point[]> {
  const results: Point[] = [];
  let completionsAll = traces.reduce((sum, trace) => sum + measurement.policies.length * askedIn(trace), 0);
  let completions = 0;
  for (const [index, trace] of traces.entries()) {
    const ofTrace: Point[] = [];
    for (const policy of orderOf(measurement.policies, index)) {
      const known = measurement.known?.(policy, trace);
      if (known !== undefined) {
        ofTrace.push(...known);
        completionsAll -= askedIn(trace);
        continue;
      }
      const points = await replayed(trace, policy, measurement, () => {
        completions += 1;
        measurement.progress({ traces: index, completions, completionsAll, policy });
      });
      if (points === undefined) return results;
      measurement.measured?.(policy, trace, points);
      ofTrace.push(...points);
    }
    results.push(...ofTrace);
  }
  return results;
}

/** All points of a trace; undefined when it was interrupted. */
async function replayed<Point, Asked extends ReplayedSessions>(
  trace: Trace, policy: PolicyName, measurement: Measurement<Point, Asked>, completed: () => void,
): Promise<readonly Point[] | undefined> {
  const points: Point[] = [];
  const time = measurement.newTime();
  const sessions = await measurement.newSessions(policy, time, trace);
  try {
    const { idle, pauses = false, healed = false } = measurement;
    for (const step of replay(trace, sessions, { policy, time, idle, pauses, healed })) {
      points.push(await measurement.pointOf(step, sessions, trace));
      completed();
      await turnOfTheEventLoop();
      if (measurement.interrupted()) return undefined;
    }
  } finally {
    sessions.close();
  }
  return points;
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

// Owns what a measurement runs on: one engine, and fresh sessions on an empty cache for each replay.
// The only file of the harness that knows which engine and which sessions those are.
import type { Clock } from "../../sidecar/base/clock";
import type { PolicyName } from "../../sidecar/session/policy";
import type { ReplayedSessions } from "./replay";

export interface RigSettings {
  readonly policy: PolicyName;
  readonly clock: Clock;
  readonly languageId: string;
  readonly verify: boolean;
}

/** What was measured on, for the report. */
export interface RigDescription {
  readonly model: string;
  readonly contextLength: number;
  readonly shift: string;
  readonly threads: string;
}

export interface Rig {
  readonly description: RigDescription;
  /** Sessions whose cache is empty. One at a time: close them before asking for the next. */
  newSessions(settings: RigSettings): Promise<ReplayedSessions>;
  close(): void;
}

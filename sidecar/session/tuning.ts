// Owns what of a session's ways may change while the model stays loaded. Data; acts on nothing.
import { limits } from "../base/limits";

export interface Tuning {
  /** Tokens of a completion at most. */
  readonly completionTokensMax: number;
  /** Whether a completion ends with the cursor's line, wherever the cursor is. */
  readonly singleLine: boolean;
  /** Characters, white space around them not counted, that a suggestion must have to be shown. */
  readonly charactersMin: number;
  /** Whether what repeats is penalised. */
  readonly repetitionPenalty: boolean;
  /** Time that stale cells are read again for while a completion waits. */
  readonly repairMsMax: number;
  /** Whether idle time does its work, reading ahead and repairs included. */
  readonly healing: boolean;
  /** Whether idle time prepares what comes behind a suggestion that is shown: off where power is short. */
  readonly preparing: boolean;
  /** Threads to compute with at most; undefined: the engine chooses. */
  readonly threadsMax: number | undefined;
  /** Stands for what the monitor may ask, and in which languages; empty where it is off everywhere. */
  readonly memberSources: string;
}

export const tuningDefault: Tuning = {
  completionTokensMax: limits.completionTokensMax,
  singleLine: false,
  charactersMin: 1,
  repetitionPenalty: true,
  repairMsMax: limits.repairMsMax,
  healing: true,
  preparing: true,
  threadsMax: undefined,
  memberSources: "",
};

/** Whether what was suggested under one would be under the other: these settings shape what is written or shown. */
export function suggestsAlike(one: Tuning, other: Tuning): boolean {
  return one.completionTokensMax === other.completionTokensMax && one.singleLine === other.singleLine &&
    one.charactersMin === other.charactersMin && one.repetitionPenalty === other.repetitionPenalty &&
    one.memberSources === other.memberSources;
}

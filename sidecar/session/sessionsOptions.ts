// Owns what can be chosen for the sessions when they are opened.
import type { Clock } from "../base/clock";
import type { Drafts } from "../decode/draft/drafts";
import type { MemberSource } from "../decode/mgd/memberSource";
import type { ModelStatus } from "../protocol/data";
import type { PositionEncoding } from "../text/lines";
import type { Written } from "./complete";
import type { GrammarSource } from "./ownStructure";
import type { PolicyName } from "./policy";
import type { PenaltySource } from "./repetition";
import type { Tuning } from "./tuning";

export interface SessionsOptions {
  readonly policy: PolicyName;
  readonly modelStatus: () => ModelStatus;
  readonly clock?: Clock;
  readonly encoding?: PositionEncoding;
  readonly grammars?: GrammarSource;
  readonly completionTokensMax?: number;
  readonly completionMsMax?: number;
  /** Asked again and again: what may change while the sessions live. Where it is there, it overrides what is fixed here. */
  readonly tuning?: () => Tuning;
  /** Whether idle time does its work, reading ahead and repairs included; on where nothing is said. */
  readonly healing?: boolean;
  /** Whether idle time prepares what comes behind a suggestion; off where nothing is said. */
  readonly preparing?: boolean;
  /** Whether what repeats is penalised; on where nothing is said. */
  readonly repetitionPenalty?: boolean | PenaltySource;
  /** Whether completions are drafted, or by what, for measuring; off where nothing is said. */
  readonly drafts?: boolean | Drafts | undefined;
  /** Who says which names are legal; no monitor watches where there is nobody. */
  readonly members?: MemberSource | undefined;
  /** Time that a completion stands still for an answer about legal names; asked for each completion. Negative: no monitor watches. */
  readonly memberBudgetMs?: () => number;
  /** Whether unsure and useless suggestions are kept back from those who did not ask by key; on where nothing is said. */
  readonly withholding?: boolean;
  /** Told of each completion as it was written, whatever becomes of it: for measuring only. */
  readonly onWritten?: (written: Written) => void;
}

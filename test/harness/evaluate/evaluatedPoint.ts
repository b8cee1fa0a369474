// Owns what is known of one completion under one policy: the replay's result, what cold caches answer at the same point, and
// what a real llama-server did with the same prompt.
import type { DecodeEnd } from "../../../sidecar/decode/loop";
import type { OutcomeKind } from "../../../sidecar/protocol/data";
import type { WrittenChoice } from "../../../sidecar/session/complete";
import type { CompletionResult } from "../replay";
import type { ColdAnswer } from "./coldCache";

export interface EvaluatedPoint {
  readonly result: CompletionResult;
  readonly languageId: string;
  /** Length of the prompt under the policy's layout: what a cold cache would read. */
  readonly promptTokens: number;
  /** The policy's own prompt on a cold cache. Undefined at the first completion of a trace, which is no point to score. */
  readonly cold: ColdAnswer | undefined;
  /** The whole file prefix first, on a cold cache. */
  readonly psm: ColdAnswer | undefined;
  /** The policy's own prompt on a cold cache whose cells stand at other places. Undefined where it wasn't asked for. */
  readonly displaced: ColdAnswer | undefined;
  /** Undefined where no real server was asked. */
  readonly served: ServedAnswer | undefined;
  /** Undefined where nothing was written: the request was refused, or the rest of a suggestion was typed along. */
  readonly written?: WrittenPoint | undefined;
  /** What would become of it in the editor. Undefined where nothing was written for it or before it. */
  readonly showing?: ShowingPoint | undefined;
}

export interface ShowingPoint {
  readonly outcome: OutcomeKind;
  /** Whether the whole file, parsed from scratch, has more errors with the suggestion than without; undefined without a grammar. */
  readonly addsError: boolean | undefined;
}

/** What the model wrote at a point, whatever became of it, with all that a decision to show it may look at. */
export interface WrittenPoint {
  readonly rawText: string;
  /** What could be inserted at the cursor, before it is looked at whether it is shown: what a cold cache's answer is, too. */
  readonly text: string;
  readonly end: DecodeEnd;
  readonly choices: readonly WrittenChoice[];
}

/** A real llama-server's answer to the policy's prompt, in the order of the trace. */
export interface ServedAnswer {
  readonly suggested: string;
  /** Prompt tokens that the server computed (`timings.prompt_n`). */
  readonly tokensEncoded: number;
  /** `timings.prompt_ms`: without HTTP and without the first token's sampling, which favours the server. */
  readonly promptMs: number;
  readonly tokensDecoded: number;
}

// Owns the contract of a draft source: what may come next, said before the model is asked. Knows no engine and no logits.
// A draft is only ever a guess at what to decode together: what is written is the model's choice, token by token.

export const draftSourceNames = ["previous", "copy", "successors"] as const;
export type DraftSourceName = (typeof draftSourceNames)[number];
/** Those that were right often enough: docs/notes/08-drafts.md. */
export const draftSourcesShipped: readonly DraftSourceName[] = ["previous", "copy"];

export interface Proposal {
  readonly source: DraftSourceName;
  /** What may come behind the latest token, one or more. */
  readonly tokens: Int32Array;
  /** How many of the latest tokens speak for it. */
  readonly matched: number;
}

export interface DraftSource {
  readonly name: DraftSourceName;
  /** The token was chosen. */
  accept(token: number): void;
  /** What may come next, at most `tokensMax` tokens; undefined where the source has nothing to say. */
  propose(tokensMax: number): Proposal | undefined;
}

// Owns what is kept of one generation behind a case, a line of JSON each. Raw: all figures are computed from it, so that shards
// merge and a figure can be defined anew without generating again.
import type { MonitorAnswer } from "../../../sidecar/decode/mgd/memberSource";
import type { MonitorRecord } from "../../../sidecar/protocol/data";

export const methodNames = ["off", "monitor"] as const;
export type MethodName = (typeof methodNames)[number];

/** Greedy, or the number of a sample from 0. */
export type Draw = "greedy" | number;

/** method: it closed the method or began what follows; end: the model's end token; tokens: the budget was used up. */
export type GenerationEnd = "method" | "end" | "tokens" | "interrupted";

/** A question that decoding waited for. */
export interface Waited {
  /** UTF-16 units generated before it: 0 is the dereference at the cursor. */
  readonly behindUtf16: number;
  readonly kind: "member" | "signature";
  readonly waitMs: number;
  readonly answer: MonitorAnswer["kind"] | "late";
  readonly names: number;
}

export interface Generation {
  readonly kind: "generation";
  readonly caseId: string;
  readonly method: MethodName;
  readonly draw: Draw;
  readonly end: GenerationEnd;
  /** What belongs to the method, without white space at its end. */
  readonly text: string;
  readonly tokens: number;
  /** From the question at the cursor on: the prompt's last token, all new ones, and the waiting. */
  readonly decodeMs: number;
  readonly waited: readonly Waited[];
  /** Time in the monitor itself, its beginning included and its waiting not. */
  readonly monitorMs: number;
  /** What the monitor counted; undefined without one. */
  readonly monitor: MonitorRecord | undefined;
  /** What the compiler finds wrong in the file with this in it, its braces closed, that was right before; undefined where no compiler was asked. */
  readonly newErrors: readonly string[] | undefined;
}

/** What may stand at the cursor of a case, by the server, however long it took. */
export interface Members {
  readonly kind: "members";
  readonly caseId: string;
  /** Undefined where the server says nothing that would be a limit: an unknown receiver. */
  readonly names: readonly string[] | undefined;
  /** Why there are none. */
  readonly reason: string;
}

/** A case at which the server falls: it is left out from then on. */
export interface Fallen {
  readonly kind: "fallen";
  readonly caseId: string;
}

export const generationKey = ({ caseId, method, draw }: Pick<Generation, "caseId" | "method" | "draw">): string => `${caseId} ${method} ${draw}`;

// Owns what a monitor may ask about a document, and what it can be told: which names may stand at a place.
// Knows neither who answers (an editor, a language server) nor what is done with the answer.
import type { Utf16Offset } from "../../text/frames";
import type { OtherWork } from "../otherWork";

/** What is asked: which names may stand at the end of `continuation`. */
export interface MonitorQuestion {
  readonly uri: string;
  readonly languageId: string;
  readonly version: number;
  /** Where the completion begins, in the text at `version`. */
  readonly cursor: Utf16Offset;
  /**
   * Generated so far behind the cursor, up to and with the trigger and the part of the name that is there.
   * Empty where the text before the cursor ends so: then the question is about the open document as it is.
   */
  readonly continuation: string;
  /** "signature": how many arguments the call takes that `continuation` has just opened, or goes on with. */
  readonly kind: "member" | "signature";
  /**
   * Operands with their operators, as `this.`: whose members there are, at the same place, is worth knowing too.
   * A source tells that behind its answer where it costs little; no two questions differ by it.
   */
  readonly beside?: readonly string[];
}

export type MonitorAnswer =
  /**
   * All legal texts of the whole name at that place, in no order, not filtered by what is typed of it.
   * Between quotes a name is what stands between them, as it is to be written.
   */
  | { readonly kind: "names"; readonly names: readonly string[] }
  /** `parametersMax` is undefined where there is no limit. Of several overloads the union is told. */
  | { readonly kind: "signature"; readonly parametersMin: number; readonly parametersMax: number | undefined }
  /** Nothing can be said that would be a limit: an unknown receiver, an index signature, no answer. No mask follows. */
  | { readonly kind: "open"; readonly reason: string };

/** Answers questions beside the thread that decodes. */
export interface MemberSource {
  /** Begins to ask, or joins an equal question that is under way. Returns at once and never throws. */
  ask(question: MonitorQuestion): void;
  /**
   * Waits on the calling thread, until `untilMs` of the sessions' clock at most; undefined where the answer is not there by then.
   * As long as there is other work, that is done instead, and the wait ends later by as long as it took.
   */
  answer(question: MonitorQuestion, untilMs: number, work?: OtherWork): MonitorAnswer | undefined;
  /** What it has told of an operand beside its answer; undefined where it has not, or not yet. Waits for nothing. */
  told(question: MonitorQuestion, operand: string): MonitorAnswer | undefined;
}

// Owns what crosses between the LSP thread and the engine thread: plain data both ways, and the worker's configuration.
// Knows neither thread.
import type { MessagePort } from "node:worker_threads";
import type { ModelStatus } from "../protocol/data";
import type { PositionEncoding, SessionEvent, SessionNotice, SessionQuestions, SessionReply } from "../session/events";
import type { PolicyName } from "../session/policy";
import type { Tuning } from "../session/tuning";
import type { ServeFlags } from "./flags";

/** What a model is loaded with: another of it is another engine. */
export interface EngineSetup {
  readonly modelPath: string;
  readonly contextTokens: number;
  /** Weights and cache together; undefined: what the machine has. */
  readonly memoryBytesMax: number | undefined;
  /** Undefined: the installed package's. */
  readonly libraryFolder: string | undefined;
  /** Where engines for graphics cards are looked for first. */
  readonly enginesFolder?: string | undefined;
  readonly gpu: ServeFlags["gpu"];
  readonly policy: PolicyName;
  readonly verify: boolean;
  /** Whether completions are drafted; off where nothing is said. */
  readonly drafts?: boolean;
}

/** What the worker is started with. */
export interface EngineThreadConfig extends EngineSetup {
  readonly tuning: Tuning;
  readonly positionEncoding: PositionEncoding;
  /** The engine thread's end of the monitor's questions, transferred with the configuration; absent where nobody can be asked. */
  readonly members?: MessagePort;
  /** Layout: see interrupts.ts. */
  readonly interrupts: SharedArrayBuffer;
  /** `performance.timeOrigin` of the LSP thread: times of arrival are told by its clock. */
  readonly timeOriginMs: number;
}

/** A question with its name, so that a switch can tell them apart. */
export type Question = { [Kind in QuestionKind]: { readonly kind: Kind; readonly ask: SessionQuestions[Kind]["ask"] } }[QuestionKind];
export type QuestionKind = keyof SessionQuestions;
export type QuestionOf<Kind extends QuestionKind> = Extract<Question, { readonly kind: Kind }>;
/** The reply to a question, with the question's name again. */
export type QuestionReply = { [Kind in QuestionKind]: { readonly kind: Kind; readonly reply: SessionReply<SessionQuestions[Kind]["answer"]> } }[QuestionKind];

export interface PostedFact {
  readonly kind: "fact";
  readonly sequence: number;
  readonly event: SessionEvent;
}
export interface PostedQuestion {
  readonly kind: "question";
  readonly sequence: number;
  readonly question: Question;
  /** Where the LSP thread writes that a completion should stop; undefined for the other questions. */
  readonly slot: number | undefined;
}
export type ToWorker = PostedFact | PostedQuestion | { readonly kind: "tune"; readonly tuning: Tuning } | { readonly kind: "close" };

export type FromWorker =
  | { readonly kind: "modelStatus"; readonly status: ModelStatus }
  /** `sequence` of the fact that brought it about: what was posted later may have put it right. */
  | { readonly kind: "notice"; readonly notice: SessionNotice; readonly sequence: number }
  | { readonly kind: "applied" }
  | { readonly kind: "reply"; readonly sequence: number; readonly reply: QuestionReply }
  /** The question brought an error up that is a bug of ours; the worker goes on. */
  | { readonly kind: "refused"; readonly sequence: number; readonly message: string }
  | { readonly kind: "trouble"; readonly message: string };

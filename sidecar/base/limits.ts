// Owns every bound in the system, with their relations asserted at load. Units and frames are in the names.
import { assert } from "./assert";

export const limits = {
  /** Documents longer than this are not held: requests on them end in the outcome `documentTooLarge`. */
  documentUtf16Max: 20_000_000,
  /** Longer documents are not parsed for structure. */
  parsedUtf16Max: 2_000_000,
  /** In longer documents it isn't looked whether a suggestion adds a syntax error: the parse would keep the user waiting. */
  syntaxCheckedUtf16Max: 400_000,
  /** Text around the cursor that is parsed where a completion that has repeated would end; what closes it is no longer than that. */
  closedBeforeUtf16Max: 12_000,
  closedAfterUtf16Max: 4_000,
  closingUtf16Max: 300,
  /** Structure spans kept for one document; further ones are dropped from the innermost out. */
  structureSpansMax: 20_000,
  /** Edits that wait for the sidecar's own parse; with more it parses anew. */
  pendingSyntaxEditsMax: 1_000,
  /** Tokens encoded in one call of the engine, so that a cancel takes effect soon. */
  batchTokensMax: 128,
  /** Of a batch the processor computes so many tokens at once: what they attend to takes memory by their number and the cache's length. */
  computedTokensMax: 64,
  /** Tokens that a completion may have. */
  completionTokensMax: 64,
  completionMsMax: 3_000,
  /** Time that a completion goes on once it is cancelled, in case it is for an edit that types what it writes. */
  cancelledMsMax: 30,
  /** Tokens decoded ahead of an answer that isn't there yet, and the time that one may take: a wrong one is in vain. */
  aheadTokensMax: 16,
  aheadTokenMsMax: 60,
  /** Suggestions that one request by key gives, the first included. */
  alternativesMax: 3,
  /** Time after which no further alternative is begun. */
  alternativesMsMax: 1_500,
  /** Tokens of a suggestion that are read to prepare what comes behind it; where it takes more, the layout has moved. */
  preparedTokensMax: 128,
  /** Deleted tokens whose cells wait for an undo or a paste, since each makes every token dearer; runs of them; patches that they wait for. */
  shelfTokensMax: 512,
  shelfRunsMax: 4,
  shelfPatchesMax: 60,
  /** Sequences of the cache: one to park in, one to decode in, one for each run of deleted cells, the rest for documents. */
  sequencesMax: 16,
  /** Languages named in the statistics that the repetition penalty knows no productions of. */
  fallbackLanguagesMax: 50,
  /** Completions kept for the statistics. */
  recentCompletionsMax: 100,
  /** Tokens healed in one slice of idle time: a full batch, since the engine stops in the middle of one when something arrives. */
  healTokensMax: 128,
  /** Time that stale cells are read again for while a completion waits: what is left is for idle time. */
  repairMsMax: 300,
  /** Tokens read again in idle time because a completion would depend on them most, before healing begins. */
  idleRepairTokensMax: 320,
  /** Names whose change is remembered for a document until all its cells are exact; the oldest is forgotten first. */
  changedNamesMax: 200,
  /** Of the lines that one change touches, before and after, so much is searched for names; of a line that may use one, too. */
  changedLinesUtf16Max: 20_000,
  contextTokensDefault: 8_192,
  /** Cells that the cache has room for at first; it grows with the documents (`engine/cacheLength.ts`). */
  contextTokensStart: 2_048,
  /** One message of the client; a longer one is skipped, unread, and answered with a parse error. */
  messageBytesMax: 268_435_456,
  /** The header of a message; a longer one is noise and is thrown away. */
  messageHeaderBytesMax: 8_192,
  /** Further documents are refused: they stay unknown until another is closed. */
  openDocumentsMax: 2_000,
  /** Times that a client is asked for the same full text within `resyncWindowMs`; then it is left out of step for a while. */
  resyncsMax: 5,
  resyncWindowMs: 30_000,
  /** Time that a completion waits for a full text that the client was asked for. */
  textAwaitedMsMax: 2_000,
  /** Time that a request by key waits for a model that loads: the client takes it back when the user goes on. */
  modelAwaitedMsMax: 300_000,
  /** Content changes in one notification; with more of them the sidecar loses step with the document. */
  contentChangesMax: 100_000,
  /** Questions that wait for the engine thread; a further one is refused. */
  waitingQuestionsMax: 256,
  /** Text that waits for the engine thread; beyond it the document with most of it loses step. */
  waitingUtf16Max: 64_000_000,
  /** Messages handed to the engine thread and not yet dealt with; the rest waits where it can still be merged. */
  postedMessagesMax: 32,
  /** Quiet time before idle work begins: the cells are brought to where the user is. */
  idleAfterMs: 100,
  /** Freed memory that the C library has kept is given back to the system once in so long at most, when it is quiet. */
  memoryGivenBackMs: 10_000,
  /**
   * The engine thread's space for young objects; most die in it, and Node's own measure lets it grow to 48. The flag that the
   * extension starts Node with goes before this, and gives every thread 4.
   */
  youngMegabytesMax: 12,
  /** Quiet time before what matters most of the stale cells is mended. */
  repairAfterMs: 300,
  /** Quiet time before all is healed, behind an edit; */
  healAfterEditMs: 600,
  /** and behind a cursor that only moved: somebody who looks around would pay seconds of a processor for each place. */
  healAfterCursorMs: 3_000,
  /** Time that the engine thread has to end before the whole process is ended. */
  closeMsMax: 2_000,
  /** How often the sidecar looks whether its client's process is still there. */
  clientCheckMs: 1_000,
  /** Questions that the monitors of one completion put. */
  completionQuestionsMax: 24,
  /** Answers told beside others that one completion takes; what it needs beyond them it asks about. */
  completionToldMax: 24,
  /** Time that a completion stands still for an answer about legal names, where nothing else is chosen. */
  monitorBudgetMs: 60,
  /** What of the line behind the cursor a monitor looks at. */
  monitorLineUtf16Max: 1_000,
  /** Waits for legal names that are kept for the statistics. */
  monitorWaitsMax: 500,
  /** Questions of the monitor that wait for an answer; a further one goes unasked. */
  monitorQuestionsMax: 32,
  /** Answers that the engine thread keeps, the oldest given up first. */
  monitorAnswersMax: 256,
  /** Names of one answer; a longer list is no limit on what may be written. */
  monitorNamesMax: 20_000,
  /** One message of a language server; a longer one is skipped, unread. */
  monitorMessageBytesMax: 16_777_216,
  /** What a language server may send unasked within `monitorFloodMs`; more is a flood, and the server is started anew. */
  monitorUnaskedBytesMax: 33_554_432,
  monitorFloodMs: 10_000,
  /** Stretches of bytes that are no message before a language server is taken to speak something else. */
  monitorNoiseMax: 8,
  /** What a language server may leave unread of what it was sent. */
  monitorUnreadBytesMax: 67_108_864,
  /** A question that a language server has not answered after this long lets further ones go unasked until it has. */
  monitorBusyMs: 250,
  /** A language server that has not answered after this long is taken to hang, and started anew. */
  monitorHangMs: 10_000,
  /** The same for its first word, and for the first look at a document, when it reads the whole project. */
  monitorStartMs: 60_000,
  /** Time that a language server has to end by itself. */
  monitorStopMs: 300,
  /** Requests to the editor that are under way. */
  monitorEditorQuestionsMax: 4,
  /** An editor that has not answered after this long is no longer waited for. */
  monitorEditorMsMax: 5_000,
  /** Latencies kept for the statistics of each source. */
  monitorLatenciesMax: 500,
  /** Different reasons for no mask that are counted for each source. */
  monitorReasonsMax: 30,
  /** Texts that the monitor holds for language servers, and the longest of them; others go without an own server. */
  monitorDocumentsMax: 200,
  monitorDocumentUtf16Max: 2_000_000,
  /** Texts before the present one that are remembered of each, for completions that are still being written. */
  monitorPastTextsMax: 8,
  /** Language servers that run at the same time. */
  monitorServersMax: 8,
} as const;

assert(limits.healTokensMax <= limits.batchTokensMax, "a slice of healing is one batch");
assert(limits.preparedTokensMax <= limits.batchTokensMax, "what a patch has put on the shelf need not give way to the completion behind it");
assert(limits.waitingUtf16Max > 2 * limits.documentUtf16Max, "a document closed and opened again fits in what waits");
assert(limits.sequencesMax > limits.shelfRunsMax + 2, "one sequence to park, one to decode, those of deleted cells, one document");

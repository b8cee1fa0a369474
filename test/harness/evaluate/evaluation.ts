// Owns what an evaluation does at each completion of a replay: the policy's prompt is answered by a cold cache too, the
// whole file's prompt with it, and a real server where there is one. Knows no file and no table.
import type { PolicyName } from "../../../sidecar/session/policy";
import type { OutcomeKind } from "../../../sidecar/protocol/data";
import type { CompletionRequest } from "../../../sidecar/session/events";
import { showingOf } from "../../../sidecar/session/showing";
import type { Written } from "../../../sidecar/session/complete";
import type { PenaltySource } from "../../../sidecar/session/repetition";
import { Repetition } from "../../../sidecar/session/repetition";
import type { Sessions } from "../../../sidecar/session/sessions";
import { PieceIndex } from "../../../sidecar/tokens/pieceIndex";
import type { Grammar } from "../../../grammars/grammars";
import { realClock } from "../../../sidecar/base/clock";
import type { MeasurementProgress } from "../measureTraces";
import { measureTraces } from "../measureTraces";
import type { ReplayStep } from "../replay";
import type { Rig } from "../rig";
import type { Trace } from "../trace";
import type { ColdReference } from "./coldReference";
import type { EvaluatedPoint, ServedAnswer, WrittenPoint } from "./evaluatedPoint";
import type { MeasuredPrompt } from "./measuredPrompt";
import { promptOf } from "./measuredPrompt";
import { countSyntaxErrors } from "../../../grammars/syntaxErrors";
import { servedPolicies } from "./peers";
import type { ResultsFile } from "./resultsFile";
import type { WarmEngine } from "./warmEngine";
import { WholeFilePrompts } from "./wholeFilePrompt";

/** A real server that is sent the prompts of a policy in the order of a trace. */
export interface PromptServer {
  answer(asked: MeasuredPrompt): Promise<ServedAnswer>;
}

export interface Evaluation {
  readonly rig: Rig;
  /** Shares the first read of a trace between policies. */
  readonly warm: WarmEngine | undefined;
  /** Undefined where nothing is held against cold caches. */
  readonly reference: ColdReference | undefined;
  /** A cold cache whose cells stand at other places, to tell what rounding alone does. */
  readonly displaced: ColdReference | undefined;
  readonly server: PromptServer | undefined;
  readonly results: ResultsFile;
  readonly policies: readonly PolicyName[];
  /** Whether idle time of the trace is used for healing. */
  readonly idle: boolean;
  /** Whether each completion is asked on cells that idle time has made exact. */
  readonly healed: boolean;
  interrupted(): boolean;
  progress(done: MeasurementProgress): void;
}

/** All points of traces that every policy has gone through; what is new among them goes to the results file as it comes. */
export async function evaluateTraces(traces: readonly Trace[], evaluation: Evaluation): Promise<readonly EvaluatedPoint[]> {
  const { rig, results, policies, idle, healed } = evaluation;
  const wholeFile = new WholeFilePrompts(rig.engine);
  let grammar: Grammar | undefined;
  let latest: Written | undefined;
  let verdict: OutcomeKind | undefined;
  // One penalty for the policies and for cold caches: they differ in nothing but their cells.
  const penalties = new Repetition(
    () => grammar, new PieceIndex(rig.engine, rig.engine.capabilities.vocabularySize), rig.engine, rig.engine.capabilities.endTokens,
  );
  return await measureTraces<EvaluatedPoint, Sessions>(traces, {
    policies,
    idle,
    healed,
    newTime: () => ({ kind: "real", clock: realClock }),
    newSessions: async (policy, { clock }, trace) => {
      share(evaluation, false);
      const { languageId } = trace.header;
      grammar = await rig.grammarOf(languageId);
      const onWritten = (written: Written): void => {
        latest = written;
      };
      const sessions = await rig.newSessions({ policy, clock, languageId, verify: false, completionMsMax: Infinity, repetitionPenalty: penalties, onWritten });
      share(evaluation, true);
      return sessions;
    },
    pointOf: async (step, sessions, trace) => {
      const written = latest;
      latest = undefined;
      const point = await pointOf(step, sessions, trace, evaluation, { wholeFile, penalties });
      // The rest of a suggestion that is typed along is shown where the suggestion was.
      if (written !== undefined) verdict = outcomeOf(written, sessions, { uri: trace.header.uri, place: step.result.place, invoked: false }, evaluation);
      const showing = verdict === undefined ? undefined : { outcome: verdict, addsError: addsErrorAt(step, grammar) };
      return { ...point, written: writtenPoint(written), showing };
    },
    known: (policy, trace) => results.known(policy, trace),
    measured: (policy, trace, points) => results.add(policy, trace, points),
    interrupted: evaluation.interrupted,
    progress: evaluation.progress,
  });
}

/** What would become of `written` in an editor: the sessions that are measured show everything. */
function outcomeOf(written: Written, sessions: Sessions, request: CompletionRequest, { rig }: Evaluation): OutcomeKind | undefined {
  const asked = promptOf(sessions, rig.engine.capabilities, request);
  if (asked === undefined) return undefined;
  const showing = showingOf(written, asked.context, { withholding: true, charactersMin: 1, errorsAdded: () => undefined });
  return showing.kind === "shown" ? "shown" : showing.outcome.kind;
}

function addsErrorAt({ result, document }: ReplayStep, grammar: Grammar | undefined): boolean | undefined {
  const cursor = document.offsetAt(result.place);
  if (grammar === undefined || cursor === undefined || result.suggested === "") return undefined;
  const { text } = document;
  return countSyntaxErrors(grammar, text) < countSyntaxErrors(grammar, text.slice(0, cursor) + result.suggested + text.slice(cursor));
}

/** Numbers with four digits: results are kept for every token. */
function writtenPoint(written: Written | undefined): WrittenPoint | undefined {
  if (written === undefined) return undefined;
  const short = (nats: number): number => Math.max(-99, Math.round(nats * 1e4) / 1e4);
  const choices = written.choices.map(({ endUtf16, logProbability, endLogProbability }) => ({
    endUtf16, logProbability: short(logProbability), endLogProbability: short(endLogProbability),
  }));
  return { rawText: written.rawText, text: written.text, end: written.end, choices };
}

/** What every point of an evaluation is held against. */
interface Comparison {
  readonly wholeFile: WholeFilePrompts;
  readonly penalties: PenaltySource;
}

/** On until the first completion of a trace has been answered. */
function share({ warm }: Evaluation, enabled: boolean): void {
  if (warm !== undefined) warm.enabled = enabled;
}

async function pointOf(
  { result, document }: ReplayStep, sessions: Sessions, trace: Trace, evaluation: Evaluation, { wholeFile, penalties }: Comparison,
): Promise<EvaluatedPoint> {
  const { rig, reference, displaced, server } = evaluation;
  share(evaluation, false);
  const { uri, languageId } = trace.header;
  const request = { uri, place: result.place, invoked: false };
  const asked = promptOf(sessions, rig.engine.capabilities, request);
  // The server's cache is warmed by every completion, as ours is.
  const served = asked === undefined || !servedPolicies.includes(result.policy) ? undefined : await server?.answer(asked);
  const bare = { result, languageId, promptTokens: asked?.prompt.tokens.length ?? 0, served };
  if (asked === undefined || reference === undefined || result.action === "open") return { ...bare, cold: undefined, psm: undefined, displaced: undefined };
  const prompt = wholeFile.at(request, languageId, document.text);
  return {
    ...bare,
    cold: reference.answer(asked, result.expected, penalties),
    displaced: displaced?.answer(asked, result.expected, penalties),
    psm: prompt === undefined ? undefined : reference.answer({ ...asked, prompt }, result.expected, penalties),
  };
}

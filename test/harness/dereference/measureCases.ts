// Owns the measurement of one case: shown to the server as an editor would, read once, then every method and sample behind
// it, and the verdicts. Knows no file of results.
import type { PenaltySource } from "../../../sidecar/session/repetition";
import { utf16 } from "../../../sidecar/text/frames";
import type { MemberSource, MonitorQuestion } from "../../../sidecar/decode/mgd/memberSource";
import { ProcessorMeter } from "../repetition/processorMeter";
import { TemperatureSampling } from "../repetition/methods/temperatureSampling";
import { UsageError } from "../usageError";
import { cutText } from "./case";
import type { DereferenceCase } from "./case";
import { CasePrompt } from "./casePrompt";
import type { EditorPrompts, Generated, PromptBench } from "./casePrompt";
import type { Draw, Generation, Members, MethodName } from "./generation";
import type { FileJudge } from "./judge";
import { methodClosing } from "./methodEnd";
import type { MethodBeginning } from "./methodEnd";
import type { MonitoredPlace, MonitorHost, ShownDocument, StartedMonitor, StartMonitor } from "./monitorHost";
import type { RecordingSource } from "./recordingSource";

export interface CaseBench extends PromptBench {
  readonly prompts: EditorPrompts;
  readonly host: MonitorHost;
  /** What stands before the host's source, and what the monitors ask. */
  readonly source: RecordingSource;
  /** Of the editor's repetition penalty; undefined where there is to be none. */
  readonly penalties: PenaltySource | undefined;
  readonly startMonitor: StartMonitor;
  readonly promptTokensMax: number;
  readonly tokensMax: number;
  readonly temperature: number;
  readonly seed: number;
  /** The latest version that a document was shown at: what was answered for one is never taken for another's answer. */
  readonly versions: { latest: number };
  /** Of a document that the server is to know, by the case. */
  uriOf(sample: DereferenceCase): string;
  interrupted(): boolean;
}

export interface Wanted {
  readonly method: MethodName;
  readonly draw: Draw;
}

export interface Measured {
  readonly generations: readonly Generation[];
  readonly members: Members;
}

/** The list is part of what is said about a case, not of the time: it may take long. */
const membersMsMax = 10_000;

/** Why there are no figures of a case: it was interrupted, or the server was started anew meanwhile. */
export type Unmeasured = "interrupted" | "serverFell";

/**
 * One generation for each of `wanted`, and what may stand at the cursor.
 * @throws UsageError where the server is down for good: what a monitor without one does is no figure
 */
export async function measureCase(
  bench: CaseBench, sample: DereferenceCase, original: string, judge: FileJudge, wanted: readonly Wanted[],
): Promise<Measured | Unmeasured> {
  const { before, after } = cutText(sample, original);
  const place = { uri: bench.uriOf(sample), languageId: sample.languageId, text: before + after, cursorUtf16: sample.cursorUtf16 };
  // The user has had the file open, and types the trigger now.
  const version = bench.versions.latest + 2;
  bench.versions.latest = version;
  const restartsBefore = await restartsOf(bench.host);
  bench.host.show({ ...place, version: version - 1, text: before.slice(0, -sample.trigger.length) + after });
  const restarts = await restartsOf(bench.host);
  if (restarts !== restartsBefore) return fell(bench, place, original);
  // What the model is told is where the file stands in its project, whatever folder that is in.
  const prompt = CasePrompt.read(bench, bench.prompts.at({ ...place, uri: `${sample.project}/${sample.path}` }, bench.promptTokensMax), bench.tokensMax);
  bench.host.change({ ...place, version });
  const generations: Generation[] = [];
  for (const { method, draw } of wanted) {
    const generation = generated(bench, sample, { ...place, version, healed: prompt.healed }, prompt, { method, draw });
    if (generation.end === "interrupted") return "interrupted";
    const closing = generation.end === "method" ? "" : methodClosing(generation.text, beginningOf(sample, before));
    generations.push({ ...generation, newErrors: await judge.newErrors(before + generation.text + closing + after) });
  }
  prompt.close();
  const members = membersAt(bench, sample, bench.host.source, { ...place, version });
  return (await restartsOf(bench.host)) === restarts ? { generations, members } : fell(bench, place, original);
}

/** The server is given the text that it can live with. */
function fell({ host, versions }: CaseBench, place: Omit<ShownDocument, "version">, original: string): Unmeasured {
  versions.latest += 1;
  host.change({ ...place, version: versions.latest, text: original });
  return "serverFell";
}

async function restartsOf(host: MonitorHost): Promise<number> {
  const { restarts, failure } = await host.settled();
  if (failure !== undefined) throw new UsageError(`the language server is down: ${failure}. The same command goes on from here where --json is given.`);
  return restarts;
}

function generated(
  bench: CaseBench, sample: DereferenceCase, place: MonitoredPlace, prompt: CasePrompt, { method, draw }: Wanted,
): Omit<Generation, "newErrors"> {
  const before = place.text.slice(0, sample.cursorUtf16);
  let monitor: StartedMonitor | undefined;
  let meter: ProcessorMeter | undefined;
  let startedMs = 0;
  const sampling = draw === "greedy" ? undefined : new TemperatureSampling(bench.temperature, seedOf(bench, sample, draw));
  const penalty = bench.penalties?.penaltyBehind(sample.languageId, { before, after: place.text.slice(sample.cursorUtf16) }, place.healed);
  let result: Generated;
  try {
    result = prompt.generate({
      tokensMax: bench.tokensMax,
      beginning: beginningOf(sample, before),
      start: () => {
        const startMs = bench.clock.nowMs();
        monitor = method === "monitor" ? bench.startMonitor(place) : undefined;
        startedMs = bench.clock.nowMs() - startMs;
        if (monitor !== undefined) meter = new ProcessorMeter(monitor.processor, bench.clock);
        return [penalty, meter, sampling].filter((processor) => processor !== undefined);
      },
      interrupted: () => bench.interrupted(),
    });
  } finally {
    penalty?.close();
  }
  const waited = bench.source.taken();
  const monitorMs = Math.max(0, startedMs + (meter?.spentMs ?? 0) - waited.reduce((sum, { waitMs }) => sum + waitMs, 0));
  return { kind: "generation", caseId: sample.id, method, draw, ...result, waited, monitorMs, monitor: monitor?.record() };
}

function beginningOf({ language, bodyUtf16, indentation }: DereferenceCase, before: string): MethodBeginning {
  return { language, body: before.slice(bodyUtf16), indentation };
}

/** Of the case and the sample, so that both methods draw alike, and the same whatever else is measured. */
function seedOf({ seed }: CaseBench, { id }: DereferenceCase, draw: number): number {
  return (seed + Number.parseInt(id.slice(-7), 16) + Math.imul(draw + 1, 0x85ebca6b)) >>> 0;
}

type QuestionPlace = Pick<MonitoredPlace, "uri" | "languageId" | "version" | "cursorUtf16">;

function questionAt({ uri, languageId, version, cursorUtf16 }: QuestionPlace): MonitorQuestion {
  return { uri, languageId, version, cursor: utf16(cursorUtf16), continuation: "", kind: "member" };
}

/** Asked once more without haste: that no answer came in time says nothing about the receiver. */
function membersAt(bench: CaseBench, sample: DereferenceCase, source: MemberSource, place: QuestionPlace): Members {
  const question = questionAt(place);
  source.ask(question);
  const answer = source.answer(question, bench.clock.nowMs() + membersMsMax);
  const names = answer?.kind === "names" ? answer.names : undefined;
  const reason = answer === undefined ? "no answer" : answer.kind === "open" ? answer.reason : answer.kind;
  return { kind: "members", caseId: sample.id, names, reason };
}

/** The order of a case's generations: which method comes first alternates, so that neither always finds what the other warmed. */
export function wantedOf(methods: readonly MethodName[], samples: number, isOdd: boolean): readonly Wanted[] {
  const ordered = isOdd ? methods.toReversed() : methods;
  const draws: readonly Draw[] = ["greedy", ...Array.from({ length: samples }, (_, index) => index)];
  return draws.flatMap((draw) => ordered.map((method) => ({ method, draw })));
}


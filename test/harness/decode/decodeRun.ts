// Owns the command `decode`: traces are replayed, and each completion is decoded twice in the cells that the replay left, with
// drafts and without, turn about in who is first.
import { readFileSync, writeFileSync } from "node:fs";
import { realClock } from "../../../sidecar/base/clock";
import { limits } from "../../../sidecar/base/limits";
import { assert } from "../../../sidecar/base/assert";
import { Random } from "../../../sidecar/base/random";
import type { Grammar } from "../../../grammars/grammars";
import { Drafts } from "../../../sidecar/decode/draft/drafts";
import { sequenceId } from "../../../sidecar/engine/engine";
import type { Bench } from "../../../sidecar/session/bench";
import { write, type Written } from "../../../sidecar/session/complete";
import { Pace } from "../../../sidecar/session/pace";
import { policyNamed } from "../../../sidecar/session/policy";
import { Repetition } from "../../../sidecar/session/repetition";
import type { HeldCells } from "../../../sidecar/session/session";
import type { Sessions } from "../../../sidecar/session/sessions";
import { tuningDefault } from "../../../sidecar/session/tuning";
import { PieceIndex } from "../../../sidecar/tokens/pieceIndex";
import { fittedTable } from "../columns";
import { drawTraces, findTraces, readTrace } from "../corpus";
import { JsonLinesFile, readJsonLines } from "../evaluate/jsonLinesFile";
import type { MeasuredPrompt } from "../evaluate/measuredPrompt";
import { promptOf } from "../evaluate/measuredPrompt";
import { ofShard } from "../evaluate/traceShare";
import { Interrupt } from "../interrupt";
import { measureTraces } from "../measureTraces";
import { Progress, progressLine } from "../progress";
import type { ReplayOutput } from "../replayCommand";
import type { ReplayStep } from "../replay";
import type { Rig } from "../rig";
import type { Trace } from "../trace";
import type { DecodedPoint, DecodedRun } from "./decodedPoint";
import { decodeColumns, decodeRows } from "./decodeFigures";
import type { Timings } from "./decodeFigures";
import type { DecodeSettings } from "./decodeOptions";

const policy = "patch";

export async function runDecode(settings: DecodeSettings, openRig: () => Promise<Rig>, { widthMax, say }: ReplayOutput): Promise<void> {
  const { jsonPath, timingsPath } = settings;
  const all = findTraces(settings.paths).map(readTrace);
  const traces = ofShard(drawTraces(all, { limit: settings.limit, perAction: undefined }, new Random(settings.seed)), settings.shard);
  const timings = timingsPath === undefined ? undefined : (JSON.parse(readFileSync(timingsPath, "utf8")) as Timings);
  const linesPath = jsonPath === undefined ? undefined : `${jsonPath}l`;
  const known = new Map((linesPath === undefined ? [] : readJsonLines(linesPath)).map((line) => {
    const { trace, points } = line as { readonly trace: string; readonly points: readonly (DecodedPoint | undefined)[] };
    return [trace, points];
  }));
  const file = linesPath === undefined ? undefined : new JsonLinesFile(linesPath);
  const rig = await openRig();
  const measurement = new DraftMeasurement(rig, settings);
  const progress = new Progress(realClock.nowMs);
  const interrupt = new Interrupt();
  const startedMs = realClock.nowMs();
  try {
    const points = await measureTraces<DecodedPoint | undefined, Sessions>(traces, {
      policies: [policy],
      idle: settings.idle,
      newTime: () => ({ kind: "real", clock: realClock }),
      newSessions: (name, { clock }, trace) => measurement.newSessions(name, clock, trace),
      pointOf: (step, sessions, trace) => measurement.pointOf(step, sessions, trace),
      known: (_, trace) => known.get(trace.name),
      measured: (_, trace, own) => file?.append({ trace: trace.name, points: own }),
      interrupted: () => interrupt.asked,
      progress: (done) => progress.show(progressLine(done, traces, realClock.nowMs() - startedMs)),
    });
    progress.end();
    const measured = points.filter((point) => point !== undefined && point !== null);
    const rows = decodeRows(measured, timings);
    for (const { trace, ordinal } of measured.filter(({ isSame }) => !isSame)) say(`differs: ${trace}, completion ${ordinal}`);
    say(fittedTable(decodeColumns, rows, () => "", widthMax).table);
    if (jsonPath !== undefined) writeFileSync(jsonPath, JSON.stringify({ palimpsest: 1, kind: "decode", model: rig.description, rows }, undefined, 1) + "\n");
  } finally {
    progress.end();
    interrupt.close();
    file?.close();
    rig.close();
  }
}

interface OneDecoding {
  readonly run: DecodedRun;
  readonly written: Written;
}

class DraftMeasurement {
  private readonly drafts: Drafts;
  private readonly pieces: PieceIndex;
  private readonly penalties: Repetition;
  private grammar: Grammar | undefined;
  private count = 0;

  constructor(private readonly rig: Rig, { sources, always }: DecodeSettings) {
    const { vocabularySize, batchesRoundAlike } = rig.engine.capabilities;
    this.drafts = new Drafts({ vocabularySize, batchesRoundAlike, sources, always });
    this.pieces = new PieceIndex(rig.engine, vocabularySize);
    this.penalties = new Repetition(() => this.grammar, this.pieces, rig.engine, rig.engine.capabilities.endTokens);
  }

  async newSessions(name: typeof policy | string, clock: typeof realClock, trace: Trace): Promise<Sessions> {
    const { languageId } = trace.header;
    this.grammar = await this.rig.grammarOf(languageId);
    // The sessions bring the cells; what they would write is decoded twice below, so that one token of it is enough. It also
    // leaves less that is typed along without the engine, where there would be no cells to decode behind.
    return this.rig.newSessions({ policy: name, clock, languageId, verify: false, completionMsMax: 0 });
  }

  pointOf({ result }: ReplayStep, sessions: Sessions, trace: Trace): DecodedPoint | undefined {
    const { uri, languageId } = trace.header;
    const asked = promptOf(sessions, this.rig.engine.capabilities, { uri, place: result.place, invoked: false });
    const session = sessions.sessionOf(uri);
    const held = session?.cells;
    if (asked === undefined || session === undefined || held === undefined || !session.holds(asked.prompt)) return undefined;
    const before = this.drafts.tally();
    this.count += 1;
    const first = this.count % 2 === 0;
    const one = this.decoded(asked, held, first);
    const other = this.decoded(asked, held, !first);
    const [drafted, without] = first ? [one, other] : [other, one];
    const after = this.drafts.tally();
    const sources = Object.entries(after.bySource) as [keyof typeof after.bySource, { proposed: number; accepted: number }][];
    const { trace: name, ordinal, action } = result;
    return {
      trace: name, ordinal, action, languageId,
      without: without.run,
      drafted: drafted.run,
      isSame: tokenByToken(drafted.written) === tokenByToken(without.written),
      draftSteps: after.steps - before.steps,
      settled: after.settled - before.settled,
      bySource: Object.fromEntries(sources.map(([source, { proposed, accepted }]) => {
        const earlier = before.bySource[source] ?? { proposed: 0, accepted: 0 };
        return [source, { proposed: proposed - earlier.proposed, accepted: accepted - earlier.accepted }];
      })),
    };
  }

  private decoded({ prompt, context, languageId }: MeasuredPrompt, held: HeldCells, isDrafted: boolean): OneDecoding {
    const { engine } = this.rig;
    const penalty = this.penalties.penaltyBehind(languageId, context, prompt.healed);
    const batches: number[] = [];
    const decode = engine.decode.bind(engine);
    engine.decode = (sequence, start, tokens, wanted, interrupted) => {
      batches.push(tokens.length);
      return decode(sequence, start, tokens, wanted, interrupted);
    };
    const startMs = realClock.nowMs();
    try {
      // The last token of the prompt is read again, since the logits behind it are gone.
      const written = write(this.bench(isDrafted), held, prompt, context, () => undefined, penalty, { sharedCount: prompt.tokens.length - 1 });
      const ms = realClock.nowMs() - startMs;
      return { written, run: { tokens: written.tokensDecoded, ms, firstTokenMs: written.firstTokenAtMs - startMs, batches } };
    } finally {
      engine.decode = decode;
      penalty.close();
    }
  }

  private bench(isDrafted: boolean): Bench {
    const named = policyNamed(policy);
    assert(named !== undefined, `there is a policy named ${policy}`);
    return {
      engine: this.rig.engine,
      policy: named,
      park: sequenceId(0),
      scratch: sequenceId(1),
      pieces: this.pieces,
      clock: realClock,
      pace: new Pace(),
      tuning: tuningDefault,
      drafts: isDrafted ? this.drafts : undefined,
      completionTokensMax: limits.completionTokensMax,
      completionMsMax: Infinity,
    };
  }
}

/** All that must be the same: the text, where each token of it ends, and how it ended. */
function tokenByToken({ rawText, end, tokensDecoded, choices }: Written): string {
  return JSON.stringify([rawText, end, tokensDecoded, choices.map(({ endUtf16 }) => endUtf16)]);
}

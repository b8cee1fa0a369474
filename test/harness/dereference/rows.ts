// Owns the rows of the benchmark's tables: figures by language, receiver and method, with their difference to unmasked decoding
// on the same cases. Pure.
import type { Estimate } from "../score";
import { estimate, mean, quantile } from "../score";
import type { DereferenceCase } from "./case";
import { figuresOf, scoreAt, truthListed } from "./figures";
import type { GenerationFigures } from "./figures";
import type { DereferenceResults } from "./dereferenceFile";
import { methodNames } from "./generation";
import type { Generation, Members, MethodName, Waited } from "./generation";

type Measurements = Pick<DereferenceResults, "cases" | "members" | "generations">;

/** all: every case; known: the server lists members at the cursor; unknown: it says nothing that would be a limit, or isn't asked. */
const receivers = ["all", "known", "unknown"] as const;
type Receiver = (typeof receivers)[number];

/** A mean, and by how much it exceeds that of unmasked decoding over the cases that both have, with a paired 95 % interval over files. */
export interface Compared {
  readonly value: number | undefined;
  readonly overOff: Estimate | undefined;
}

const quality = ["compileOk", "nextIdentifierMatch", "identifierSequenceMatch", "prefixMatch"] as const;
export type QualityName = (typeof quality)[number];
type Quality = Readonly<Record<QualityName, Compared>>;

interface RowKey {
  readonly language: string;
  readonly receiver: Receiver;
  readonly method: MethodName;
  readonly cases: number;
}

export interface GreedyRow extends RowKey, Quality {
  /** Of the questions at the cursor, those answered within the budget; and of all whose answer was needed, by the monitors' count. */
  readonly answered: number | undefined;
  readonly answeredAll: number | undefined;
  /** Of all answers that decoding waited for. */
  readonly waitMsP50: number | undefined;
  readonly waitMsP95: number | undefined;
  /** In the monitor itself, a generation. */
  readonly monitorMsP50: number | undefined;
  readonly monitorMsP95: number | undefined;
  /** Where the list was there in time (without a monitor: where it is there at all): the member isn't in it. */
  readonly illegal: number | undefined;
  /** The member that was really written is in the list. */
  readonly truthListed: number | undefined;
  readonly tokensMean: number | undefined;
  readonly decodeMsP50: number | undefined;
  readonly decodeMsP95: number | undefined;
  /** Of a generation's time a token. */
  readonly tokenMsP50: number | undefined;
  readonly tokenMsP95: number | undefined;
  /** The same quantile over that of unmasked decoding, over the cases that both have. By token, since a mask makes texts longer or shorter. */
  readonly slowdownP50: number | undefined;
  readonly slowdownP95: number | undefined;
}

export interface SampleRow extends RowKey {
  readonly k: number;
  readonly compileOk: Compared;
  readonly nextIdentifierMatch: Compared;
  readonly identifierSequenceMatch: Compared;
  readonly prefixMatch: Compared;
}

interface MeasuredCase {
  readonly sample: DereferenceCase;
  readonly members: Members | undefined;
  readonly greedy: Partial<Readonly<Record<MethodName, Generation>>>;
  readonly samples: Partial<Readonly<Record<MethodName, readonly Generation[]>>>;
}

/** In the order of their ids, so that intervals don't depend on which process measured what. */
function measuredCases({ cases, members, generations }: Measurements): readonly MeasuredCase[] {
  const membersOf = new Map(members.map((one) => [one.caseId, one]));
  const generationsOf = new Map<string, Generation[]>();
  for (const one of generations) generationsOf.set(one.caseId, [...(generationsOf.get(one.caseId) ?? []), one]);
  return cases.toSorted((a, b) => (a.id < b.id ? -1 : 1)).map((sample) => {
    const own = generationsOf.get(sample.id) ?? [];
    const by = <Value>(pick: (method: MethodName) => Value | undefined): Partial<Record<MethodName, Value>> =>
      Object.fromEntries(methodNames.flatMap((method) => {
        const value = pick(method);
        return value === undefined ? [] : [[method, value]];
      }));
    const greedy = by((method) => own.find((one) => one.method === method && one.draw === "greedy"));
    return {
      sample,
      // Where the monitor put no question, a name may be declared there: whatever is listed is no limit.
      members: greedy.monitor?.waited.some(isAtCursor) === false ? undefined : membersOf.get(sample.id),
      greedy,
      samples: by((method) => {
        const drawn = own.filter((one) => one.method === method && one.draw !== "greedy");
        return drawn.length === 0 ? undefined : drawn;
      }),
    };
  });
}

function grouped<Row>(results: Measurements, rowOf: (key: RowKey, cases: readonly MeasuredCase[]) => readonly Row[]): readonly Row[] {
  const all = measuredCases(results);
  const languages = [...new Set(all.map(({ sample }) => sample.language))].toSorted();
  return languages.flatMap((language) => receivers.flatMap((receiver) => methodNames.flatMap((method) => {
    const own = all.filter((one) => one.sample.language === language && (receiver === "all" || receiverOf(one) === receiver));
    const cases = own.filter((one) => one.greedy[method] !== undefined);
    return cases.length === 0 ? [] : rowOf({ language, receiver, method, cases: cases.length }, cases);
  })));
}

const receiverOf = ({ members }: MeasuredCase): Receiver => (members?.names === undefined ? "unknown" : "known");

export function greedyRows(results: Measurements, seed: number): readonly GreedyRow[] {
  return grouped(results, (key, cases) => [greedyRow(key, cases, seed)]);
}

function greedyRow(key: RowKey, cases: readonly MeasuredCase[], seed: number): GreedyRow {
  const { method } = key;
  const own = cases.flatMap((one) => one.greedy[method] ?? []);
  const waited = own.flatMap((one) => one.waited);
  const first = waited.filter(isAtCursor);
  const timed = cases.flatMap(({ greedy: { [method]: on, off } }) => (on === undefined || off === undefined ? [] : [{ on: tokenMs(on), off: tokenMs(off) }]));
  const listed = cases.filter((one) => method === "off" || wasListed(one.greedy[method]));
  const figureOf = (one: MeasuredCase, of: MethodName): GenerationFigures | undefined => {
    const generation = one.greedy[of];
    return generation === undefined ? undefined : figuresOf(one.sample, generation, one.members);
  };
  return {
    ...key,
    ...qualityOf(cases, method, seed, (one, of, name) => numberOf(figureOf(one, of)?.[name])),
    answered: method === "off" ? undefined : answeredShare(first),
    answeredAll: answeredByCount(own),
    waitMsP50: method === "off" ? undefined : quantile(waited.map(({ waitMs }) => waitMs), 0.5),
    waitMsP95: method === "off" ? undefined : quantile(waited.map(({ waitMs }) => waitMs), 0.95),
    monitorMsP50: method === "off" ? undefined : quantile(own.map(({ monitorMs }) => monitorMs), 0.5),
    monitorMsP95: method === "off" ? undefined : quantile(own.map(({ monitorMs }) => monitorMs), 0.95),
    illegal: mean(listed.flatMap((one) => numberOf(figureOf(one, method)?.illegalMember) ?? [])),
    truthListed: mean(cases.flatMap((one) => numberOf(truthListed(one.sample, one.members)) ?? [])),
    tokensMean: mean(own.map(({ tokens }) => tokens)),
    decodeMsP50: quantile(own.map(({ decodeMs }) => decodeMs), 0.5),
    decodeMsP95: quantile(own.map(({ decodeMs }) => decodeMs), 0.95),
    tokenMsP50: quantile(own.map(tokenMs), 0.5),
    tokenMsP95: quantile(own.map(tokenMs), 0.95),
    slowdownP50: method === "off" ? undefined : slowdown(timed, 0.5),
    slowdownP95: method === "off" ? undefined : slowdown(timed, 0.95),
  };
}

/** Of the samples of a case, by the unbiased estimator; cases with fewer samples than the most have are left out. */
export function sampleRows(results: Measurements, seed: number): readonly SampleRow[] {
  return grouped(results, (key, all) => {
    const most = Math.max(0, ...all.map((one) => one.samples[key.method]?.length ?? 0));
    const cases = all.filter((one) => most > 0 && one.samples[key.method]?.length === most);
    const scoreOf = (k: number) => (one: MeasuredCase, of: MethodName, name: QualityName): number | undefined => {
      const values = (one.samples[of] ?? []).map((generation) => numberOf(figuresOf(one.sample, generation, one.members)[name]));
      const known = values.filter((value): value is number => value !== undefined);
      return known.length < values.length || known.length < most ? undefined : scoreAt(k, known);
    };
    if (cases.length === 0) return [];
    return [...new Set([1, most])].map((k) => ({ ...key, cases: cases.length, k, ...qualityOf(cases, key.method, seed, scoreOf(k)) }));
  });
}

function qualityOf(
  cases: readonly MeasuredCase[], method: MethodName, seed: number, valueOf: (one: MeasuredCase, method: MethodName, name: QualityName) => number | undefined,
): Quality {
  const compared = (name: QualityName): Compared => {
    const pairs = cases.flatMap((one) => {
      const own = valueOf(one, method, name);
      const off = valueOf(one, "off", name);
      return own === undefined || off === undefined ? [] : [{ file: `${one.sample.project}/${one.sample.path}`, difference: own - off }];
    });
    const difference = method === "off" ? undefined : estimate(pairs, ({ file }) => file, (drawn) => mean(drawn.map((pair) => pair.difference)), seed);
    return { value: mean(cases.flatMap((one) => valueOf(one, method, name) ?? [])), overOff: difference };
  };
  return {
    compileOk: compared("compileOk"),
    nextIdentifierMatch: compared("nextIdentifierMatch"),
    identifierSequenceMatch: compared("identifierSequenceMatch"),
    prefixMatch: compared("prefixMatch"),
  };
}

const numberOf = (value: number | boolean | undefined): number | undefined => (value === undefined ? undefined : Number(value));

function answeredShare(waited: readonly { readonly answer: string }[]): number | undefined {
  return mean(waited.map(({ answer }) => (answer === "late" ? 0 : 1)));
}

function answeredByCount(generations: readonly Generation[]): number | undefined {
  const records = generations.flatMap(({ monitor }) => monitor ?? []);
  const inTime = records.reduce((sum, { answered, open }) => sum + answered + open, 0);
  const late = records.reduce((sum, record) => sum + record.late, 0);
  return inTime + late === 0 ? undefined : inTime / (inTime + late);
}

const isAtCursor = ({ behindUtf16, kind }: Waited): boolean => behindUtf16 === 0 && kind === "member";

/** Whether the list for the cursor was there in time. */
function wasListed(generation: Generation | undefined): boolean {
  return generation?.waited.some((one) => isAtCursor(one) && one.answer === "names") === true;
}

const tokenMs = ({ decodeMs, tokens }: Generation): number => decodeMs / Math.max(1, tokens);

function slowdown(timed: readonly { readonly on: number; readonly off: number }[], share: number): number | undefined {
  const off = quantile(timed.map((one) => one.off), share);
  const on = quantile(timed.map((one) => one.on), share);
  return on === undefined || off === undefined || off === 0 ? undefined : on / off;
}

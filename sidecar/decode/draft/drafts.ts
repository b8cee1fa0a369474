// Owns the choice of a draft: which source's, how long, or none, by what batches cost here and how often drafts are right.
// Lives as long as the sessions; knows no engine.
import { limits } from "../../base/limits";
import { Acceptance } from "./acceptance";
import { CopySource } from "./copySource";
import type { DraftSource, DraftSourceName, Proposal } from "./draftSource";
import { StepTimes } from "./stepTimes";
import { SuccessorTable } from "./successorTable";

export interface DraftsOptions {
  readonly vocabularySize: number;
  readonly sources: readonly DraftSourceName[];
  /** As the engine says it: where it says nothing, choices behind a draft may have to be settled. */
  readonly batchesRoundAlike?: boolean | undefined;
  /** Whether every draft there is gets decoded, whatever it costs: for measuring and tests. */
  readonly always?: boolean;
}

export interface DraftTally {
  /** Batches that held a draft. */
  readonly steps: number;
  readonly proposed: number;
  readonly accepted: number;
  /** Tokens decoded once more, alone, because rounding could have decided. */
  readonly settled: number;
  readonly bySource: Readonly<Partial<Record<DraftSourceName, { readonly proposed: number; readonly accepted: number }>>>;
}

/** Lengths of drafts: few, since each is tried before its time is known. */
const lengths = [1, 3, 7, 15] as const;
const lengthMax = 15;
/** What a draft must promise over decoding alone: less is noise. */
const gainMin = 1.1;
/**
 * Tokens that are decoded again for a draft, as long as that isn't known: 1.8 to 5.5 were measured (docs/notes/08-drafts.md).
 * To learn it from nothing costs more than drafts bring on most machines.
 */
const settledTokensPrior = 3;
/** A machine changes: what doesn't pay is tried once in so many chances. */
const chancesBetweenTries = 1_000;
/** Texts remembered of earlier completions, the latest of each document. */
const rememberedMax = 4;

interface Cut {
  /** Tokens for the time of one decoded alone. */
  readonly rate: number;
  readonly draft: Proposal;
}

interface Remembered {
  readonly prompt: Int32Array;
  readonly written: Int32Array;
}

/** Tokens of a prompt before what was written, kept so that the previous suggestion is found from its beginning on. */
const previousReach = 16;

export class Drafts {
  readonly times = new StepTimes();
  private readonly acceptance = new Acceptance();
  private readonly table: SuccessorTable;
  private readonly remembered = new Map<number, Remembered>();
  private chances = 0;
  /** Tokens decoded again for a draft, of late. */
  private settledShare: number;
  private counts = { steps: 0, proposed: 0, accepted: 0, settled: 0 };
  private readonly bySource = new Map<DraftSourceName, { proposed: number; accepted: number }>();

  constructor(private readonly options: DraftsOptions) {
    this.table = new SuccessorTable(options.vocabularySize);
    this.settledShare = options.batchesRoundAlike === true ? 0 : settledTokensPrior;
  }

  /** The sources for one completion. @param document a name of the document that stays the same between completions */
  begin(document: number, prompt: Int32Array, tokensMax: number): readonly DraftSource[] {
    const previous = this.remembered.get(document);
    const neighbours = [...this.remembered].filter(([name]) => name !== document).map(([, { prompt: text }]) => text);
    return this.options.sources.flatMap((name): readonly DraftSource[] => {
      switch (name) {
        case "previous": {
          if (previous === undefined) return [];
          const text = Int32Array.of(...previous.prompt.subarray(-previousReach), ...previous.written);
          return [new CopySource(name, prompt, [text], 2, tokensMax, false)];
        }
        case "copy":
          return [new CopySource(name, prompt, neighbours, 3, tokensMax, true)];
        case "successors":
          return [this.table.behind(prompt[prompt.length - 1] ?? 0)];
      }
    });
  }

  /** Remembers what was written for later completions. */
  end(document: number, prompt: Int32Array, written: readonly number[]): void {
    this.remembered.delete(document);
    this.remembered.set(document, { prompt, written: Int32Array.from(written) });
    const [oldest] = this.remembered.keys();
    if (rememberedMax < this.remembered.size && oldest !== undefined) this.remembered.delete(oldest);
  }

  /** The draft that promises most, cut to the length that promises most; undefined where decoding alone promises more. */
  choose(sources: readonly DraftSource[], tokensMax: number, cut: (tokens: Int32Array) => Int32Array): Proposal | undefined {
    if (tokensMax < 1) return undefined;
    this.chances += 1;
    const rateMin = this.options.always === true || this.chances % chancesBetweenTries === 0 ? 0 : gainMin;
    let best: Cut | undefined;
    for (const source of sources) {
      const proposal = source.propose(Math.min(lengthMax, tokensMax));
      // To cut a draft costs more than all the rest: what doesn't pay uncut is left alone.
      if (proposal === undefined || (this.bestCut(proposal, proposal.tokens)?.rate ?? -1) < rateMin) continue;
      const own = this.bestCut(proposal, cut(proposal.tokens));
      if (own !== undefined && rateMin <= own.rate && (best === undefined || best.rate < own.rate)) best = own;
    }
    return best?.draft;
  }

  /** The length of a draft within `tokens` that promises most. */
  private bestCut(proposal: Proposal, tokens: Int32Array): Cut | undefined {
    let best: Cut | undefined;
    for (const length of lengths) {
      if (tokens.length < length) break;
      const rate = this.rateOf(proposal, length);
      if (best === undefined || best.rate < rate) best = { rate, draft: { ...proposal, tokens: tokens.subarray(0, length) } };
    }
    return best;
  }

  verified(draft: Proposal, accepted: number, wasRefused: boolean): void {
    this.acceptance.note(draft, accepted, wasRefused);
    const { steps, proposed, accepted: before, settled } = this.counts;
    this.counts = { steps: steps + 1, proposed: proposed + draft.tokens.length, accepted: before + accepted, settled };
    const own = this.bySource.get(draft.source) ?? { proposed: 0, accepted: 0 };
    this.bySource.set(draft.source, { proposed: own.proposed + draft.tokens.length, accepted: own.accepted + accepted });
    this.settledShare *= settledKept;
  }

  settled(tokens: number): void {
    this.counts = { ...this.counts, settled: this.counts.settled + tokens };
    this.settledShare += (1 - settledKept) * tokens;
  }

  tally(): DraftTally {
    return { ...this.counts, bySource: Object.fromEntries([...this.bySource].map(([name, counts]) => [name, { ...counts }])) };
  }

  /** Tokens for the time of one decoded alone, what will have to be decoded again included. */
  private rateOf(proposal: Proposal, length: number): number {
    return (1 + this.acceptance.expected(proposal, length)) / (this.times.cost(1 + length) + this.settledShare);
  }
}

/** How much the number of tokens decoded again for a draft follows the latest drafts. */
const settledKept = 0.9;

if (limits.batchTokensMax <= lengthMax) throw new RangeError("a draft and the token before it are one batch");

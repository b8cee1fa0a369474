// Owns the repeats under way at each line start of the text that is generated, and the parse state behind them: text is
// parsed only where lines already repeat that weren't seen to before. Goes back with the text. Knows no vocabulary.
import type { Grammar } from "../../../grammars/grammars";
import { GrowingTree, type Production } from "../../../grammars/growingTree";
import { unitRepeats, type UnitRepeat } from "./repeats";
import type { Strengths } from "./strength";
import { skeletonOf } from "./units";

/** A repeat that is counted, with the rule it repeats and what that costs. */
export interface CountedRepeat {
  readonly repeat: UnitRepeat;
  readonly rule: string;
  readonly nats: number;
}

/** Text before the cursor that is looked at. */
const contextUtf16Max = 3_000;
/** Members may have the same structure, and say again what others said, for this many times as long as statements. */
const memberPatience = 3;

/** Skeletons that are kept: more than there are siblings to look at. */
const skeletonsMax = 512;

interface LineStart {
  readonly tokenCount: number;
  readonly bytes: Buffer;
  readonly repeats: readonly CountedRepeat[];
  /** The production that each opening line began where it was looked up, this line start included; undefined where it began none. */
  readonly productions: ReadonlyMap<string, Production | undefined>;
  /** Versions of the tree, this line start included. */
  readonly versions: number;
  /** Whether anything has been counted up to here. */
  readonly hasRepeated: boolean;
}

export class RepeatTrack {
  private readonly context: string;
  /** Made when lines first repeat, which in most completions they never do. */
  private tree: GrowingTree | undefined;
  private readonly lineStarts: LineStart[] = [];
  private readonly skeletons = new Map<string, string>();

  constructor(private readonly grammar: Grammar | undefined, before: string, private readonly strengths: Strengths) {
    this.context = contextOf(before);
  }

  /** The counted repeats behind the first `tokenCount` of `tokens`, which end with a line end. */
  at(tokenCount: number, tokens: readonly number[], pieceOf: (token: number) => Uint8Array): readonly CountedRepeat[] {
    // Every line start on the way is looked at in its turn: the tree depends on those before.
    for (let index = this.lineStarts.at(-1)?.tokenCount ?? 0; index < tokenCount; index += 1) {
      if (pieceOf(tokens[index] ?? 0).includes(0x0a)) this.advance(index + 1, tokens, pieceOf);
    }
    return this.lineStarts.at(-1)?.repeats ?? [];
  }

  /** Whether anything has been counted up to the latest line start that was looked at. */
  get hasRepeated(): boolean {
    return this.lineStarts.at(-1)?.hasRepeated === true;
  }

  /** Forgets what lies behind the first `tokenCount` tokens. */
  goBack(tokenCount: number): void {
    while (tokenCount < (this.lineStarts.at(-1)?.tokenCount ?? 0)) this.lineStarts.pop();
    this.tree?.truncate(this.lineStarts.at(-1)?.versions ?? 0);
  }

  close(): void {
    this.tree?.delete();
  }

  private advance(tokenCount: number, tokens: readonly number[], pieceOf: (token: number) => Uint8Array): void {
    const latest = this.lineStarts.at(-1);
    const bytes = Buffer.concat([latest?.bytes ?? Buffer.alloc(0), ...tokens.slice(latest?.tokenCount ?? 0, tokenCount).map(pieceOf)]);
    const text = this.context + bytes.toString();
    const lines = text.slice(0, text.lastIndexOf("\n") + 1);
    const found = unitRepeats(lines, this.context.length, (content) => this.skeletonOf(content)).filter((repeat) => 0 < this.natsOf(repeat, undefined));
    const productions = this.productionsOf(found, lines, latest?.productions ?? new Map<string, Production | undefined>());
    const repeats = found.flatMap((repeat) => this.counted(repeat, productions.get(lineOf(repeat))));
    const hasRepeated = latest?.hasRepeated === true || 0 < repeats.length;
    this.lineStarts.push({ tokenCount, bytes, repeats, productions, versions: this.tree?.versionCount ?? 0, hasRepeated });
  }

  /** `known` with what begins the repeats: a loop says the same lines again and again, so that few of them need the parser. */
  private productionsOf(
    found: readonly UnitRepeat[], lines: string, known: ReadonlyMap<string, Production | undefined>,
  ): ReadonlyMap<string, Production | undefined> {
    const unknown = found.filter((repeat) => !known.has(lineOf(repeat)));
    if (unknown.length === 0 || this.grammar === undefined) return known;
    this.tree ??= GrowingTree.of(this.grammar);
    this.tree?.push(lines);
    return new Map([...known, ...unknown.map((repeat) => [lineOf(repeat), this.productionOf(repeat)] as const)]);
  }

  private counted(repeat: UnitRepeat, production: Production | undefined): readonly CountedRepeat[] {
    // Where the grammar is known, a structure is one of productions: lines of a text or a table have none.
    if ((repeat.kind === "structure" || repeat.kind === "pattern") && this.tree !== undefined && production === undefined) return [];
    const nats = this.natsOf(repeat, production);
    return nats <= 0 ? [] : [{ repeat, rule: production?.name ?? "line", nats }];
  }

  private productionOf({ openings }: UnitRepeat): Production | undefined {
    const opening = openings[0];
    if (opening === undefined) return undefined;
    const { startUtf16, text } = opening.head;
    // What a line closes belongs to the production before.
    const closers = /^[)\]}>,;\s]*/.exec(text)?.[0].length ?? 0;
    return this.tree?.productionAt(startUtf16 + closers);
  }

  private natsOf({ kind, count }: UnitRepeat, production: Production | undefined): number {
    const { nats, free } = this.strengths[kind];
    const isPatient = (kind === "structure" || kind === "scattered" || kind === "pattern") && production?.role === "member";
    const patience = isPatient ? memberPatience : 1;
    return nats * (count - free * patience);
  }

  private skeletonOf(content: string): string {
    const known = this.skeletons.get(content);
    if (known !== undefined) return known;
    if (skeletonsMax <= this.skeletons.size) this.skeletons.clear();
    const skeleton = skeletonOf(content);
    this.skeletons.set(content, skeleton);
    return skeleton;
  }
}

/** The line that would open another copy, as it stood. */
function lineOf({ openings }: UnitRepeat): string {
  const head = openings[0]?.head;
  return head === undefined ? "" : head.indentation + head.text;
}

/** The last whole lines of `before`, from the one that is least indented on: what is parsed begins as shallow as it can. */
function contextOf(before: string): string {
  const near = before.slice(-contextUtf16Max);
  const whole = near.length < before.length ? near.slice(near.indexOf("\n") + 1) : near;
  const lines = whole.split("\n");
  const least = Math.min(...lines.map(columnsOf));
  return lines.slice(Math.max(0, lines.findIndex((line) => columnsOf(line) === least))).join("\n");
}

function columnsOf(line: string): number {
  return line.trim() === "" ? Infinity : line.length - line.trimStart().length;
}

// Owns the paper's own form of the grammar-based penalty: suffix array and longest common prefixes over the productions of
// the whole text, 0.9 a copy. For comparison with the shipped one, which looks at the end of the text only. (arXiv 2505.10402)
//
// Where the paper is silent: strength is taken from log-probabilities; a repeat counts only while its last copy ends the
// text; its copies are counted back to the first, whoever wrote them; the tokens that open another copy are those that
// opened the earlier ones.
import { Parser, type Node } from "web-tree-sitter";
import { at } from "../../../../sidecar/base/assert";
import { wholeText } from "../../../../sidecar/decode/loop";
import type { LogitProcessor } from "../../../../sidecar/decode/processor";
import { criticalTokens } from "../../../../sidecar/decode/rpg/opening";
import type { PenaltyAct } from "../../../../sidecar/decode/rpg/repetitionPenalty";
import { greedy } from "../../../../sidecar/decode/sampler";
import type { Grammar } from "../../../../grammars/grammars";
import { productionsOf } from "../../../../grammars/productions";
import type { PieceIndex } from "../../../../sidecar/tokens/pieceIndex";
import type { Tokenizer } from "../../../../sidecar/tokens/tokenizer";
import { adjacentRepeats } from "./suffixArray";

const natsPerCopy = -Math.log(0.9);
/** Copies whose beginnings are lowered, latest first. */
const openingsMax = 8;
/** More of a line than a token spells. */
const openingUtf16Max = 24;

export interface SequenceBasis {
  readonly tokenizer: Tokenizer;
  readonly pieces: PieceIndex;
  readonly grammar: Grammar | undefined;
  readonly before: string;
  readonly onAct: (act: PenaltyAct) => void;
}

interface Production {
  readonly name: string;
  readonly startUtf16: number;
}

/** A block of productions that ends the text, and how often it came before that. */
interface EndRepeat {
  readonly productions: readonly Production[];
  readonly period: number;
  readonly copies: number;
}

export class SequencePenalty implements LogitProcessor {
  private readonly tokens: number[] = [];
  private readonly parser = new Parser();
  private readonly watched: ReadonlySet<string>;

  constructor(private readonly basis: SequenceBasis) {
    const roles = basis.grammar === undefined ? undefined : productionsOf(basis.grammar.name);
    this.watched = new Set([...(roles ?? [])].filter(([, role]) => role !== "member").map(([name]) => name));
    if (basis.grammar !== undefined) this.parser.setLanguage(basis.grammar.language);
  }

  lower(logits: Float32Array): boolean {
    const { before, pieces, tokenizer, onAct } = this.basis;
    const text = before + wholeText(Buffer.concat(this.tokens.map((token) => tokenizer.pieceOf(token))));
    const lineStart = text.slice(text.lastIndexOf("\n") + 1);
    // A statement is opened where a line begins; inside one there is nothing to do.
    if (lineStart.trim() !== "") return false;
    const repeat = endRepeat(this.productionsOf(text));
    if (repeat === undefined) return false;
    const openings = openingsOf(repeat, text, lineStart);
    const lowered = new Set(openings.flatMap((opening) => [...criticalTokens(opening, pieces, (token) => tokenizer.pieceOf(token))]));
    if (lowered.size === 0) return false;
    const likeliest = greedy(logits);
    const nats = natsPerCopy * repeat.copies;
    for (const token of lowered) logits[token] = at(logits, token) - nats;
    onAct({
      tokenIndex: this.tokens.length, kind: "structure", rule: repeat.productions.at(-repeat.period)?.name ?? "", period: repeat.period,
      count: repeat.copies, nats, opening: openings[0] ?? "", tokens: Int32Array.from(lowered), changed: greedy(logits) !== likeliest,
    });
    return true;
  }

  accept(token: number): void {
    this.tokens.push(token);
  }

  rollBack(count: number): void {
    this.tokens.length -= count;
  }

  close(): void {
    this.parser.delete();
  }

  private productionsOf(text: string): readonly Production[] {
    if (this.watched.size === 0) return [];
    const tree = this.parser.parse(text);
    if (tree === null) return [];
    const found: Production[] = [];
    collect(tree.rootNode, this.watched, found);
    tree.delete();
    return found;
  }
}

/** Statements in the order of the text, an outer one before what is in it. */
function collect(node: Node, watched: ReadonlySet<string>, found: Production[]): void {
  if (node.isNamed && watched.has(node.type)) found.push({ name: node.type, startUtf16: node.startIndex });
  for (const child of node.namedChildren) if (child !== null) collect(child, watched, found);
}

/** The repeat with most copies among those whose last copy ends the sequence. */
function endRepeat(productions: readonly Production[]): EndRepeat | undefined {
  const names = [...new Set(productions.map(({ name }) => name))];
  const symbols = productions.map(({ name }) => names.indexOf(name));
  let best: EndRepeat | undefined;
  for (const { start, length } of adjacentRepeats(symbols)) {
    if (start + 2 * length !== symbols.length) continue;
    const isCopy = (from: number): boolean => 0 <= from && symbols.slice(from, from + length).every((symbol, index) => symbol === symbols[start + index]);
    let copies = 1;
    while (isCopy(start - copies * length)) copies += 1;
    if (copies > (best?.copies ?? 0)) best = { productions, period: length, copies };
  }
  return best;
}

/** How the latest copies began, as far as they could begin behind `lineStart`; each once. */
function openingsOf({ productions, period, copies }: EndRepeat, text: string, lineStart: string): readonly string[] {
  const openings = new Set<string>();
  for (let copy = 1; copy <= Math.min(copies + 1, openingsMax); copy += 1) {
    const first = productions[productions.length - copy * period];
    if (first === undefined) break;
    const lineFrom = text.lastIndexOf("\n", first.startUtf16 - 1) + 1;
    const [line = ""] = text.slice(lineFrom, lineFrom + 4 * openingUtf16Max + first.startUtf16 - lineFrom).split("\n");
    if (line.startsWith(lineStart) && lineStart.length < line.length) openings.add(line.slice(lineStart.length, lineStart.length + openingUtf16Max));
  }
  return [...openings];
}

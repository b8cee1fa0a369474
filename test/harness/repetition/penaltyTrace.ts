// Owns the view of one generation that shows where a penalty acted: the text with numbered marks, and what each stands for.
import type { RepetitionCase } from "./case";
import type { Generation } from "./generation";

/** Lines of the prefix that are shown. */
const prefixLines = 6;

/**
 * The end of the prefix, then the generation. `⟦3⟧` stands before a choice that the penalty lowered, `⟦3!⟧` where it changed
 * the choice; the list below says rule, count, what was taken and from how many tokens.
 */
export function penaltyTrace(sample: RepetitionCase, generation: Generation, pieceOf: (token: number) => Uint8Array): string {
  const { method, end, tokens, acts } = generation;
  const marks = new Map(acts.map((act, index) => [act.tokenIndex, `⟦${index + 1}${act.changed ? "!" : ""}⟧`]));
  const text = Buffer.concat(tokens.flatMap((token, index) => {
    const mark = marks.get(index);
    return mark === undefined ? [pieceOf(token)] : [Buffer.from(mark), pieceOf(token)];
  })).toString("utf8");
  const last = marks.get(tokens.length) ?? "";
  const before = sample.prefix.split("\n").slice(-prefixLines - 1, -1).map((line) => `  ${line}`);
  const after = (text + last).split("\n").map((line) => `| ${line}`);
  const list = acts.map(({ rule, kind, period, count, nats, opening, lowered, changed }, index) => {
    const effect = changed ? "changed" : "kept";
    const repeat = `${rule} (${kind}, period ${period}, count ${Number(count.toFixed(2))})`;
    return `  ${index + 1}. ${repeat}: −${nats.toFixed(2)} on ${lowered} tokens of ${JSON.stringify(opening)}, choice ${effect}`;
  });
  const title = `${sample.id} ${sample.path}: ${method}, ${tokens.length} tokens, ended by ${end}`;
  return [title, ...before, ...after, ...list].join("\n") + "\n";
}

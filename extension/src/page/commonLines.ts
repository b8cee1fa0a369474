// Owns which lines two texts have in common, in order: the ends that are alike first, then lines that each text has once, in
// their longest common order, and the same between those (patience diff). Knows nothing of what the lines say.

type Pair = readonly [a: number, b: number];

/** Pairs of line numbers from 0, both rising. */
export function commonLines(a: readonly string[], b: readonly string[]): readonly Pair[] {
  const pairs: Pair[] = [];
  const waiting = [{ aStart: 0, aEnd: a.length, bStart: 0, bEnd: b.length }];
  for (let gap = waiting.pop(); gap !== undefined; gap = waiting.pop()) {
    let { aStart, aEnd, bStart, bEnd } = gap;
    while (aStart < aEnd && bStart < bEnd && a[aStart] === b[bStart]) pairs.push([aStart++, bStart++]);
    while (aStart < aEnd && bStart < bEnd && a[aEnd - 1] === b[bEnd - 1]) pairs.push([--aEnd, --bEnd]);
    if (aStart === aEnd || bStart === bEnd) continue;
    // Each gap between two of these is smaller than this one, or has no line in common that is there once.
    let [aDone, bDone] = [aStart, bStart];
    const unique = inLongestOrder(uniqueLines(countLines(a, aStart, aEnd), countLines(b, bStart, bEnd)));
    for (const [aNext, bNext] of unique) {
      pairs.push([aNext, bNext]);
      waiting.push({ aStart: aDone, aEnd: aNext, bStart: bDone, bEnd: bNext });
      [aDone, bDone] = [aNext + 1, bNext + 1];
    }
    if (0 < unique.length) waiting.push({ aStart: aDone, aEnd, bStart: bDone, bEnd });
  }
  return pairs.toSorted(([a], [b]) => a - b);
}

interface Count {
  count: number;
  readonly line: number;
}

/** Lines that both have exactly once, in the order of the first. */
function uniqueLines(inA: ReadonlyMap<string, Count>, inB: ReadonlyMap<string, Count>): readonly Pair[] {
  return [...inA].flatMap(([text, { count, line }]): readonly Pair[] => {
    const other = inB.get(text);
    return count === 1 && other?.count === 1 ? [[line, other.line]] : [];
  });
}

function countLines(lines: readonly string[], start: number, end: number): ReadonlyMap<string, Count> {
  const counts = new Map<string, Count>();
  for (let line = start; line < end; line += 1) {
    const text = lines[line] ?? "";
    const known = counts.get(text);
    if (known === undefined) counts.set(text, { count: 1, line });
    else known.count += 1;
  }
  return counts;
}

/** The longest of the pairs that rise in both: piles of a game of patience, each pair knowing the one before it. */
function inLongestOrder(pairs: readonly Pair[]): readonly Pair[] {
  interface Card {
    readonly pair: Pair;
    readonly before: Card | undefined;
  }
  const tops: Card[] = [];
  for (const pair of pairs) {
    let [low, high] = [0, tops.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((tops[middle]?.pair[1] ?? 0) < pair[1]) low = middle + 1;
      else high = middle;
    }
    tops[low] = { pair, before: tops[low - 1] };
  }
  const order: Pair[] = [];
  for (let card = tops.at(-1); card !== undefined; card = card.before) order.push(card.pair);
  return order.reverse();
}

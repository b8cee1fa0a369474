// Owns the comparison of two texts line by line. Pure; knows no trace.
// The algorithm is Myers, "An O(ND) Difference Algorithm and Its Variations" (1986), the greedy one.
import { at } from "../../sidecar/base/assert";

/**
 * A stretch of lines that differs: `oldLines` at `oldStart` of the text before became `newLines` at `newStart` of the
 * text after. Lines carry their own ends. Hunks are in order, and at least one kept line lies between two of them.
 */
export interface Hunk {
  readonly oldStart: number;
  readonly oldLines: readonly string[];
  readonly newStart: number;
  readonly newLines: readonly string[];
}

/** Lines with their ends; together they spell the text. A text that ends in a newline has no empty last line. */
export function splitLines(text: string): readonly string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

/** Hunks that turn `before` into `after`. More than `editsMax` inserted and deleted lines make one hunk of it all. */
export function lineDiff(before: string, after: string, editsMax = 2_000): readonly Hunk[] {
  const oldLines = splitLines(before);
  const newLines = splitLines(after);
  let head = 0;
  while (head < oldLines.length && head < newLines.length && oldLines[head] === newLines[head]) head += 1;
  let oldEnd = oldLines.length;
  let newEnd = newLines.length;
  while (head < oldEnd && head < newEnd && oldLines[oldEnd - 1] === newLines[newEnd - 1]) {
    oldEnd -= 1;
    newEnd -= 1;
  }
  const kept = keptPairs(oldLines.slice(head, oldEnd), newLines.slice(head, newEnd), editsMax);
  const hunks: Hunk[] = [];
  let oldStart = head;
  let newStart = head;
  for (const pair of [...kept, { oldIndex: oldEnd - head, newIndex: newEnd - head }]) {
    const oldStop = head + pair.oldIndex;
    const newStop = head + pair.newIndex;
    if (oldStart < oldStop || newStart < newStop) {
      hunks.push({ oldStart, oldLines: oldLines.slice(oldStart, oldStop), newStart, newLines: newLines.slice(newStart, newStop) });
    }
    oldStart = oldStop + 1;
    newStart = newStop + 1;
  }
  return hunks;
}

interface KeptPair {
  readonly oldIndex: number;
  readonly newIndex: number;
}

/** Pairs of equal lines on a shortest path from one list to the other, in order. */
function keptPairs(oldLines: readonly string[], newLines: readonly string[], editsMax: number): readonly KeptPair[] {
  // furthest[diagonal] is the old index reached on `diagonal = oldIndex - newIndex` with the edits spent so far.
  const furthest = new Map<number, number>([[1, 0]]);
  const history: Map<number, number>[] = [];
  for (let edits = 0; edits <= editsMax; edits += 1) {
    history.push(new Map(furthest));
    for (let diagonal = -edits; diagonal <= edits; diagonal += 2) {
      let oldIndex = reached(furthest, diagonal, edits);
      while (oldIndex < oldLines.length && oldIndex - diagonal < newLines.length && oldLines[oldIndex] === newLines[oldIndex - diagonal]) oldIndex += 1;
      furthest.set(diagonal, oldIndex);
      if (oldIndex >= oldLines.length && oldIndex - diagonal >= newLines.length) return walkBack(history, oldLines.length, newLines.length);
    }
  }
  return [];
}

/** Whether the best way onto a diagonal with one more edit is an insertion, from the diagonal above. */
function comesByInsertion(furthest: ReadonlyMap<number, number>, diagonal: number, edits: number): boolean {
  if (diagonal === -edits) return true;
  return diagonal !== edits && (furthest.get(diagonal - 1) ?? -1) < (furthest.get(diagonal + 1) ?? -1);
}

/** The old index at which a diagonal begins with one more edit. */
function reached(furthest: ReadonlyMap<number, number>, diagonal: number, edits: number): number {
  return comesByInsertion(furthest, diagonal, edits) ? furthest.get(diagonal + 1) ?? 0 : (furthest.get(diagonal - 1) ?? 0) + 1;
}

function walkBack(history: readonly ReadonlyMap<number, number>[], oldLength: number, newLength: number): readonly KeptPair[] {
  const pairs: KeptPair[] = [];
  let oldIndex = oldLength;
  let newIndex = newLength;
  for (let edits = history.length - 1; edits >= 0; edits -= 1) {
    const furthest = at(history, edits);
    const diagonal = oldIndex - newIndex;
    const start = reached(furthest, diagonal, edits);
    while (oldIndex > start) {
      oldIndex -= 1;
      newIndex -= 1;
      pairs.push({ oldIndex, newIndex });
    }
    if (comesByInsertion(furthest, diagonal, edits)) newIndex -= 1;
    else oldIndex -= 1;
  }
  return pairs.reverse();
}

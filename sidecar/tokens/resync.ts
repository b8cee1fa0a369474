// Owns the way from a text edit to a token edit: which leaves a delta touches, and the rope with those read anew.
// Pure. Leaves that an edit doesn't touch keep their tokens: their spelling doesn't depend on what changed around them.
import { at } from "../base/assert";
import { invariant, isVerifying } from "../base/invariants";
import type { Delta } from "../text/delta";
import { ownCopy } from "../text/ownCopy";
import { Leaf, leafTexts } from "./leaf";
import { TokenRope } from "./rope";

/** A run of leaves gives way to another: a token edit, told in leaves so that nothing is tokenised to tell it. */
export interface Splice {
  /** Index in the old rope. */
  readonly firstLeaf: number;
  readonly removed: readonly Leaf[];
  readonly inserted: readonly Leaf[];
}

export interface Resynced {
  readonly rope: TokenRope;
  /** In order; disjoint. */
  readonly splices: readonly Splice[];
}

/** The rope of `delta.apply(rope.text())`, which is `newText`. */
export function resync(rope: TokenRope, delta: Delta, newText: string): Resynced {
  invariant(delta.oldLength === rope.lengthUtf16, "frame", `delta fits ${delta.oldLength} units, the rope has ${rope.lengthUtf16}`);
  const leaves: Leaf[] = [];
  const splices: Splice[] = [];
  let leafIndex = 0;
  let shiftUtf16 = 0;
  for (const window of touchedLeaves(rope, delta)) {
    for (; leafIndex < window.firstLeaf; leafIndex += 1) leaves.push(at(rope.leaves, leafIndex));
    const newStart = rope.startOf(window.firstLeaf) + shiftUtf16;
    shiftUtf16 += window.growthUtf16;
    const newEnd = rope.startOf(window.endLeaf) + shiftUtf16;
    const removed = rope.leaves.slice(window.firstLeaf, window.endLeaf);
    const inserted = readAnew(newText.slice(newStart, newEnd), removed, rope);
    splices.push(trimmed({ firstLeaf: window.firstLeaf, removed, inserted }));
    for (const leaf of inserted) leaves.push(leaf);
    leafIndex = window.endLeaf;
  }
  for (; leafIndex < rope.leaves.length; leafIndex += 1) leaves.push(at(rope.leaves, leafIndex));
  const next = new TokenRope(leaves, rope.rule, rope.tokenizer);
  invariant(next.lengthUtf16 === newText.length, "spelling", `the rope spells ${next.lengthUtf16} units of ${newText.length}`);
  if (isVerifying()) invariant(next.text() === newText, "spelling", "the rope spells another text");
  return { rope: next, splices };
}

interface LeafWindow {
  readonly firstLeaf: number;
  readonly endLeaf: number;
  readonly growthUtf16: number;
}

/**
 * Windows of leaves to read anew, in order, disjoint. A window starts one leaf before the edit, since blank lines belong
 * to the leaf before them, and ends behind the leaf that holds the edit's end.
 */
function touchedLeaves(rope: TokenRope, delta: Delta): readonly LeafWindow[] {
  const windows: LeafWindow[] = [];
  for (const run of delta.touched()) {
    const firstLeaf = Math.max(0, rope.leafAt(run.old.start) - 1);
    const endLeaf = Math.min(rope.leaves.length, rope.leafAt(run.old.end) + 1);
    const growthUtf16 = run.new.end - run.new.start - (run.old.end - run.old.start);
    const last = windows.at(-1);
    if (last !== undefined && firstLeaf < last.endLeaf) {
      windows[windows.length - 1] = {
        firstLeaf: last.firstLeaf,
        endLeaf: Math.max(last.endLeaf, endLeaf),
        growthUtf16: last.growthUtf16 + growthUtf16,
      };
    } else {
      windows.push({ firstLeaf, endLeaf, growthUtf16 });
    }
  }
  return windows;
}

/** The leaves of `text`; one that stood among `removed` is taken over with its tokens. */
function readAnew(text: string, removed: readonly Leaf[], rope: TokenRope): readonly Leaf[] {
  const known = new Map(removed.map((leaf) => [leaf.text, leaf]));
  return leafTexts(text, rope.rule).map((leafText) => known.get(leafText) ?? new Leaf(ownCopy(leafText), rope.tokenizer));
}

/** Without the leaves that stand unchanged at both ends. */
function trimmed({ firstLeaf, removed, inserted }: Splice): Splice {
  const shared = Math.min(removed.length, inserted.length);
  let head = 0;
  while (head < shared && removed[head] === inserted[head]) head += 1;
  let tail = 0;
  while (tail < shared - head && removed[removed.length - 1 - tail] === inserted[inserted.length - 1 - tail]) tail += 1;
  return {
    firstLeaf: firstLeaf + head,
    removed: removed.slice(head, removed.length - tail),
    inserted: inserted.slice(head, inserted.length - tail),
  };
}

// Owns which names the edits have touched since a document's cells were last exact: a line that uses one may mean
// something else now, though its own tokens are as they were. Knows no cell.
import { limits } from "../base/limits";
import type { Delta } from "../text/delta";
import type { Range, Utf16Offset } from "../text/frames";
import { ownCopy } from "../text/ownCopy";

/** "any": all names that were touched; "declared": those that stood first, or do now, in what was touched: most likely their declaration. */
export type NameChoice = "any" | "declared";

export class ChangedNames {
  /** Whether each was declared in what was touched; the latest last. */
  private readonly names = new Map<string, boolean>();

  /** Takes in an edit of `before` to `after`: the names that its lines have lost or gained. */
  note(delta: Delta, before: string, after: string): void {
    let leftUtf16 = limits.changedLinesUtf16Max;
    for (const run of delta.touched()) {
      // Lines written or deleted whole leave those beside them as they are, whose names would hide what is lost or gained.
      const hasHead = !(endsLine(before, run.old.start) && endsLine(after, run.new.start));
      const hasTail = !(startsLine(before, run.old.end) && startsLine(after, run.new.end));
      const old = wholeLines(before, run.old, hasHead, hasTail);
      const now = wholeLines(after, run.new, hasHead, hasTail);
      if (leftUtf16 < old.length + now.length) continue;
      leftUtf16 -= old.length + now.length;
      const lost = namesIn(old);
      const gained = namesIn(now);
      for (const name of lost) if (!gained.has(name)) this.add(name, beginsIn(before, name, run.old));
      for (const name of gained) if (!lost.has(name)) this.add(name, beginsIn(after, name, run.new));
    }
  }

  /** The lines of `text` within `start`..`end` that use one of the names, as offsets in `text`. */
  linesUsing(text: string, start: number, end: number, choice: NameChoice = "any"): readonly { readonly start: number; readonly end: number }[] {
    const part = text.slice(start, end);
    // By their starts: a line that uses several names is one.
    const lines = new Map<number, number>();
    for (const [name, isDeclared] of this.names) {
      if (choice === "declared" && !isDeclared) continue;
      for (let from = 0; from < part.length; ) {
        const use = useFrom(part, name, from);
        if (use === undefined) break;
        const lineStart = part.lastIndexOf("\n", use) + 1;
        const newline = part.indexOf("\n", use);
        from = newline === -1 ? part.length : newline + 1;
        if (use + name.length - lineStart <= limits.changedLinesUtf16Max) lines.set(lineStart, from);
      }
    }
    return [...lines].sort(([a], [b]) => a - b).map(([lineStart, lineEnd]) => ({ start: start + lineStart, end: start + lineEnd }));
  }

  clear(): void {
    this.names.clear();
  }

  private add(name: string, isDeclared: boolean): void {
    const wasDeclared = this.names.get(name) === true;
    this.names.delete(name);
    this.names.set(ownCopy(name), isDeclared || wasDeclared);
    const [oldest] = this.names.keys();
    if (limits.changedNamesMax < this.names.size && oldest !== undefined) this.names.delete(oldest);
  }
}

/** Whether `name`, which stands in the lines of the range, stands nowhere before them. */
function beginsIn(text: string, name: string, { start }: Range<Utf16Offset>): boolean {
  return lineStartOf(text, start) <= (useFrom(text, name, 0) ?? 0);
}

/** Where `name` stands as a word of its own, from `from` on. */
function useFrom(text: string, name: string, from: number): number | undefined {
  for (let found = text.indexOf(name, from); found !== -1; found = text.indexOf(name, found + 1)) {
    if (!inName.test(text.charAt(found - 1)) && !inName.test(text.charAt(found + name.length))) return found;
  }
  return undefined;
}

const inName = /[\p{L}\p{N}_$]/u;

/** Words of three characters or more that no language reserves: shorter ones are everywhere. */
function namesIn(text: string): ReadonlySet<string> {
  const names = new Set<string>();
  for (const [name] of text.matchAll(/[\p{L}_$][\p{L}\p{N}_$]{2,}/gu)) if (!reserved.has(name)) names.add(name);
  return names;
}

/** The lines of a range, with what stands on its first line before it and on its last line behind it where that is asked for. */
function wholeLines(text: string, { start, end }: Range<Utf16Offset>, hasHead: boolean, hasTail: boolean): string {
  const newline = text.indexOf("\n", end);
  return text.slice(hasHead ? lineStartOf(text, start) : start, !hasTail ? end : newline === -1 ? text.length : newline);
}

const lineStartOf = (text: string, offset: number): number => (offset === 0 ? 0 : text.lastIndexOf("\n", offset - 1) + 1);
const startsLine = (text: string, offset: number): boolean => offset === 0 || text[offset - 1] === "\n";
const endsLine = (text: string, offset: number): boolean => offset === text.length || text[offset] === "\n" || text[offset] === "\r";

/** Words that say nothing about what a line depends on. */
const reserved: ReadonlySet<string> = new Set((
  "and any array as assert async await bool boolean break case catch char class const continue declare def default del delete elif else enum " +
  "except export extends extern false finally float fn for from func function get global goto if impl implements import in instanceof int " +
  "interface is keyof lambda let long match module mut namespace new nil none None not null number object of open or override package pass " +
  "private protected pub public raise readonly return self set short static str string struct super switch this throw trait true True False " +
  "try type typeof undefined union unknown unsafe use using val var void volatile where while with yield"
).split(" "));

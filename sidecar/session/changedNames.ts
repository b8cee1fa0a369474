// Owns which names the edits have touched since a document's cells were last exact: a line that uses one may mean
// something else now, though its own tokens are as they were. Knows no cell.
import { limits } from "../base/limits";
import type { Delta } from "../text/delta";
import type { Range, Utf16Offset } from "../text/frames";
import { ownCopy } from "../text/ownCopy";

export class ChangedNames {
  /** Names, the latest last. */
  private readonly names = new Set<string>();

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
      for (const name of lost) if (!gained.has(name)) this.add(name);
      for (const name of gained) if (!lost.has(name)) this.add(name);
    }
  }

  /** The lines of `text` within `start`..`end` that use one of the names, as offsets in `text`. */
  linesUsing(text: string, start: number, end: number): readonly { readonly start: number; readonly end: number }[] {
    if (this.names.size === 0) return [];
    const part = text.slice(start, end);
    const lines: { start: number; end: number }[] = [];
    const words = wordPattern();
    for (let found = words.exec(part); found !== null; found = words.exec(part)) {
      if (!this.names.has(found[0])) continue;
      const nameEnd = words.lastIndex;
      const lineStart = part.lastIndexOf("\n", found.index) + 1;
      const newline = part.indexOf("\n", found.index);
      const lineEnd = newline === -1 ? part.length : newline + 1;
      // One name is enough, and one that stands too far behind is followed by none that doesn't.
      words.lastIndex = lineEnd;
      if (nameEnd - lineStart <= limits.changedLinesUtf16Max) lines.push({ start: start + lineStart, end: start + lineEnd });
    }
    return lines;
  }

  clear(): void {
    this.names.clear();
  }

  private add(name: string): void {
    this.names.delete(name);
    this.names.add(ownCopy(name));
    const [oldest] = this.names;
    if (limits.changedNamesMax < this.names.size && oldest !== undefined) this.names.delete(oldest);
  }
}

/** Words of three characters or more that no language reserves: shorter ones are everywhere. */
function namesIn(text: string): ReadonlySet<string> {
  const names = new Set<string>();
  for (const [name] of text.matchAll(wordPattern())) if (!reserved.has(name)) names.add(name);
  return names;
}

const wordPattern = (): RegExp => /[\p{L}_$][\p{L}\p{N}_$]{2,}/gu;

/** The lines of a range, with what stands on its first line before it and on its last line behind it where that is asked for. */
function wholeLines(text: string, { start, end }: Range<Utf16Offset>, hasHead: boolean, hasTail: boolean): string {
  const lineStart = start === 0 ? 0 : text.lastIndexOf("\n", start - 1) + 1;
  const newline = text.indexOf("\n", end);
  return text.slice(hasHead ? lineStart : start, !hasTail ? end : newline === -1 ? text.length : newline);
}

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

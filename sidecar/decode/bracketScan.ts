// Owns a rough reading of what a text opens and closes: brackets that are open before a place or closed after it, where a text
// closes what it did not open, and whether it ends inside a comment or a long string. Pure. Strings and comments are read as
// most languages write them; it is no parser.

export interface Bracket {
  readonly character: string;
  readonly offset: number;
}

/** A comment or a string of several lines that a text begins and doesn't end. */
export interface Enclosure {
  readonly offset: number;
  readonly closer: string;
}

/** How a language writes comments and quotes, and what it says where nothing is to be done, as far as openings and closings need. */
export interface Marks {
  /** `#` starts a comment where white space stands before it; else `//` and `/*` do. */
  readonly hashComments: boolean;
  /** `'` quotes one character, and may begin a name as in Rust's `'a`; else it quotes a string. */
  readonly characterQuotes: boolean;
  /** `)` need not have an opener: shells end the patterns of a case with it. */
  readonly looseParentheses: boolean;
  /** What a body says that does nothing, and the lines that can't do without a body; undefined where brackets hold bodies. */
  readonly missingBody: { readonly header: RegExp; readonly statement: string } | undefined;
}

const closerOf: Readonly<Record<string, string>> = { "(": ")", "[": "]", "{": "}" };
const openers = new Set(Object.keys(closerOf));
const closers = new Set(Object.values(closerOf));

interface Scan {
  /** Outside strings and comments, in order. */
  readonly brackets: readonly Bracket[];
  /** What the text ends in. */
  readonly inside: Enclosure | undefined;
}

function scan(text: string, marks: Marks): Scan {
  const brackets: Bracket[] = [];
  for (let offset = 0; offset < text.length; offset += 1) {
    const character = text.charAt(offset);
    if (marks.looseParentheses && (character === "(" || character === ")")) continue;
    if (openers.has(character) || closers.has(character)) brackets.push({ character, offset });
    else {
      const start = offset;
      offset = skippedTo(text, start, marks);
      // What ends has its last character in the text.
      if (text.length <= offset) return { brackets, inside: { offset: start, closer: closerAt(text, start) } };
    }
  }
  return { brackets, inside: undefined };
}

/** Of the comment or the string of several lines that starts at `offset`. */
function closerAt(text: string, offset: number): string {
  if (text.startsWith("/*", offset)) return "*/";
  const character = text.charAt(offset);
  return character === '"' || character === "'" ? character.repeat(3) : "\n";
}

/** Whether what follows `line` on its line stands in a comment that goes to the end of it. */
export function endsInLineComment(line: string, marks: Marks): boolean {
  for (let offset = 0; offset < line.length; offset += 1) {
    if (marks.hashComments ? startsHashComment(line, offset) : startsSlashComment(line, offset)) return true;
    offset = skippedTo(line, offset, marks);
  }
  return false;
}

/** The last offset of the string or comment that starts at `offset`; `offset` itself where none does. */
function skippedTo(text: string, offset: number, { hashComments, characterQuotes }: Marks): number {
  const character = text.charAt(offset);
  if (character === "'" && characterQuotes) return offset + (quotedCharacter.exec(text.slice(offset, offset + quotedUnitsMax))?.[0].length ?? 1) - 1;
  if (character === '"' || character === "'") {
    const triple = character.repeat(3);
    if (text.startsWith(triple, offset)) return endOf(text, triple, offset + 3, text.length);
    return stringEnd(text, offset, character);
  }
  if (character === "`") return endOf(text, "`", offset + 1, offset);
  if (hashComments ? startsHashComment(text, offset) : startsSlashComment(text, offset)) return endOf(text, "\n", offset, text.length);
  if (!hashComments && text.startsWith("/*", offset)) return endOf(text, "*/", offset + 2, text.length);
  return offset;
}

/** One character or one escape between its quotes. */
const quotedCharacter = /^'(?:\\[^\n']{1,9}|\\'|[^\\'\n]{1,2})'/;
const quotedUnitsMax = 12;

/** Without white space before it, `#` belongs to a word, as in a shell's `$#` and `${x##*}`. */
function startsHashComment(text: string, offset: number): boolean {
  return text.charAt(offset) === "#" && (offset === 0 || /\s/.test(text.charAt(offset - 1)));
}

/** Behind a colon they belong to an address. */
function startsSlashComment(text: string, offset: number): boolean {
  return text.startsWith("//", offset) && text.charAt(offset - 1) !== ":";
}

function endOf(text: string, mark: string, from: number, none: number): number {
  const found = text.indexOf(mark, from);
  return found === -1 ? none : found + mark.length - 1;
}

/** A string ends at its quote; one that doesn't end on its line is an apostrophe or a cut text, and is not skipped. */
function stringEnd(text: string, offset: number, quote: string): number {
  for (let end = offset + 1; end < text.length; end += 1) {
    const character = text.charAt(end);
    if (character === "\\") end += 1;
    else if (character === quote) return end;
    else if (character === "\n") return offset;
  }
  return offset;
}

/** Whether `text` ends inside a bracket that it opened, or a comment or string of several lines. */
export function isOpenAtEnd(text: string, marks: Marks): boolean {
  const { brackets, inside } = openAtEnd(text, marks);
  return 0 < brackets.length || (inside !== undefined && inside.closer !== "\n");
}

/** Brackets that `text` opens and doesn't close, outermost first. */
export function openedIn(text: string, marks: Marks): readonly Bracket[] {
  return openAtEnd(text, marks).brackets;
}

/** The same with the comment or string that the text ends in. */
export function openAtEnd(text: string, marks: Marks): Scan {
  const { brackets, inside } = scan(text, marks);
  const open: Bracket[] = [];
  for (const bracket of brackets) {
    if (openers.has(bracket.character)) open.push(bracket);
    else if (closes(open.at(-1), bracket)) open.pop();
  }
  return { brackets: open, inside };
}

/** Brackets that `text` closes without having opened them, first one first. */
export function closedIn(text: string, marks: Marks): readonly Bracket[] {
  const open: Bracket[] = [];
  const unmatched: Bracket[] = [];
  for (const bracket of scan(text, marks).brackets) {
    if (openers.has(bracket.character)) open.push(bracket);
    else if (closes(open.at(-1), bracket)) open.pop();
    else unmatched.push(bracket);
  }
  return unmatched;
}

function closes(open: Bracket | undefined, bracket: Bracket): boolean {
  return open !== undefined && closerOf[open.character] === bracket.character;
}

/** The character that closes a bracket. */
export function closerFor({ character }: Bracket): string {
  return closerOf[character] ?? "";
}

/**
 * The closers that a completion between `before` and `after` may write for brackets opened in `before`, innermost first:
 * those that `after` doesn't close itself. A closer in `after` belongs to an opener when it pairs with it and stands on
 * the cursor's own line or at the same indentation as the opener's line.
 */
export function closersAllowed(before: string, after: string, marks: Marks): string {
  const open = openedIn(before, marks).toReversed();
  const first = closedIn(after, marks)[0];
  let allowed = "";
  for (const opener of open) {
    const closer = closerFor(opener);
    if (first !== undefined && first.character === closer) {
      const onCursorLine = !after.slice(0, first.offset).includes("\n");
      if (onCursorLine || indentationAt(before, opener.offset) === indentationAt(after, first.offset)) break;
    }
    allowed += closer;
  }
  return allowed;
}

/** The white space at the start of the line that holds `offset`. */
export function indentationAt(text: string, offset: number): string {
  const lineStart = text.lastIndexOf("\n", offset - 1) + 1;
  return /^[ \t]*/.exec(text.slice(lineStart))?.[0] ?? "";
}

/** Where `text` first closes something that it neither opened nor may close; its length where it never does. */
export function overclosedAt(text: string, allowed: string, marks: Marks): number {
  let used = 0;
  for (const bracket of closedIn(text, marks)) {
    if (allowed.charAt(used) !== bracket.character) return bracket.offset;
    used += 1;
  }
  return text.length;
}

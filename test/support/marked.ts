// Owns marked text, the notation of tests for one edit: `f(a[-, b-]{+.y.z+})$0;` deletes `, b`, inserts `.y.z`
// and has the cursor at `$0`. Knows no tokens and no cache. There is no escape: choose sample text without the marks.
import { assert } from "../../sidecar/base/assert";
import { Delta } from "../../sidecar/text/delta";
import { utf16, type Utf16Offset } from "../../sidecar/text/frames";
import { replace, keep, type Section } from "../../sidecar/text/sections";

export interface Marked {
  readonly before: string;
  readonly after: string;
  readonly delta: Delta;
  /** In the text after the edit; undefined where there is no `$0`. */
  readonly cursor: Utf16Offset | undefined;
}

/** @throws Error for an unclosed mark, two cursors, or a cursor in deleted text. */
export function parseMarked(marked: string): Marked {
  const sections: Section[] = [];
  let before = "";
  let after = "";
  let read = 0;
  let cursor: Utf16Offset | undefined;
  const written = (text: string): string => {
    const [head, tail, ...more] = text.split("$0");
    assert(head !== undefined && more.length === 0, `two cursors in ${JSON.stringify(marked)}`);
    if (tail === undefined) return head;
    assert(cursor === undefined, `two cursors in ${JSON.stringify(marked)}`);
    cursor = utf16(after.length + head.length);
    return head + tail;
  };
  for (const match of marked.matchAll(/\[-(.*?)-\]|\{\+(.*?)\+\}|((?:(?!\[-|\{\+).)+)/gs)) {
    const [whole, deleted, inserted, kept] = match;
    read += whole.length;
    if (deleted !== undefined) {
      assert(!deleted.includes("$0"), `the cursor is in deleted text: ${JSON.stringify(marked)}`);
      sections.push(replace(deleted.length, ""));
      before += deleted;
    } else if (inserted !== undefined) {
      const text = written(inserted);
      sections.push(replace(0, text));
      after += text;
    } else {
      const text = written(kept ?? "");
      sections.push(keep(text.length));
      before += text;
      after += text;
    }
  }
  assert(read === marked.length, `a mark is not closed: ${JSON.stringify(marked)}`);
  return { before, after, delta: Delta.of(sections), cursor };
}

/** Inverse of `parseMarked`. A cursor at the edge of an insertion is printed inside it. */
export function printMarked(before: string, delta: Delta, cursor?: Utf16Offset): string {
  let printed = "";
  let oldOffset = 0;
  let newOffset = 0;
  let cursorLeft = cursor;
  const withCursor = (text: string, isLast: boolean): string => {
    const at = cursorLeft === undefined ? -1 : cursorLeft - newOffset;
    if (at < 0 || text.length < at || (at === text.length && !isLast)) return text;
    cursorLeft = undefined;
    return `${text.slice(0, at)}$0${text.slice(at)}`;
  };
  for (const section of delta.sections) {
    const isLast = newOffset + (section.kind === "keep" ? section.length : section.text.length) === delta.newLength;
    if (section.kind === "keep") {
      printed += withCursor(before.slice(oldOffset, oldOffset + section.length), isLast);
      oldOffset += section.length;
      newOffset += section.length;
    } else {
      const deleted = before.slice(oldOffset, oldOffset + section.oldLength);
      if (deleted !== "") printed += `[-${deleted}-]`;
      if (section.text !== "") printed += `{+${withCursor(section.text, isLast)}+}`;
      oldOffset += section.oldLength;
      newOffset += section.text.length;
    }
  }
  return cursorLeft === undefined ? printed : `${printed}$0`;
}

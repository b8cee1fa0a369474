// Owns what a decoder must know of the text around the cursor: where a completion has to end and what it must not repeat.
// As the model reads it, its lines ending in \n. Pure reading of a document; knows no token.
import { endsInLineComment } from "../decode/bracketScan";
import { marksOf } from "../decode/languageMarks";
import { isOnlyClosers } from "../decode/show/autoClosed";
import { emptyBodyOwner } from "../decode/show/emptyBody";
import { firstFilledLine, firstLineOf } from "../decode/show/filledLine";
import { indentationUnitOf } from "../decode/show/indentation";
import { columnsOf } from "../decode/stop";
import type { TrimContext } from "../decode/trimSuggestion";
import type { StructureSpan } from "../protocol/data";
import type { TextDocument } from "../text/document";
import type { Utf16Offset } from "../text/frames";
import { modelText } from "../tokens/modelText";

/** Units of text read on each side of the cursor to see which brackets are open: a long class, with room to spare. */
const reachUtf16 = 40_000;

const colonLanguages: ReadonlySet<string> = new Set(["python"]);

export function surroundingsAt(document: Pick<TextDocument, "text" | "languageId">, cursor: Utf16Offset, enclosing: StructureSpan | undefined): TrimContext {
  const { text, languageId } = document;
  const before = modelText(text.slice(Math.max(0, cursor - reachUtf16), cursor));
  const after = modelText(text.slice(cursor, cursor + reachUtf16));
  const cursorLine = before.slice(before.lastIndexOf("\n") + 1);
  const { line: restOfLine, below } = firstLineOf(after);
  const marks = marksOf(languageId);
  const colonBlocks = colonLanguages.has(languageId);
  const emptyBody = emptyBodyOwner(before, after, colonBlocks);
  return {
    ...marks,
    before,
    after,
    singleLine: (restOfLine.trim() !== "" && !isOnlyClosers(restOfLine)) || endsInLineComment(cursorLine, marks),
    indentation: columnsOf(cursorLine + "x") ?? 0,
    blockIndentation: emptyBody ?? (enclosing === undefined ? undefined : blockIndentation(text, enclosing)),
    emptyBody: emptyBody !== undefined,
    indentationUnit: indentationUnitOf(before + after),
    lineBelow: firstFilledLine(below)?.trim() ?? "",
    colonBlocks,
    lineBefore: cursorLine,
  };
}

/** Columns of the line that opens the block; one less than the block's own where the block starts its line itself. */
function blockIndentation(text: string, span: StructureSpan): number {
  const lineStart = text.lastIndexOf("\n", span.startUtf16 - 1) + 1;
  const columns = columnsOf(text.slice(lineStart, span.startUtf16) + "x") ?? 0;
  const startsLine = text.slice(lineStart, span.startUtf16).trim() === "";
  return span.kind === "block" && startsLine && text.charAt(span.startUtf16) !== "{" ? columns - 1 : columns;
}

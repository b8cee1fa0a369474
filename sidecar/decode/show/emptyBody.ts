// Owns whether the cursor stands in a body that has nothing in it yet: there the whole body is wanted, not one statement. Pure.
import { columnsOf } from "../stop";
import { firstFilledLine, firstLineOf, lastFilledLine } from "./filledLine";

/**
 * Columns of the line that opens an empty body around the cursor; undefined where there is none.
 * @param colonBlocks whether a line that ends in a colon opens a body
 */
export function emptyBodyOwner(before: string, after: string, colonBlocks: boolean): number | undefined {
  const cursorLineStart = before.lastIndexOf("\n") + 1;
  const cursorLine = before.slice(cursorLineStart);
  const owner = cursorLine.trim() === "" ? lastFilledLine(before.slice(0, cursorLineStart)) : cursorLine;
  if (owner === undefined || !opensBody(owner, colonBlocks)) return undefined;
  const columns = columnsOf(owner + "x") ?? 0;
  const { line: rest, below } = firstLineOf(after);
  if (rest.trim() !== "") return /^[\s)\]};,]*$/.test(rest) ? columns : undefined;
  const next = firstFilledLine(below);
  return next === undefined || (columnsOf(next) ?? 0) <= columns ? columns : undefined;
}

function opensBody(line: string, colonBlocks: boolean): boolean {
  return colonBlocks ? /:\s*(#.*)?$/.test(line) : /\{\s*$/.test(line);
}

// Owns how one completion looks in a terminal: the code around the cursor with the ghost text in it, and what was read.
import type { ReplayStep } from "./replay";

const linesAbove = 5;
const linesBelow = 2;
const ghostLinesMax = 8;

/** Ghost text is dim on a terminal, and stands in «» where there are no colours. */
export function ghostView(step: ReplayStep, colours: boolean): string {
  const { result, document } = step;
  const { line, character } = result.place;
  const cursorLine = document.line(line);
  const [first = "", ...further] = result.suggested === "" ? [] : result.suggested.trimEnd().split(/\r?\n/);
  const ghost = ghostLines([first, ...further].slice(0, ghostLinesMax), colours);
  const rows: string[] = [];
  for (let index = Math.max(0, line - linesAbove); index < line; index += 1) rows.push(row(index + 1, document.line(index)));
  rows.push(row(line + 1, cursorLine.slice(0, character) + (ghost[0] ?? "") + cursorLine.slice(character)));
  for (const text of ghost.slice(1)) rows.push(row(undefined, text));
  for (let index = line + 1; index <= line + linesBelow && index < document.lineCount; index += 1) rows.push(row(index + 1, document.line(index)));
  return rows.join("\n");
}

/** What the cache did for this completion, in one line. */
export function chargeView(step: ReplayStep): string {
  const { charge, cells, cellsStale, editToFirstTokenMs, outcome } = step.result;
  const count = (value: number): string => value.toLocaleString("en");
  const time = editToFirstTokenMs === undefined ? outcome : `first token after ${Math.round(editToFirstTokenMs)} ms`;
  const read = `read ${count(charge.tokensEncoded)} of ${count(cells)} tokens`;
  const had = `(${count(charge.cellsKept)} kept, ${count(charge.cellsShifted)} shifted; ${count(cellsStale)} stale)`;
  const healed = charge.healTokens === 0 ? "" : `, ${count(charge.healTokens)} healed in idle time before`;
  return `${read} ${had}, ${time}${healed}`;
}

function row(lineNumber: number | undefined, text: string): string {
  return `${String(lineNumber ?? "").padStart(5)} │ ${text}`.trimEnd();
}

function ghostLines(lines: readonly string[], colours: boolean): readonly string[] {
  if (lines.every((line) => line === "")) return [colours ? "\u001b[7m \u001b[0m" : "«»"];
  if (!colours) return lines.map((line, index) => `${index === 0 ? "«" : ""}${line}${index === lines.length - 1 ? "»" : ""}`);
  return lines.map((line) => `\u001b[2;3;36m${line}\u001b[0m`);
}

// Owns the making of probes from the text before and after a change: each asks for a completion with everything else in
// place (so that the cache is warm), does one action, and asks again. Pure.
//
// Law: the text that a probe ends with, and what is expected where it ends, together are `after` exactly.
import { at } from "../../sidecar/base/assert";
import type { Random } from "../../sidecar/base/random";
import type { Place } from "../../sidecar/text/frames";
import type { Action } from "./action";
import type { FileChange } from "./history";
import { EventWriter, firstCharacters, isWorthCompleting, lineParts, replacement } from "./history";
import type { Hunk } from "./lineDiff";
import { lineDiff, splitLines } from "./lineDiff";
import type { Trace } from "./trace";

export type ProbeAction = Exclude<Action, "open" | "again">;
export const probeActions: readonly ProbeAction[] = [
  "typing", "insert above", "delete above", "replace above", "insert below", "delete below", "replace below",
  "several places", "jump up", "jump down",
];

const warmMs = 3_000;
const settleMs = 200;
const typedCharacters = 3;
const jumpLinesMin = 10;
const severalHunksMin = 3;

/** The probe's one missing line: where in `after`, and how much of it stands there already. */
interface Target {
  readonly line: number;
  readonly character: number;
  readonly expect: string;
  /** The hunk that wrote it, which no action touches. */
  readonly hunk: Hunk;
}

/** At most one probe an action, its line and hunk chosen by `random`; fewer where the change offers no such action. */
export function probesOf(change: FileChange, random: Random): readonly Trace[] {
  const hunks = lineDiff(change.before, change.after);
  const targets = hunks.flatMap(targetsOf);
  if (targets.length === 0) return [];
  return probeActions.flatMap((action) => {
    const candidates = targets.flatMap((target) => drafts(action, target, hunks, change.after));
    return candidates.length === 0 ? [] : [probe(change, action, random.pick(candidates))];
  });
}

function targetsOf(hunk: Hunk): readonly Target[] {
  return hunk.newLines.flatMap((line, index) => {
    const { indentation, content } = lineParts(line);
    return isWorthCompleting(line) ? [{ line: hunk.newStart + index, character: indentation.length, expect: content, hunk }] : [];
  });
}

/** What a probe of one action does beside its target; `undone` hunks stand as before until the action. */
interface Draft {
  readonly target: Target;
  readonly undone: readonly Hunk[];
  /** Where the first completion is asked, in `after`, for jumps. */
  readonly from: Place | undefined;
}

function drafts(action: ProbeAction, target: Target, hunks: readonly Hunk[], after: string): readonly Draft[] {
  const others = hunks.filter((hunk) => hunk !== target.hunk);
  const one = (kind: HunkKind, above: boolean): readonly Draft[] =>
    others
      .filter((hunk) => kindOf(hunk) === kind && hunk.newStart < target.line === above)
      .map((hunk) => ({ target, undone: [hunk], from: undefined }));
  switch (action) {
    case "typing":
      return [{ target, undone: [], from: undefined }];
    case "insert above":
      return one("insert", true);
    case "delete above":
      return one("delete", true);
    case "replace above":
      return one("replace", true);
    case "insert below":
      return one("insert", false);
    case "delete below":
      return one("delete", false);
    case "replace below":
      return one("replace", false);
    case "several places":
      return others.length < severalHunksMin ? [] : [{ target, undone: others, from: undefined }];
    case "jump up":
    case "jump down":
      return others
        .map((hunk) => endOfLine(splitLines(after), Math.max(0, hunk.newStart + hunk.newLines.length - 1)))
        .filter((from) => (action === "jump up" ? from.line - target.line : target.line - from.line) >= jumpLinesMin)
        .map((from) => ({ target, undone: [], from }));
  }
}

type HunkKind = "insert" | "delete" | "replace";

function kindOf(hunk: Hunk): HunkKind {
  if (hunk.oldLines.length === 0) return "insert";
  return hunk.newLines.length === 0 ? "delete" : "replace";
}

function endOfLine(lines: readonly string[], line: number): Place {
  const { indentation, content } = lineParts(lines[line] ?? "");
  return { line, character: indentation.length + content.length };
}

function probe(change: FileChange, action: ProbeAction, draft: Draft): Trace {
  const { target, undone, from } = draft;
  const lines = [...splitLines(change.after)];
  const targetParts = lineParts(at(lines, target.line));
  lines[target.line] = targetParts.indentation + targetParts.end;
  // From bottom to top, so that lines above keep their numbers while hunks are put back.
  for (const hunk of undone.toReversed()) lines.splice(hunk.newStart, hunk.newLines.length, ...hunk.oldLines);
  const place: Place = { line: target.line, character: target.character };
  const writer = new EventWriter();
  if (from !== undefined) writer.cursor(from).pause(settleMs).complete(from, "");
  else writer.complete({ ...place, line: place.line + grownAbove(undone, target.line) }, target.expect);
  writer.pause(warmMs);
  act(writer, action, draft, place);
  return {
    name: `${action}/${change.uri}`,
    header: { uri: change.uri, languageId: change.languageId, text: lines.join(""), action, extra: { source: change.source } },
    events: writer.events,
    lineNumbers: writer.events.map((_, index) => index + 2),
  };
}

function act(writer: EventWriter, action: ProbeAction, draft: Draft, place: Place): void {
  const { target, undone } = draft;
  if (action === "typing") {
    const typed = firstCharacters(target.expect, typedCharacters);
    const further = writer.type(place, typed);
    writer.pause(settleMs).complete(further, target.expect.slice(typed.length));
    return;
  }
  if (undone.length > 0) {
    // From top to bottom, each at its line in the text after; every range counts in the text that the one before left.
    writer.edit(...undone.map((hunk) => replacement({ line: hunk.newStart, character: 0 }, hunk, hunk.newLines.join(""))));
  } else writer.cursor(place);
  writer.pause(settleMs).complete(place, target.expect);
}

/** By how many lines a text with these hunks undone is longer above `line` of the text after. */
function grownAbove(undone: readonly Hunk[], line: number): number {
  return undone
    .filter((hunk) => hunk.newStart < line)
    .reduce((sum, hunk) => sum + hunk.oldLines.length - hunk.newLines.length, 0);
}

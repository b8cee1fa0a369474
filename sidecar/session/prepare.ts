// Owns what is written ahead while a suggestion is on screen: what would come behind it once it is accepted. Written in the
// scratch sequence, it leaves the document's cells as they are, so that accepting costs no more than before and dismissing nothing.
import { limits } from "../base/limits";
import type { TrimContext } from "../decode/trimSuggestion";
import { promptTokensMax } from "./bench";
import { write, type Written } from "./complete";
import type { CompleterParts } from "./completer";
import { inOrder, isUnvouched, monitorRecord } from "./nameMonitors";
import type { HeldCells, Session } from "./session";
import { showingOf, type ShowingRules } from "./showing";
import { surroundingsAt } from "./surroundings";

export function isUnprepared({ suggestion, attention, document }: Session): boolean {
  return attention !== undefined && suggestion.unprepared(attention, document.text) !== undefined;
}

/** Broken off, it leaves all to be done again. Throws what the engine or an invariant throws: the caller recovers. */
export function prepareNext(
  { bench, special, penalties, monitors, options }: CompleterParts, session: Session, held: HeldCells, interrupted: () => boolean,
): void {
  const { attention: shownAt, suggestion, document: { languageId } } = session;
  const accepted = shownAt === undefined ? undefined : suggestion.unprepared(shownAt, session.document.text);
  if (shownAt === undefined || accepted === undefined) return;
  const { prompt, text, cursor } = session.suppose(shownAt, accepted, special, promptTokensMax(bench));
  const sharedCount = Math.min(commonCount(held.ledger.tokens, prompt.tokens), prompt.tokens.length - 1);
  const wanted = prompt.tokens.length - sharedCount;
  const cellsNeeded = wanted + bench.completionTokensMax;
  const { engine } = bench;
  // Where the prompt's layout moves with the cursor, or another document would have to give way, it isn't worth it.
  const isNear = 0 <= sharedCount && wanted <= limits.preparedTokensMax;
  const room = isNear ? engine.reserve(engine.cellsUsed() + cellsNeeded) : 0;
  if (isNear) bench.shelf?.giveWay(cellsNeeded);
  if (room < engine.cellsUsed() + cellsNeeded) return suggestion.prepare("");
  const around = surroundingsAt({ text, languageId }, cursor, session.spansAround(shownAt)[0]);
  const context = { ...around, singleLine: around.singleLine || bench.tuning.singleLine };
  const penalty = bench.tuning.repetitionPenalty ? penalties?.penaltyBehind(languageId, context, prompt.healed) : undefined;
  const monitor = monitors?.monitorAt(session.document, shownAt, prompt.healed, accepted);
  try {
    const written = write(bench, held, prompt, context, () => (interrupted() ? "superseded" : undefined), inOrder(penalty, monitor), { sharedCount });
    const rules = { withholding: options.withholding ?? true, charactersMin: bench.tuning.charactersMin };
    const asMonitored = monitor === undefined ? undefined : { monitor: monitorRecord(monitor.tally) };
    if (written.interruption === undefined) suggestion.prepare(preparedText(written, context, rules), isUnvouched(asMonitored));
  } finally {
    if (monitor !== undefined) monitors?.ended(monitor);
    penalty?.close();
  }
}

/**
 * What closes what stands closed already can't wait: by then the editor may have put something else there. Whether it adds a
 * syntax error is asked once it is first served, in the text that is there then.
 */
function preparedText(written: Written, context: TrimContext, rules: Omit<ShowingRules, "errorsAdded">): string {
  const showing = showingOf(written, context, { ...rules, errorsAdded: () => undefined });
  return showing.kind === "shown" && showing.rest.replacedUtf16 === 0 ? showing.rest.text : "";
}

function commonCount(left: Int32Array, right: Int32Array): number {
  let count = 0;
  while (count < left.length && count < right.length && left[count] === right[count]) count += 1;
  return count;
}

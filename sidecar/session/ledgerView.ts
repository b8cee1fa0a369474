// Owns the reading view of a ledger: its runs with the text they hold. Knows no engine but its pieces.
import { at } from "../base/assert";
import { freshnessRuns, printLedger, type Ledger } from "../cache/ledger";
import type { LedgerRun, LedgerView } from "../protocol/data";
import type { Tokenizer } from "../tokens/tokenizer";
import type { PromptTokens } from "../prompt/layout";

export function ledgerView(uri: string, version: number, ledger: Ledger, tokenizer: Tokenizer, special: PromptTokens): LedgerView {
  const runs = freshnessRuns(ledger).map((run): LedgerRun => ({
    start: run.start,
    end: run.end,
    freshness: run.exact ? "exact" : "stale",
    edits: run.edits,
    shifts: run.shifts,
    text: spelled(ledger.tokens.subarray(run.start, run.end), tokenizer, special),
  }));
  return { uri, version, runs, text: printLedger(ledger) };
}

/** The text of tokens, sentinels by name. A character cut by a run's end shows as a replacement character. */
function spelled(tokens: Int32Array, tokenizer: Tokenizer, special: PromptTokens): string {
  const names = sentinelNames(special);
  const parts: Uint8Array[] = [];
  for (let i = 0; i < tokens.length; i += 1) {
    const token = at(tokens, i);
    const name = names.get(token);
    parts.push(name === undefined ? tokenizer.pieceOf(token) : Buffer.from(name));
  }
  return Buffer.concat(parts).toString("utf8");
}

function sentinelNames({ fim, begin }: PromptTokens): ReadonlyMap<number, string> {
  const names = new Map<number, string>();
  if (begin !== undefined) names.set(begin, "⟨begin⟩");
  if (fim === undefined) return names;
  names.set(fim.prefix, "⟨prefix⟩").set(fim.suffix, "⟨suffix⟩").set(fim.middle, "⟨middle⟩");
  if (fim.fileSeparator !== undefined) names.set(fim.fileSeparator, "⟨file⟩");
  return names;
}

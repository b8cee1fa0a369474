// Owns what is remembered of completions, and the statistics made of it. Pure bookkeeping.
import { limits } from "../base/limits";
import type { CompletionRecord, DocumentStatistics, ModelStatus, OutcomeKind, Statistics } from "../protocol/data";
import { addCounters, noCounters, quantile } from "./counters";
import type { Session } from "./session";

export class Records {
  private readonly recent: CompletionRecord[] = [];
  private readonly outcomes: Partial<Record<OutcomeKind, number>> = {};
  /** Counters of documents that were closed. */
  private past = noCounters;

  add(record: CompletionRecord): void {
    this.recent.push(record);
    if (limits.recentCompletionsMax < this.recent.length) this.recent.shift();
    this.outcomes[record.outcome.kind] = (this.outcomes[record.outcome.kind] ?? 0) + 1;
  }

  closed(session: Session): void {
    this.past = addCounters(this.past, session.counters);
  }

  statistics(model: ModelStatus, policy: string, sessions: Iterable<Session>): Omit<Statistics, "repetition"> {
    const documents = [...sessions].map(documentStatistics);
    const latencies = this.recent.filter((record) => 0 < record.tokensDecoded).map((record) => record.editToFirstTokenMs);
    return {
      model,
      policy,
      totals: documents.reduce((sum, document) => addCounters(sum, document.counters), this.past),
      documents,
      outcomes: { ...this.outcomes },
      editToFirstTokenMsMedian: quantile(latencies, 0.5),
      editToFirstTokenMsP95: quantile(latencies, 0.95),
      recent: [...this.recent],
    };
  }
}

function documentStatistics(session: Session): DocumentStatistics {
  const { ledger } = session;
  return {
    uri: session.document.uri,
    version: session.document.version,
    cells: ledger.tokens.length,
    cellsExact: ledger.exactEnd,
    cellsStale: ledger.tokens.length - ledger.exactEnd,
    counters: session.counters,
    rebuildReasons: { ...session.rebuildReasons },
    outcome: session.outcome,
  };
}

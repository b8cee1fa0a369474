// Owns the one place where a broken invariant or a failing engine stops: the cells are dropped, after an invariant all
// else that is derived from the text too, the failure is counted, and what was wanted is tried again where that makes
// sense. Anything else is a bug that nothing here can mend.
import { InvariantError } from "../base/invariants";
import { EngineError } from "../engine/engine";
import type { CellPool } from "./cellPool";
import { addCounters } from "./counters";
import type { Session } from "./session";

export type Recovered<Result> =
  | { readonly kind: "done"; readonly result: Result }
  | { readonly kind: "failed"; readonly message: string };

export class Recovery {
  constructor(private readonly pool: CellPool, private readonly sessions: () => Iterable<Session>) {}

  /** Runs `work` on cells that can be trusted, up to `triesMax` times. Failures are counted to `session`. */
  run<Result>(work: () => Result, session: Session | undefined, triesMax: number): Recovered<Result> {
    let message = "";
    for (let tries = 0; tries < triesMax; tries += 1) {
      try {
        this.pool.recover();
        return { kind: "done", result: work() };
      } catch (error) {
        if (!(error instanceof InvariantError) && !(error instanceof EngineError)) throw error;
        this.pool.distrust(this.sessions());
        // A failing engine says nothing of what stands outside of it; a broken invariant may.
        if (error instanceof InvariantError) session?.rebuild();
        if (session !== undefined) count(session, error);
        message = error.message;
      }
    }
    return { kind: "failed", message };
  }
}

function count(session: Session, error: InvariantError | EngineError): void {
  const reason = error instanceof InvariantError ? error.invariant : "engine";
  session.rebuildReasons[reason] = (session.rebuildReasons[reason] ?? 0) + 1;
  session.counters = addCounters(session.counters, { rebuilds: 1 });
}

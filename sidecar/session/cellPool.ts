// Owns which document has which sequence and whose cells go when they run short: whole documents, least recently used.
// Empties sequences, never edits a document's cells; applyPlan.ts does that.
import { limits } from "../base/limits";
import { invariant } from "../base/invariants";
import { emptyLedger } from "../cache/ledger";
import { Shelf } from "../cache/shelf";
import { sequenceId, toEnd, type Engine, type SequenceId } from "../engine/engine";
import { PrefixReuse } from "./prefixReuse";
import type { HeldCells, Session } from "./session";

export class CellPool {
  /** Kept runs wait here while gaps are encoded. */
  readonly park = sequenceId(0);
  /** Completions are decoded here. */
  readonly scratch = sequenceId(1);
  /** What was deleted waits here. */
  readonly shelf: Shelf;
  private readonly free: SequenceId[] = [];
  private uses = 0;
  /** True after a failure until the engine has been emptied. */
  private dirty = false;

  constructor(private readonly engine: Engine) {
    const { sequenceCount } = engine.capabilities;
    const documentsEnd = sequenceCount - limits.shelfRunsMax;
    for (let sequence = documentsEnd - 1; 2 <= sequence; sequence -= 1) this.free.push(sequenceId(sequence));
    invariant(0 < this.free.length, "contiguity", `${sequenceCount} sequences leave none for a document`);
    this.shelf = new Shelf(engine, Array.from({ length: limits.shelfRunsMax }, (_, index) => sequenceId(documentsEnd + index)));
  }

  /**
   * The session's cells, with room for its prompt to grow to `cellsNeeded`: the cache grows for it, and when it can't, others lose theirs.
   * Undefined where even an empty cache has not as much room, which is known from then on.
   */
  acquire(session: Session, cellsNeeded: number, sessions: Iterable<Session>): HeldCells | undefined {
    this.uses += 1;
    session.lastUse = this.uses;
    const others = [...sessions].filter((other) => other !== session && other.cells !== undefined).sort((a, b) => b.lastUse - a.lastUse);
    let held = others.reduce((sum, other) => sum + other.ledger.tokens.length, 0);
    const shelved = this.cellsShelvedBeside(session, cellsNeeded - limits.completionTokensMax);
    // Where the cache may grow, idle time and a completion have room beside the old cells.
    const mayHave = this.engine.reserve(cellsNeeded + held + shelved + limits.healTokensMax + limits.completionTokensMax) - cellsNeeded;
    if (mayHave < 0) return undefined;
    if (mayHave < held + shelved) this.shelf.clear();
    while (0 < others.length && (mayHave < held || (session.cells === undefined && this.free.length === 0))) {
      const oldest = others.pop();
      if (oldest === undefined) break;
      held -= oldest.ledger.tokens.length;
      this.release(oldest);
    }
    if (session.cells === undefined) {
      const sequence = this.free.pop();
      invariant(sequence !== undefined, "contiguity", "no sequence is free after every other document gave up its own");
      session.cells = { sequence, ledger: emptyLedger, prefixReuse: new PrefixReuse(), repairIsDue: false, jumpIsDue: false };
    }
    return session.cells;
  }

  /** Of what a document has grown by as much may come back from its own shelf. */
  private cellsShelvedBeside({ cells, ledger }: Session, promptTokens: number): number {
    const isOwn = cells !== undefined && 0 < this.shelf.runsOf(cells.sequence).length;
    const grown = isOwn ? Math.max(0, promptTokens - ledger.tokens.length) : 0;
    return Math.max(0, this.shelf.cellCount - grown);
  }

  /** Drops the session's cells and gives its sequence back; the number of cells dropped. */
  release(session: Session): number {
    const held = session.cells;
    if (held === undefined) return 0;
    const dropped = held.ledger.tokens.length;
    session.cells = undefined;
    this.free.push(held.sequence);
    this.engine.remove(held.sequence, toEnd(0));
    this.shelf.release(held.sequence);
    return dropped;
  }

  /** After a failure nothing is known of any cell: the next `recover` empties the engine. */
  distrust(sessions: Iterable<Session>): void {
    this.dirty = true;
    this.shelf.forget();
    for (const session of sessions) {
      if (session.cells !== undefined) this.free.push(session.cells.sequence);
      session.cells = undefined;
    }
  }

  /** Empties the engine where it is distrusted. @throws EngineError when it still fails. */
  recover(): void {
    if (!this.dirty) return;
    for (let sequence = 0; sequence < this.engine.capabilities.sequenceCount; sequence += 1) {
      this.engine.remove(sequenceId(sequence), toEnd(0));
    }
    invariant(this.engine.cellsUsed() === 0, "mirror", `${this.engine.cellsUsed()} cells are left in an emptied engine`);
    this.dirty = false;
  }
}

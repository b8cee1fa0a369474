// Which document has which sequence, and whose cells go when they run short: a table of uses, and what is left after them.
// `a5` has document a hold 5 cells; `-a` takes its cells away. Documents are printed as they are held: `a5@3` in sequence 3.
import { equal, ok, throws } from "node:assert/strict";
import { test } from "node:test";
import { limits } from "../../../sidecar/base/limits";
import { applyPlan } from "../../../sidecar/cache/applyPlan";
import { plan } from "../../../sidecar/cache/plan";
import { EngineError } from "../../../sidecar/engine/engine";
import { CellPool } from "../../../sidecar/session/cellPool";
import { Session } from "../../../sidecar/session/session";
import { freeRules } from "../../support/checkPatch";
import { FakeEngine } from "../../support/fakeEngine";

class Documents {
  readonly engine: FakeEngine;
  readonly pool: CellPool;
  private readonly sessions = new Map<string, Session>();

  constructor(contextLength: number, sequenceCount: number, contextLengthStart?: number) {
    this.engine = new FakeEngine({ capabilities: { contextLength, sequenceCount }, ...(contextLengthStart === undefined ? {} : { contextLengthStart }) });
    this.pool = new CellPool(this.engine);
  }

  get all(): readonly Session[] {
    return [...this.sessions.values()];
  }

  session(uri: string): Session {
    const known = this.sessions.get(uri);
    if (known !== undefined) return known;
    const open = { uri, languageId: "typescript", version: 1, text: "", atMs: 0 };
    const made = new Session(open, { encoding: "utf-16", tokenizer: this.engine, rule: "anyLine", grammars: () => undefined, layout: { kind: "prefixFirst" } });
    this.sessions.set(uri, made);
    return made;
  }

  use(uri: string, count: number): void {
    const held = this.pool.acquire(this.session(uri), count, this.all);
    ok(held !== undefined, "there is room");
    const tokens = new Int32Array(count).fill(50);
    const target = { engine: this.engine, sequence: held.sequence, park: this.pool.park };
    held.ledger = applyPlan(target, held.ledger, plan(held.ledger, tokens, freeRules), tokens, () => false).ledger;
  }

  print(): string {
    const printed = this.all.flatMap(({ cells, document }) => (cells === undefined ? [] : [`${document.uri}${cells.ledger.tokens.length}@${cells.sequence}`]));
    const cellsHeld = this.all.reduce((sum, session) => sum + session.ledger.tokens.length, 0);
    equal(this.engine.cellsUsed(), cellsHeld, "no cell is left behind");
    return printed.join(" ");
  }
}

test("where the cache may grow there is room for a batch beside what is needed", () => {
  for (let needed = 100; needed < 3_000; needed += 100) {
    const documents = new Documents(4_096, 9, 256);
    documents.use("a", needed);
    ok(limits.healTokensMax <= documents.engine.reserve(0) - documents.engine.cellsUsed(), `${documents.engine.reserve(0)} cells for ${needed}`);
  }
});

/** Three sequences from 2 on are documents', and there is room for 20 cells. */
function checkUses(name: string, uses: string, expected: string): void {
  test(name, () => {
    const documents = new Documents(20, 9);
    for (const use of uses.split(" ")) {
      if (use.startsWith("-")) documents.pool.release(documents.session(use.slice(1)));
      else documents.use(use.charAt(0), Number(use.slice(1)));
    }
    equal(documents.print(), expected);
  });
}

checkUses("documents stand side by side while there is room", "a5 b6 c7", "a5@2 b6@3 c7@4");
checkUses("a document keeps its sequence", "a5 b6 a7", "a7@2 b6@3");
checkUses("the one used longest ago gives way, whole", "a5 b6 c7 b9", "b9@3 c7@4");
checkUses("a use makes young", "a5 b6 a5 c10", "a5@2 c10@3");
checkUses("no more give way than must", "a5 b5 c5 a10", "a10@2 b5@3 c5@4");
checkUses("as many as must give way", "a5 b6 c20", "c20@3");
checkUses("with no sequence left one gives way", "a1 b1 c1 d1", "b1@3 c1@4 d1@2");
checkUses("a document without cells frees nothing and stays", "a5 -a b5 c5 d10", "b5@2 c5@3 d10@4");
checkUses("what was given back is used again", "a5 b5 -a c5", "b5@3 c5@2");
checkUses("its own cells don't count against a document", "a20 a20", "a20@2");
checkUses("a document may shrink", "a20 a3 b10", "a3@2 b10@3");

test("without a sequence for documents there is no pool", () => {
  throws(() => new CellPool(new FakeEngine({ capabilities: { sequenceCount: 6 } })), /contiguity/);
});

test("after a failure nothing is believed, and the engine is emptied once it works again", () => {
  const documents = new Documents(20, 9);
  documents.use("a", 5);
  documents.use("b", 6);
  documents.pool.distrust(documents.all);
  equal(documents.all.some((session) => session.cells !== undefined), false);
  const remove = documents.engine.remove.bind(documents.engine);
  documents.engine.remove = () => {
    throw new EngineError("remove: not yet");
  };
  throws(() => documents.pool.recover(), /not yet/);
  equal(documents.engine.cellsUsed(), 11);
  documents.engine.remove = remove;
  documents.pool.recover();
  equal(documents.engine.cellsUsed(), 0);
  for (const uri of ["c", "a", "b"]) documents.use(uri, 4);
  equal(documents.all.every((session) => session.cells !== undefined), true);
});

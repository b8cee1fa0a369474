// Owns the from-scratch oracle of the fake engine: what each cell's value is when its prompt is encoded cold.
import { cellPosition, sequenceId, type SequenceId } from "../../sidecar/engine/engine";
import type { Ledger } from "../../sidecar/cache/ledger";
import { FakeEngine } from "./fakeEngine";
import type { FakeTokenizer } from "./fakeTokenizer";

/** A fake engine of the same kind that holds `tokens` in sequence 2, encoded at once. */
export function scratchEngine(tokens: Int32Array, tokenizer: FakeTokenizer, layers: 1 | "many"): FakeEngine {
  const engine = new FakeEngine({ tokenizer, layers, capabilities: { batchTokensMax: Math.max(1, tokens.length), contextLength: tokens.length + 1 } });
  if (0 < tokens.length) engine.decode(sequenceId(2), cellPosition(0), tokens, "last");
  return engine;
}

/** Mirror row by row, and Honesty: whatever differs from scratch lies beyond `exactEnd`. @throws Error naming the cell. */
export function checkHonesty(engine: FakeEngine, sequence: SequenceId, ledger: Ledger, layers: 1 | "many"): void {
  const held = engine.cellsOf(sequence);
  const cold = scratchEngine(ledger.tokens, engine.tokenizer, layers).cellsOf(sequenceId(2));
  if (held.length !== ledger.tokens.length) throw new Error(`mirror: ${held.length} cells, ${ledger.tokens.length} rows`);
  held.forEach((cell, index) => {
    const scratch = cold[index];
    if (cell.position !== index) throw new Error(`mirror: cell ${index} stands at ${cell.position}`);
    if (cell.token !== ledger.tokens[index]) throw new Error(`mirror: cell ${index} holds ${cell.token}, the ledger says ${ledger.tokens[index]}`);
    if (index < ledger.exactEnd && (cell.value.a !== scratch?.value.a || cell.value.b !== scratch.value.b)) {
      throw new Error(`honesty: cell ${index} differs from scratch, the ledger claims exactness up to ${ledger.exactEnd}`);
    }
  });
}

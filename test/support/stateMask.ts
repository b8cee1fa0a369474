// Owns processors for laws about decoding, whose masks are a function of all that was accepted, as a monitor's are.
import type { OtherWork } from "../../sidecar/decode/otherWork";
import type { LogitProcessor } from "../../sidecar/decode/processor";
import { chain, type Hash } from "./hash";

/** Of the tokens one in `oneIn` is forbidden at each choice. */
export class StateMask implements LogitProcessor {
  private readonly states: Hash[] = [{ a: 7, b: 7 }];

  constructor(private readonly oneIn: number, private readonly alphabet: readonly number[]) {}

  lower(logits: Float32Array): boolean {
    for (const token of this.alphabet) if ((chain(token, this.state).a >>> 0) % this.oneIn === 0) logits[token] = -Infinity;
    return true;
  }

  accept(token: number): void {
    this.states.push(chain(token, this.state));
  }

  rollBack(count: number): void {
    this.states.length -= count;
  }

  protected get state(): Hash {
    return this.states.at(-1) ?? { a: 0, b: 0 };
  }
}

/** Waits before some of its choices for as long as so many bits of work take, up to `waitsMax`. */
export class WaitingMask extends StateMask {
  /** Bits of work that there were. */
  worked = 0;

  constructor(oneIn: number, alphabet: readonly number[], private readonly waitsMax: number) {
    super(oneIn, alphabet);
  }

  override lower(logits: Float32Array, work?: OtherWork): boolean {
    const waits = (this.state.b >>> 0) % (this.waitsMax + 1);
    this.wait(work, waits);
    const acted = super.lower(logits);
    // As for the next question of the same choice, behind what the answer to the first has ruled out.
    this.wait(work, waits % 3);
    return acted;
  }

  private wait(work: OtherWork | undefined, bits: number): void {
    for (let count = 0; count < bits && work?.doSome() === true; count += 1) this.worked += 1;
  }
}

// Owns how a random law is run: one seed a case, and a failure that can be pasted into a test. Knows no domain.
import { test } from "node:test";
import { Random } from "../../sidecar/base/random";

export interface Law<Case> {
  readonly name: string;
  /** How many seeds are tried, from 1 on; the environment's LAW_CASES overrides it. */
  readonly cases: number;
  readonly make: (random: Random) => Case;
  /** The case as code or notation that a test can take. */
  readonly print: (sample: Case) => string;
  /** Throws where the law doesn't hold. */
  readonly check: (sample: Case) => void;
}

/** Runs a law once with `seed`. @throws Error that holds the seed, the printed case and what went wrong. */
export function tryLaw<Case>(law: Law<Case>, seed: number): void {
  const sample = law.make(new Random(seed));
  try {
    law.check(sample);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`${law.name}\nseed ${seed}: ${law.print(sample)}\n${reason}`, { cause: error });
  }
}

export function checkLaw<Case>(law: Law<Case>): void {
  const cases = Number(process.env["LAW_CASES"] ?? law.cases);
  test(`${law.name} (${cases} cases)`, () => {
    for (let seed = 1; seed <= cases; seed += 1) tryLaw(law, seed);
  });
}

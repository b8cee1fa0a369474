// Owns how the code says that something can't be: assertions, exhaustive switches and the verify switch.
// Knows nothing of the domain; the ten invariants are functions elsewhere that end here.

/** The names of the ten invariants, as ARCHITECTURE.md lists them. */
export type InvariantName =
  | "spelling" | "mirror" | "chain" | "frame" | "partition"
  | "contiguity" | "honesty" | "traceless" | "choice" | "promptness";

/** A broken invariant: a bug of ours, never a user's mistake. Caught at the session boundary only. */
export class InvariantError extends Error {
  constructor(readonly invariant: InvariantName, detail: string) {
    super(`${invariant}: ${detail}`);
    this.name = "InvariantError";
  }
}

/** Throws an InvariantError unless `condition` holds. `detail` carries both numbers. */
export function invariant(condition: boolean, name: InvariantName, detail: string | (() => string)): asserts condition {
  if (!condition) throw new InvariantError(name, typeof detail === "string" ? detail : detail());
}

/** A precondition of a function was not met by its caller. */
export function assert(condition: boolean, detail: string): asserts condition {
  if (!condition) throw new Error(`assertion failed: ${detail}`);
}

/** Ends an exhaustive switch. */
export function unreachable(value: never): never {
  throw new Error(`unreachable: ${JSON.stringify(value)}`);
}

/** The element at `index`, which the caller knows to exist; throws a RangeError otherwise. */
export function at<T>(values: ArrayLike<T>, index: number): T {
  const value = values[index];
  if (value === undefined) throw new RangeError(`index ${index} is outside 0..${values.length}`);
  return value;
}

let verifying = false;

/** Switches the O(n) walks of the invariants on: tests, harness and `--verify`. */
export function setVerify(on: boolean): void {
  verifying = on;
}

export function isVerifying(): boolean {
  return verifying;
}

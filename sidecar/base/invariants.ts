// Owns the ten invariants by name, what a broken one throws, and the switch for those that walk over everything.
// Knows nothing of the domain: what each says is asserted where it can be broken; ARCHITECTURE.md has the table.

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

let verifying = false;

/** Switches the O(n) walks of the invariants on: tests, harness and `--verify`. */
export function setVerify(on: boolean): void {
  verifying = on;
}

export function isVerifying(): boolean {
  return verifying;
}

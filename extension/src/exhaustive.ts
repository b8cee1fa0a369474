// Owns the end of an exhaustive switch.

/** Compiles only where every case has been dealt with. */
export function unreachable(value: never): never {
  throw new Error(`unreachable: ${JSON.stringify(value)}`);
}

// Owns how the code says that something can't be: assertions, exhaustive switches, elements that are known to exist.
// Knows nothing of the domain; the ten invariants are in invariants.ts.

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

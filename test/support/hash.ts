// Owns the hash of the fake engine: two lanes of 32 bits, cheap, and folded by addition so that a fold can be taken back.

export interface Hash {
  readonly a: number;
  readonly b: number;
}

function mix(x: number): number {
  let h = x | 0;
  h = Math.imul(h ^ (h >>> 16), 0x7feb352d);
  h = Math.imul(h ^ (h >>> 15), 0x846ca68b);
  return h ^ (h >>> 16);
}

/** A hash of a number and a hash. */
export function chain(x: number, { a, b }: Hash): Hash {
  const lane = mix(x + 0x9e3779b9);
  return { a: mix(lane ^ mix(a + 0x85ebca6b)) ^ mix(b), b: mix((lane + 0xc2b2ae35) ^ mix(b + 0x27d4eb2f)) ^ mix(a + 1) };
}

/** What one attended cell adds to a fold. The fold is a sum: the order of cells in memory does not matter, as in attention. */
export function foldTerm(value: Hash, position: number): Hash {
  return chain(position, value);
}

export const addHash = (x: Hash, y: Hash): Hash => ({ a: (x.a + y.a) | 0, b: (x.b + y.b) | 0 });
export const subtractHash = (x: Hash, y: Hash): Hash => ({ a: (x.a - y.a) | 0, b: (x.b - y.b) | 0 });

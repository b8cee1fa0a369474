// Owns how long a cache is made for the cells that are needed. Pure; knows no engine and no memory.

/** llama.cpp rounds a length up to a multiple of this. */
const stepCells = 256;
/** Room for what comes next, as a share of the cells: a rotation touches all cells that there is room for, and growing copies those that are there. */
const headroomShare = 1 / 4;

/** Cells to make room for where `cellCount` are needed, `contextLength` at most. */
export function cacheLengthFor(cellCount: number, contextLength: number): number {
  const headroom = Math.max(stepCells, Math.ceil(headroomShare * cellCount));
  return Math.min(contextLength, roundedUp(cellCount + headroom));
}

/** What is tried where there is no memory for `length`: half as much more than is `held`; `held` where that is too little to matter. */
export function shorterLength(length: number, held: number): number {
  const shorter = Math.ceil(held + (length - held) / 2);
  return length - shorter < growthCellsMin ? held : shorter;
}

/** Less than this isn't worth copying all cells for. */
const growthCellsMin = 16;

function roundedUp(cellCount: number): number {
  return stepCells * Math.ceil(cellCount / stepCells);
}

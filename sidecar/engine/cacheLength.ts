// Owns how long a cache is made for the cells that are needed. Pure; knows no engine and no memory.

/** llama.cpp rounds a length up to a multiple of this. */
const llamaStepCells = 256;
/** Room for what comes next, as a share of the cells: a rotation touches all cells that there is room for, and growing copies those that are there. */
const headroomShare = 1 / 4;

/**
 * Lengths to make a cache with room for `held` cells, where `cellCount` are needed and it may have `contextLength`: the first that
 * there is memory for. With room for what comes next, then for what is needed, then for a half of what is lacking, a quarter and so on.
 */
export function lengthsToTry(cellCount: number, contextLength: number, held: number, stepCells = llamaStepCells): readonly number[] {
  const bounded = (count: number): number => Math.min(contextLength, stepCells * Math.ceil(count / stepCells));
  const needed = bounded(cellCount);
  const lengths = [bounded(cellCount + Math.max(stepCells, Math.ceil(headroomShare * cellCount))), needed];
  for (let more = (needed - held) / 2; stepCells <= more; more /= 2) lengths.push(held + stepCells * Math.floor(more / stepCells));
  return lengths.filter((length, index) => held < length && lengths.indexOf(length) === index);
}

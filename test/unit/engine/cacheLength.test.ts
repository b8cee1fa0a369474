// How long a cache is made: a quarter more than is needed, in whole steps, and what is tried where there is no memory for that.
import { deepEqual } from "node:assert/strict";
import { test } from "node:test";
import { cacheLengthFor, shorterLength } from "../../../sidecar/engine/cacheLength";

function checkLength(cellCount: number, contextLength: number, expected: number): void {
  test(`for ${cellCount} cells of at most ${contextLength} there is room for ${expected}`, () => {
    deepEqual(cacheLengthFor(cellCount, contextLength), expected);
  });
}

checkLength(1, 8_192, 512);
checkLength(256, 8_192, 512);
checkLength(1_025, 8_192, 1_536);
checkLength(4_200, 8_192, 5_376);
checkLength(8_000, 8_192, 8_192);
checkLength(100, 300, 300);

test("without memory for it half as much more is tried, until it is too little to matter", () => {
  const tried: number[] = [];
  for (let length = 1_024; 256 < length; length = shorterLength(length, 256)) tried.push(length);
  deepEqual(tried, [1_024, 640, 448, 352, 304, 280]);
});

// How long a cache is made: a quarter more than is needed, in whole steps, and what is tried where there is no memory for that.
import { deepEqual } from "node:assert/strict";
import { test } from "node:test";
import { lengthsToTry } from "../../../sidecar/engine/cacheLength";

function checkLengths(cells: { readonly needed: number; readonly most: number; readonly held: number }, expected: readonly number[]): void {
  const { needed, most, held } = cells;
  test(`${held} cells, ${needed} are needed, ${most} may be: ${expected.join(" ")}`, () => deepEqual(lengthsToTry(needed, most, held), expected));
}

checkLengths({ needed: 257, most: 8_192, held: 256 }, [768, 512]);
checkLengths({ needed: 4_200, most: 8_192, held: 4_096 }, [5_376, 4_352]);
checkLengths({ needed: 8_000, most: 8_192, held: 2_048 }, [8_192, 5_120, 3_584, 2_816, 2_304]);
checkLengths({ needed: 9_000, most: 8_192, held: 7_424 }, [8_192, 7_680]);
checkLengths({ needed: 290, most: 300, held: 256 }, [300]);
checkLengths({ needed: 256, most: 8_192, held: 512 }, []);

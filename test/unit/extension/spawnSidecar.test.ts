// Owns the test of how the sidecar's process is made: this Node, with the flags that keep its LSP thread small.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { text } from "node:stream/consumers";
import { spawnSidecar } from "../../../extension/src/spawnSidecar";

/** Keeps what it makes for a while, so that the space for young objects grows as far as it may, and tells how far that was. */
const program = `
  const { getHeapSpaceStatistics } = require("node:v8");
  const kept = [];
  let most = 0;
  for (let made = 0; made < 2_000_000; made += 1) {
    kept[made % 100_000] = { made };
    if (made % 10_000 === 0) most = Math.max(most, getHeapSpaceStatistics().find((space) => space.space_name === "new_space").space_size);
  }
  console.log(JSON.stringify({ most, args: process.argv.slice(2) }));
`;

test("the sidecar's program gets its flags, and the space for its young objects stays small", async () => {
  const folder = mkdtempSync(join(tmpdir(), "palimpsest-spawn-"));
  try {
    const script = join(folder, "program.js");
    writeFileSync(script, program);
    const { stdout } = spawnSidecar(script, ["--stdio", "--trust-workspace"]);
    assert.ok(stdout !== null);
    const { most, args } = JSON.parse(await text(stdout)) as { readonly most: number; readonly args: readonly string[] };
    assert.deepEqual(args, ["--stdio", "--trust-workspace"]);
    // Two halves of 2 MB each; 33 MB without the flag.
    assert.ok(most <= 4_500_000, `${most} bytes`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

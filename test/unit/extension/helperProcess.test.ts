// What a program of ours is told, and where: what must stay secret is a line that it reads, not one of its arguments.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { runHelper } from "../../../extension/src/models/helperProcess";

const echo = `
const lines = require("node:readline").createInterface({ input: process.stdin });
lines.once("line", (line) => (console.log(JSON.stringify({ args: process.argv.slice(2), line })), process.exit()));
`;

test("the first line is read, stands in no argument, and may be empty", async () => {
  const folder = mkdtempSync(join(tmpdir(), "palimpsest-helper-"));
  try {
    const script = join(folder, "echo.cjs");
    writeFileSync(script, echo);
    for (const line of ["http://me:password@proxy", ""]) {
      const heard: unknown[] = [];
      const { ended } = runHelper(script, ["task"], (said) => heard.push(JSON.parse(said)), line);
      assert.deepEqual(await ended, { ok: true, lastWords: "" });
      assert.deepEqual(heard, [{ args: ["task"], line }]);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

// What names the rules of decoding: their sources, wherever they lie.
import { equal, notEqual, throws } from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { decodingIdentity } from "../../../harness/evaluate/identity";
import { UsageError } from "../../../harness/usageError";

function checkIn(name: string, check: (root: string) => void): void {
  test(name, () => {
    const root = mkdtempSync(join(tmpdir(), "palimpsest-identity-"));
    try {
      check(root);
    } finally {
      rmSync(root, { recursive: true, force: true });
    }
  });
}

function writeSources(root: string, stop: string): void {
  for (const folder of ["sidecar/decode/show", "grammars"]) mkdirSync(join(root, folder), { recursive: true });
  writeFileSync(join(root, "sidecar/decode/show/stop.ts"), stop);
  writeFileSync(join(root, "grammars/grammars.ts"), "");
}

checkIn("a rule that changes changes the name, back again it has its own", (root) => {
  writeSources(root, "one");
  const one = decodingIdentity(root);
  writeSources(root, "another");
  notEqual(decodingIdentity(root), one);
  writeSources(root, "one");
  equal(decodingIdentity(root), one);
});

checkIn("a program without its sources is told what it lacks", (root) => {
  mkdirSync(join(root, "grammars"));
  throws(() => decodingIdentity(root), (error) => error instanceof UsageError && error.message.includes(join(root, "sidecar/decode")));
});

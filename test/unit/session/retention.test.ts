// A document of a megabyte that is edited line by line keeps one version of itself, not a version for each edited line.
import { ok } from "node:assert/strict";
import { test } from "node:test";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { sessionsOn } from "../../support/editingSession";
import { FakeEngine } from "../../support/fakeEngine";

const lineCount = 20_000;
const editCount = 150;
const uri = "file:///long.ts";

/** Collects, and gives the bytes that are still held. */
function heldBytes(): number {
  setFlagsFromString("--expose-gc");
  // The function appears in contexts made after the flag was set.
  (runInNewContext("gc") as () => void)();
  return process.memoryUsage().heapUsed;
}

test("edits of a long document keep no older version of it alive", () => {
  const sessions = sessionsOn(new FakeEngine(), "patch");
  const text = Array.from({ length: lineCount }, (_, line) => `const nameOfThing${line} = valueOfThing(${line});\n`).join("");
  sessions.apply({ kind: "open", uri, languageId: "typescript", version: 1, text, atMs: 0 });
  const before = heldBytes();
  for (let edit = 1; edit <= editCount; edit += 1) {
    const place = { line: edit * 100, character: 6 };
    sessions.apply({ kind: "change", uri, version: 1 + edit, changes: [{ range: { start: place, end: place }, text: `changedName${edit}` }], atMs: 0 });
  }
  const grown = heldBytes() - before;
  // One version is a megabyte in memory, and a copy or two may be under way.
  ok(grown < 10 * text.length, `${Math.round(grown / 1e6)} MB more after ${editCount} edits of ${Math.round(text.length / 1e6)} MB`);
  ok(sessions.sessionOf(uri)?.document.version === 1 + editCount);
});

// Owns snapshots: the text that a test expects, in a file beside the test. UPDATE_EXPECT=1 rewrites what differs.
// A file holds several snapshots, each under a line `=== title`. Knows nothing of what the text means.
import assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const heading = "=== ";

/** `file` is relative to the project's root, such as `test/unit/text/lines.snap`. */
export function expectSnapshot(file: string, title: string, actual: string): void {
  const path = join(process.cwd(), file);
  assert.ok(!`\n${actual}`.includes(`\n${heading}`), `a line of the snapshot begins with ${JSON.stringify(heading)}`);
  const snapshots = parseSnapshots(existsSync(path) ? readFileSync(path, "utf8") : "");
  const expected = snapshots.get(title);
  if (expected === actual) return;
  if (process.env["UPDATE_EXPECT"] === "1") {
    snapshots.set(title, actual);
    writeFileSync(path, printSnapshots(snapshots));
    return;
  }
  assert.ok(expected !== undefined, `${file} has no snapshot ${JSON.stringify(title)}: run again with UPDATE_EXPECT=1`);
  assert.equal(actual, expected, `${file}: ${title}`);
}

export function parseSnapshots(content: string): Map<string, string> {
  const snapshots = new Map<string, string>();
  for (const part of `\n${content}`.split(`\n${heading}`).slice(1)) {
    const end = part.indexOf("\n");
    assert.ok(0 < end, "a snapshot has a title");
    snapshots.set(part.slice(0, end), part.slice(end + 1));
  }
  return snapshots;
}

/** Inverse of `parseSnapshots`, sorted by title so that the order of tests leaves no trace. */
export function printSnapshots(snapshots: ReadonlyMap<string, string>): string {
  const titles = [...snapshots.keys()].sort();
  return titles.map((title) => `${heading}${title}\n${snapshots.get(title) ?? ""}`).join("\n");
}

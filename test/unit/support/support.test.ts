// Checks what the tests themselves rest on: marked text, snapshots, random edits and the machinery of laws.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Random } from "../../../sidecar/base/random";
import { utf16 } from "../../../sidecar/text/frames";
import { editing, nextEdit } from "../../support/edits";
import { expectSnapshot, parseSnapshots, printSnapshots } from "../../support/expect";
import { tryLaw } from "../../support/law";
import { parseMarked, printMarked } from "../../support/marked";

test("marked text gives both texts and the cursor in the new one", () => {
  const { before, after, cursor } = parseMarked("f(a[-, b-]{+.y.z+})$0;");
  assert.deepEqual([before, after, cursor], ["f(a, b);", "f(a.y.z);", 8]);
  assert.equal(printMarked(before, parseMarked("f(a[-, b-]{+.y.z+});").delta, utf16(8)), "f(a[-, b-]{+.y.z+})$0;");
});

for (const marked of ["a[-b", "a{+b", "[-a+}", "$0a$0", "a[-$0-]", "{+$0+}$0"]) {
  test(`no marked text: ${marked}`, () => assert.throws(() => parseMarked(marked), /assertion failed/));
}

test("snapshots are printed sorted and read back", () => {
  const snapshots = new Map([["b", "two\nlines\n"], ["a", ""]]);
  assert.equal(printSnapshots(snapshots), "=== a\n\n=== b\ntwo\nlines\n");
  assert.deepEqual(parseSnapshots(printSnapshots(snapshots)), new Map([["a", ""], ["b", "two\nlines\n"]]));
});

test("a law that doesn't hold fails with its seed and its case", () => {
  const law = {
    name: "canary",
    cases: 1,
    make: (random: Random): number => random.below(10),
    print: (sample: number): string => `check(${sample})`,
    check: (sample: number): void => assert.ok(sample < 0, "as it must"),
  };
  assert.throws(() => tryLaw(law, 5), /canary\nseed 5: check\(\d\)\nas it must/);
});

test("random edits have a human shape", () => {
  const random = new Random(7);
  let now = editing("let a = 1;\r\nlet b = 2;\n");
  const counts: Record<string, number> = {};
  for (let step = 0; step < 2_000; step += 1) {
    const edit = nextEdit(random, now);
    now = now.text.length < 2_000 ? edit.after : editing("let a = 1;\r\nlet b = 2;\n");
    counts[edit.kind] = (counts[edit.kind] ?? 0) + 1;
  }
  const share = (kind: string): number => (counts[kind] ?? 0) / 2_000;
  const isHuman = 0.4 < share("type") && 0.15 < share("deleteBackwards") && share("replace") < 0.08 && 0.02 < share("undo");
  assert.ok(isHuman, JSON.stringify(counts));
});

test("the first edits of a seed, to look at", () => {
  const random = new Random(3);
  let now = editing("let a = 1;\n");
  const printed: string[] = [];
  for (let step = 0; step < 16; step += 1) {
    const { kind, delta, after } = nextEdit(random, now);
    printed.push(`${kind}: ${JSON.stringify(printMarked(now.text, delta))}`);
    now = after;
  }
  expectSnapshot("test/unit/support/support.snap", "edits of seed 3", `${printed.join("\n")}\n`);
});

// The map of a document: which of its lines the cells hold. A case is a document with a mark before each line, `=` exact,
// `~` stale, `-` absent, and the ledger's text in the order of the prompt, runs of exact and stale cells taking turns.
import assert from "node:assert/strict";
import { test } from "node:test";
import { documentMap } from "../../../extension/src/page/documentMap";
import type { LedgerRun } from "../../../sidecar/protocol/data";
import { Random } from "../../../sidecar/base/random";

/** `exact|stale|exact…` */
function runsOf(ledger: string): readonly LedgerRun[] {
  return ledger.split("|").map((text, index) => ({
    start: index, end: index + 1, freshness: index % 2 === 0 ? "exact" : "stale", edits: index % 2, shifts: 0, text,
  }));
}

function marked(text: string, ledger: string): string {
  const marks = { exact: "=", stale: "~", absent: "-" } as const;
  const lines = text.split("\n");
  return documentMap(text, runsOf(ledger))
    .flatMap(({ startLine, endLine, state }) => lines.slice(startLine, endLine).map((line) => marks[state] + line))
    .join("\n");
}

function checkMap(name: string, expected: readonly string[], ledger: string): void {
  test(`document map: ${name}`, () => {
    const text = expected.map((line) => line.slice(1)).join("\n");
    assert.equal(marked(text, ledger), expected.join("\n"));
  });
}

const frame = "⟨file⟩src/a.ts\n⟨prefix⟩";

checkMap("nothing is held", ["-let a;", "-let b;"], "");
checkMap("all of it, the cursor at its end", ["=let a;", "=let b;", "="], `${frame}let a;\nlet b;\n⟨suffix⟩⟨middle⟩`);
checkMap("the middle stands last in the prompt and between in the document", ["=one", "=two", "=three", "=four"], `${frame}one\n⟨suffix⟩\nfour⟨middle⟩two\nthree`);
checkMap("the line of the cursor lacks the token that is healed", ["=one", "=const x = 1;", "=four"], `${frame}one\n⟨suffix⟩;\nfour⟨middle⟩const x`);
checkMap("a line deleted where the cursor was", ["=one", "=two", "=four"], `${frame}one\ntwo\n⟨suffix⟩\nfour⟨middle⟩`);
checkMap("the cursor's line is in the middle of other changes", ["=one", "-const x = 1;", "-more", "=four"], `${frame}one\n⟨suffix⟩;\nfour⟨middle⟩const x`);
checkMap("the cursor in the first line, before which nothing stands", ["=// a line", "=two"], `${frame}⟨suffix⟩ne\ntwo⟨middle⟩// a`);
checkMap("stale cells after an edit", ["=one", "=two", "~three", "~four"], `${frame}one\ntwo\n|⟨suffix⟩\nfour⟨middle⟩three`);
checkMap("a line with one stale cell is stale", ["=one", "~two", "=", "=four"], `${frame}one\ntw|o|\n⟨suffix⟩\nfour⟨middle⟩`);
checkMap("lines typed since are absent", ["=one", "-new", "-}", "-", "=two", "=}", "=", "=four"], `${frame}one\ntwo\n}\n\nfour⟨suffix⟩⟨middle⟩`);
checkMap("lines deleted since leave no mark", ["=one", "=four"], `${frame}one\ntwo\n}\n\nfour⟨suffix⟩⟨middle⟩`);
checkMap("a changed line", ["=one", "-TWO", "=three"], `${frame}one\ntwo\nthree⟨suffix⟩⟨middle⟩`);
checkMap("a window over a long document, with landmarks", ["=import x", "-a", "-b", "=c", "=d", "-e"], `${frame}import x\nc\nd⟨suffix⟩⟨middle⟩`);

test("document map: covers every line once, whatever the ledger", () => {
  const random = new Random(7);
  const some = (count: number): string => Array.from({ length: count }, () => random.pick(["a", "b", "}", "", "c"])).join("\n");
  for (let round = 0; round < 200; round += 1) {
    const text = some(random.below(30));
    const map = documentMap(text, runsOf(`${frame}${some(random.below(30))}|${some(3)}⟨suffix⟩${some(random.below(9))}⟨middle⟩`));
    let line = 0;
    for (const run of map) {
      assert.equal(run.startLine, line);
      assert.ok(run.startLine < run.endLine);
      line = run.endLine;
    }
    assert.equal(line, text.split("\n").length);
  }
});

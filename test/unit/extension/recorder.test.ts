// The recorder of edit traces: what it writes is what the harness reads, and what is expected is what came to be written.
import assert from "node:assert/strict";
import { test } from "node:test";
import { limits } from "../../../extension/src/limits";
import { TraceRecorder, type TraceChange } from "../../../extension/src/trace/recorder";
import { WrittenPlace } from "../../../extension/src/trace/writtenPlace";
import { parseTrace } from "../../harness/trace";

/** One change of a text of one line. */
function change(startUtf16: number, endUtf16: number, text: string): TraceChange {
  return { range: { start: { line: 0, character: startUtf16 }, end: { line: 0, character: endUtf16 } }, startUtf16, endUtf16, text };
}

function lines(recorder: TraceRecorder): readonly Record<string, unknown>[] {
  return recorder.finish().trimEnd().split("\n").map((line): Record<string, unknown> => JSON.parse(line));
}

const head = { uri: "src/a.ts", languageId: "typescript", text: "let a = ;" };

test("a session as it is written down", () => {
  const recorder = new TraceRecorder(head, 1_000);
  recorder.cursor(1_000, { line: 0, character: 8 });
  const request = recorder.complete(1_010.4, { line: 0, character: 8 }, 8);
  recorder.shown(request, "b + c");
  recorder.accepted(request);
  recorder.edit(1_500, [change(8, 8, "b + c")]);
  recorder.cursor(1_501, { line: 0, character: 13 });
  recorder.cursor(1_900, { line: 0, character: 0 });
  recorder.cursor(1_901, { line: 0, character: 0 });
  assert.deepEqual(lines(recorder), [
    { palimpsest: 1, ...head },
    { t: 0, cursor: { line: 0, character: 8 } },
    { t: 10, complete: { line: 0, character: 8 }, expect: "b + c", shown: "b + c", accepted: true },
    { t: 500, edit: [{ range: { start: { line: 0, character: 8 }, end: { line: 0, character: 8 } }, text: "b + c" }] },
    { t: 900, cursor: { line: 0, character: 0 } },
  ]);
});

test("the harness reads it", () => {
  const recorder = new TraceRecorder(head, 0);
  const request = recorder.complete(5, { line: 0, character: 8 }, 8);
  recorder.shown(request, "1");
  recorder.edit(9, [change(8, 8, "2")]);
  const trace = parseTrace("recorded", recorder.finish());
  assert.deepEqual(trace.header.text, head.text);
  assert.deepEqual(trace.events.map(({ kind, tMs }) => [kind, tMs]), [["complete", 5], ["edit", 9]]);
  const [event] = trace.events;
  assert.ok(event?.kind === "complete");
  assert.equal(event.expect, "2");
  assert.deepEqual(event.extra, { shown: "1", accepted: false });
});

test("a suggestion that was not accepted expects what was written instead", () => {
  const recorder = new TraceRecorder(head, 0);
  const request = recorder.complete(1, { line: 0, character: 8 }, 8);
  recorder.shown(request, "wrong");
  recorder.edit(2, [change(8, 8, "4")]);
  recorder.edit(3, [change(0, 0, "// ")]);
  recorder.edit(4, [change(12, 12, "2")]);
  assert.deepEqual(lines(recorder)[1], { t: 1, complete: { line: 0, character: 8 }, expect: "42", shown: "wrong", accepted: false });
});

test("a request that led to nothing has neither shown nor accepted", () => {
  const recorder = new TraceRecorder(head, 0);
  const request = recorder.complete(1, { line: 0, character: 8 }, 8);
  recorder.accepted(request);
  assert.deepEqual(lines(recorder)[1], { t: 1, complete: { line: 0, character: 8 } });
});

test("what an editor replaces by itself was not written", () => {
  const recorder = new TraceRecorder({ ...head, text: "rows." }, 0);
  recorder.complete(1, { line: 0, character: 5 }, 5);
  recorder.edit(2, [change(5, 5, "pu")]);
  recorder.edit(3, [change(4, 7, ".push")]);
  assert.deepEqual(lines(recorder)[1], { t: 1, complete: { line: 0, character: 5 }, expect: "push" });
});

test("a recording ends where it is full", () => {
  const recorder = new TraceRecorder({ ...head, text: "" }, 0);
  for (let i = 0; i <= limits.traceEventsMax; i += 1) recorder.cursor(i, { line: i, character: 0 });
  assert.ok(recorder.isFull());
  recorder.edit(1e9, [change(0, 0, "x")]);
  assert.equal(lines(recorder).length, limits.traceEventsMax + 1);
});

test("a change outside the text is refused", () => {
  assert.throws(() => new TraceRecorder(head, 0).edit(1, [change(0, 10, "")]), /0\.\.10 is outside a text of 9/);
});

/** `before` has `|` where the completion was asked for; each edit is `start end text`. */
function checkWritten(before: string, edits: readonly (readonly [number, number, string])[], expected: string): void {
  test(`written at ${JSON.stringify(before)} after ${JSON.stringify(edits)}`, () => {
    const place = new WrittenPlace(before.indexOf("|"));
    let text = before.replace("|", "");
    for (const [start, end, inserted] of edits) {
      text = text.slice(0, start) + inserted + text.slice(end);
      place.edit(start, end, inserted.length);
      place.look(text);
    }
    assert.equal(place.text, expected);
  });
}

checkWritten("ab|cd", [], "");
checkWritten("ab|cd", [[2, 2, "X"], [3, 3, "Y"]], "XY");
checkWritten("ab|cd", [[0, 0, "..."], [5, 5, "X"]], "X");
checkWritten("ab|cd", [[2, 2, "X"], [0, 2, ""], [1, 1, "Y"]], "XY");
checkWritten("ab|cd", [[1, 2, ""], [1, 1, "X"]], "X");
checkWritten("ab|cd", [[2, 2, "XY"], [3, 4, ""]], "X");
checkWritten("ab|cd", [[2, 2, "XY"], [3, 6, ""]], "X");
checkWritten("ab|cd", [[2, 2, "X"], [4, 4, "far"]], "X");
checkWritten("ab|cd", [[2, 2, "()"], [3, 3, "x"]], "(x)");
checkWritten("ab|cd", [[2, 2, "1\n2\n3\n4\n5\n6\n7\n8\n9"], [2, 3, "X"]], "1\n2\n3\n4\n5\n6\n7\n8");

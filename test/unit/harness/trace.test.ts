// The trace format: what is read is written back, and what can't be read is named with its line.
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { Random } from "../../../sidecar/base/random";
import { ActionWatch, actions } from "../../harness/action";
import type { Action } from "../../harness/action";
import type { Trace, TraceEvent } from "../../harness/trace";
import { TraceError, parseTrace, printTrace } from "../../harness/trace";
import { finalText, followTrace } from "../../harness/traceDocument";

const header = '{"palimpsest":1,"uri":"a.ts","languageId":"typescript","text":"one\\ntwo\\n"}';
const at = (line: number, character: number): string => `{"line":${line},"character":${character}}`;
const deletionFrom = (start: string, end: string): string => `{"t":0,"edit":[{"range":{"start":${start},"end":${end}},"text":""}]}`;

/** The trace printed and read again is itself. */
function checkRoundTrip(trace: Trace): void {
  assert.deepEqual(parseTrace(trace.name, printTrace(trace)), trace);
}

function checkRefused(lines: readonly string[], message: string): void {
  assert.throws(() => {
    finalText(parseTrace("a.jsonl", lines.join("\n")));
  }, (error: unknown) => {
    assert.ok(error instanceof TraceError);
    assert.equal(error.message.slice(0, message.length), message);
    return true;
  });
}

test("a trace with every kind of event survives printing and reading", () => {
  checkRoundTrip(parseTrace("a.jsonl", [
    '{"palimpsest":1,"uri":"a.ts","languageId":"typescript","text":"one\\ntwo\\n","action":"typing","source":{"commit":"c0ffee"}}',
    `{"t":0,"cursor":${at(1, 3)}}`,
    `{"t":10,"edit":[{"range":{"start":${at(1, 3)},"end":${at(1, 3)}},"text":"!"}]}`,
    `{"t":10.5,"complete":${at(1, 4)},"expect":" 😀","shown":"😀","accepted":false}`,
    `{"t":11,"complete":${at(1, 4)}}`,
    '{"t":13,"idle":1500}',
  ].join("\n")));
});

test("random traces survive printing and reading", () => {
  const random = new Random(7);
  for (let round = 0; round < 200; round += 1) {
    const place = (): { line: number; character: number } => ({ line: random.below(9), character: random.below(9) });
    const events = Array.from({ length: random.below(6) }, (_, index): TraceEvent => {
      const common = { tMs: index * 10, extra: random.chance(0.2) ? { mark: random.below(5) } : {} };
      return random.pick<TraceEvent>([
        { kind: "cursor", place: place(), ...common },
        { kind: "edit", changes: [{ range: { start: place(), end: place() }, text: random.pick(["", "\r\n", "𝒳", '"\\']) }], ...common },
        { kind: "complete", place: place(), expect: random.chance(0.3) ? undefined : random.pick(["", "x"]), ...common },
        { kind: "idle", idleMs: random.below(2_000), ...common },
      ]);
    });
    checkRoundTrip({
      name: "r.jsonl",
      header: { uri: "r.py", languageId: "python", text: random.pick(["", "a\r\nb", "\ufeffx"]), action: random.chance(0.5) ? undefined : "typing", extra: {} },
      events,
      lineNumbers: events.map((_, index) => index + 2),
    });
  }
});

test("empty lines are passed over and keep their numbers", () => {
  const trace = parseTrace("a.jsonl", `\n${header}\r\n\n{"t":1,"idle":5}\n\n`);
  assert.deepEqual(trace.lineNumbers, [4]);
});

const refusals: readonly (readonly [string, readonly string[], string])[] = [
  ["nothing", [""], "a.jsonl:1: the file is empty"],
  ["no JSON", [header, "{"], "a.jsonl:2: not JSON: "],
  ["a list", ["[]"], "a.jsonl:1: the line must be an object"],
  ["another file", ['{"a":1}'], 'a.jsonl:1: not a trace: the first line has no "palimpsest" field'],
  ["a format to come", ['{"palimpsest":2}'], "a.jsonl:1: format 2 is unknown"],
  ["no text", ['{"palimpsest":1,"uri":"a","languageId":"b"}'], 'a.jsonl:1: the field "text" is missing'],
  ["an unknown event", [header, '{"t":0,"edits":[]}'], "a.jsonl:2: an event has one of the fields edit, cursor, complete, idle"],
  ["two events in one", [header, `{"t":0,"idle":1,"cursor":${at(0, 0)}}`], "a.jsonl:2: an event is one thing, and this is cursor and idle"],
  ["no time", [header, '{"idle":1}'], 'a.jsonl:2: the field "t" is missing'],
  ["time going back", [header, '{"t":5,"idle":1}', "", '{"t":4,"idle":1}'], "a.jsonl:4: time goes back: t is 4 after 5"],
  ["a negative wait", [header, '{"t":0,"idle":-1}'], 'a.jsonl:2: "idle" must be a number of 0 or more, not -1'],
  ["half a line", [header, `{"t":0,"cursor":${at(0.5, 0)}}`], 'a.jsonl:2: "cursor" must have whole numbers'],
  ["an edit that is no list", [header, '{"t":0,"edit":{}}'], 'a.jsonl:2: "edit" must be a list of changes'],
  ["a change without a range", [header, '{"t":0,"edit":[{"text":""}]}'], 'a.jsonl:2: "edit"[0].range must be an object'],
  ["a cursor outside", [header, `{"t":0,"cursor":${at(0, 4)}}`], "a.jsonl:2: the place 0:4 is outside the text of 3 lines"],
  ["an edit outside", [header, deletionFrom(at(0, 0), at(3, 0))], "a.jsonl:2: the range that starts at 0:0 is outside"],
  ["an edit that ends before it starts", [header, deletionFrom(at(1, 0), at(0, 0))], "a.jsonl:2: the range that starts at 1:0 is outside"],
];

for (const [what, lines, message] of refusals) {
  test(`refused: ${what}`, () => {
    checkRefused(lines, message);
  });
}

/** The shipped sessions fit their own text, expect what is then written, and show every action between them. */
test("the hand-written traces are sound", () => {
  const folder = join(process.cwd(), "test/corpus");
  const names = readdirSync(folder).filter((name) => name.endsWith(".jsonl"));
  assert.ok(names.length >= 2);
  for (const name of names) {
    const trace = parseTrace(name, readFileSync(join(folder, name), "utf8"));
    checkRoundTrip(trace);
    const watch = new ActionWatch();
    const seen = new Set<Action>();
    for (const { event, document, applied } of followTrace(trace)) {
      applied.forEach((change) => watch.change(change));
      if (event.kind !== "complete") continue;
      const { line, character } = event.place;
      assert.equal(character, document.line(line).length, `${name}: a completion is asked at the end of line ${line}`);
      seen.add(watch.completed(document.text, document.offsetAt(event.place) ?? NaN));
    }
    assert.deepEqual(actions.filter((action) => action !== "again" && !seen.has(action)), [], `${name} shows every action`);
  }
});

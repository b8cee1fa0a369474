// A document whose lines end in \r\n is to the model what its twin with \n is: the same cells, the same suggestions, and who
// types along with one is answered without the engine. The model is the hash chain: one token more or less changes what it says.
import { deepEqual, equal, ok } from "node:assert/strict";
import { test } from "node:test";
import type { Random } from "../../sidecar/base/random";
import type { CompletionItem, CompletionRequest } from "../../sidecar/session/events";
import { Flight } from "../../sidecar/session/flight";
import type { Sessions } from "../../sidecar/session/sessions";
import { Delta } from "../../sidecar/text/delta";
import { TextDocument, type ContentChange } from "../../sidecar/text/document";
import { utf16 } from "../../sidecar/text/frames";
import { Lines } from "../../sidecar/text/lines";
import { checkCells, sessionsOn } from "../support/editingSession";
import { editing, nextEdit, randomText, toChanges } from "../support/edits";
import { FakeEngine } from "../support/fakeEngine";
import { checkLaw } from "../support/law";

const uri = "a.ts";
type LineEnd = "\n" | "\r\n";

const withEnds = (text: string, lineEnd: LineEnd): string => text.replaceAll(/\r\n?|\n/g, lineEnd);
const changesWithEnds = (changes: readonly ContentChange[], lineEnd: LineEnd): readonly ContentChange[] =>
  changes.map((change) => ({ ...change, text: withEnds(change.text, lineEnd) }));

/** One of two editors that show the same lines. */
class Twin {
  readonly engine = new FakeEngine({ capabilities: { contextLength: 400, batchTokensMax: 32, sequenceCount: 8 } });
  readonly sessions: Sessions;
  private version = 1;

  constructor(text: string, private readonly lineEnd: LineEnd) {
    this.sessions = sessionsOn(this.engine, "patch", { preparing: true, completionTokensMax: 12 });
    this.sessions.apply({ kind: "open", uri, languageId: "typescript", version: 1, text: withEnds(text, lineEnd), atMs: 0 });
  }

  change(changes: readonly ContentChange[]): void {
    this.version += 1;
    const event = { kind: "change", uri, version: this.version, changes: changesWithEnds(changes, this.lineEnd), atMs: 0 } as const;
    deepEqual(this.sessions.apply(event), []);
  }

  ask(place: CompletionRequest["place"]): readonly (CompletionItem | undefined)[] {
    const reply = this.sessions.complete({ uri, place, invoked: false }, () => undefined);
    ok(reply.kind === "answer");
    checkCells(this.engine, this.sessions, [uri], "many");
    return [reply.answer.item, ...(reply.answer.alternatives ?? [])];
  }

  idle(): void {
    while (this.sessions.idle(() => false).kind === "more");
  }

  cells(): readonly number[] {
    return [...(this.sessions.sessionOf(uri)?.ledger.tokens ?? [])];
  }
}

interface Step {
  readonly changes: readonly ContentChange[];
  /** The text afterwards, its lines ending in \n. */
  readonly text: string;
  /** UTF-16. */
  readonly cursor: number;
  readonly isIdle: boolean;
}

interface Sample {
  readonly text: string;
  readonly steps: readonly Step[];
}

function randomSample(random: Random): Sample {
  const start = withEnds(randomText(random, 150), "\n");
  const steps: Step[] = [];
  for (let text = start; steps.length < 6; ) {
    const touched = nextEdit(random, { ...editing(text), cursor: text.length }).delta.touched();
    const delta = Delta.fromReplacements(text.length, touched.map((run) => ({ ...run.old, text: withEnds(run.text, "\n") })));
    const changes = toChanges(text, delta);
    text = delta.apply(text);
    steps.push({ changes, text, cursor: random.chance(0.5) ? text.length : random.below(text.length + 1), isIdle: random.chance(0.3) });
  }
  return { text: start, steps };
}

const placeIn = (text: string, offset: number): CompletionRequest["place"] => Lines.of(text).placeAt(utf16(offset), "utf-16");

let [suggested, alongLineEnds] = [0, 0];
checkLaw<Sample>({
  name: "a document and its twin with \\r\\n have the same cells and the same suggestions, and typing along asks the engine in neither",
  cases: 60,
  make: randomSample,
  print: (sample) => JSON.stringify(sample),
  check: ({ text: start, steps }) => {
    const twins = [new Twin(start, "\n"), new Twin(start, "\r\n")] as const;
    const both = <T>(does: (twin: Twin) => T): T => {
      const [plain, other] = [does(twins[0]), does(twins[1])];
      deepEqual(other, plain);
      return plain;
    };
    for (const { changes, text, cursor, isIdle } of steps) {
      both((twin) => twin.change(changes));
      const [item] = both((twin) => twin.ask(placeIn(text, cursor)));
      both((twin) => twin.cells());
      if (isIdle) both((twin) => twin.idle());
      if (item === undefined) continue;
      suggested += 1;
      const expected = withEnds(item.text, "\n");
      const lineEnd = expected.indexOf("\n");
      // What replaces closers isn't typed along as a plain insertion.
      if (lineEnd === -1 || lineEnd === expected.length - 1 || item.start.character !== item.end.character) continue;
      alongLineEnds += 1;
      const along = expected.slice(0, lineEnd + 1);
      const place = placeIn(text, cursor);
      const decodes = twins.map((twin) => twin.engine.counts.decode);
      both((twin) => twin.change([{ range: { start: place, end: place }, text: along }]));
      const behind = text.slice(0, cursor) + along;
      const [rest] = both((twin) => twin.ask(placeIn(behind, behind.length)));
      equal(rest?.text, expected.slice(along.length));
      deepEqual(twins.map((twin) => twin.engine.counts.decode), decodes);
      const end = placeIn(behind, behind.length);
      both((twin) => twin.change([{ range: { start: place, end }, text: "" }]));
    }
  },
});

test("the law has met suggestions, and some that go over the end of a line", () => ok(10 < suggested && 0 < alongLineEnds, `${suggested}, ${alongLineEnds}`));

for (const lineEnd of ["\n", "\r\n"] as const) {
  for (const [typed, expected] of [["{|", undefined], ["{|  a", undefined], ["{|  b", "superseded"]] as const) {
    test(`typing ${JSON.stringify(withEnds(typed.replace("|", "\n"), lineEnd))} while {\\n  a; is written`, () => {
      const document = new TextDocument(uri, "typescript", 1, `x${lineEnd}`, "utf-16");
      const place = { line: 0, character: 1 };
      const change = { range: { start: place, end: place }, text: typed.replace("|", lineEnd) };
      const flight = new Flight(document, utf16(1), {
        interrupted: () => undefined,
        edits: () => [{ kind: "change", uri, version: 2, changes: [change], atMs: 0 }],
      });
      flight.wrote("{\n  a;");
      equal(flight.interruption(), expected);
    });
  }
}

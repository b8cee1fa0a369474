// What a completion reads of the middle: after a jump of the cursor all of it, else what was typed.
import { equal, ok } from "node:assert/strict";
import { test } from "node:test";
import { realClock } from "../../../sidecar/base/clock";
import { limits } from "../../../sidecar/base/limits";
import type { CompletionAnswer } from "../../../sidecar/session/events";
import type { Sessions } from "../../../sidecar/session/sessions";
import { tuningDefault, type Tuning } from "../../../sidecar/session/tuning";
import { Lines } from "../../../sidecar/text/lines";
import { utf16 } from "../../../sidecar/text/frames";
import { sessionsOn } from "../../support/editingSession";
import { FakeEngine } from "../../support/fakeEngine";
import { FakeTokenizer } from "../../support/fakeTokenizer";

const uri = "a.ts";
/** Lines of seven tokens, each of its own, the first of which follows the line feed before it. */
const program = Array.from({ length: 60 }, (_, index) => `v${index} = ${index};\n`).join("");
const endOfLine = (line: number, text = program): number => text.split("\n").slice(0, line + 1).join("\n").length;

interface Desk {
  readonly sessions: Sessions;
  readonly complete: (offset: number, interrupted?: () => boolean) => CompletionAnswer;
  readonly edit: (start: number, end: number, text: string) => void;
}

function desk(tuning: Partial<Tuning> = {}, policy = "anchored8 runs", text = program): Desk {
  const tokenizer = new FakeTokenizer();
  const engine = new FakeEngine({ capabilities: { contextLength: 2_000, batchTokensMax: 16, sequenceCount: 8, vocabularySize: tokenizer.vocabularySize }, tokenizer });
  const sessions = sessionsOn(engine, policy, { clock: realClock, tuning: () => ({ ...tuningDefault, completionTokensMax: 6, ...tuning }) });
  sessions.apply({ kind: "open", uri, languageId: "typescript", version: 1, text, atMs: 0 });
  let version = 1;
  const place = (offset: number) => Lines.of(sessions.sessionOf(uri)?.document.text ?? "").placeAt(utf16(offset), "utf-16");
  return {
    sessions,
    complete: (offset, interrupted = () => false) => {
      const reply = sessions.complete({ uri, place: place(offset), invoked: false }, () => (interrupted() ? "superseded" : undefined));
      ok(reply.kind === "answer");
      return reply.answer;
    },
    edit: (start, end, text) => {
      version += 1;
      sessions.apply({ kind: "change", uri, version, changes: [{ range: { start: place(start), end: place(end) }, text }], atMs: 0 });
    },
  };
}

/** Cells of the middle that were read before the latest change, and how many it has. */
function middleOf({ sessions }: Desk, offset: number): { readonly old: number; readonly count: number } {
  const session = sessions.sessionOf(uri);
  ok(session !== undefined);
  const { fim, beginToken } = new FakeEngine().capabilities;
  const { middleFrom, tokens } = session.promptAt(utf16(offset), { fim, begin: beginToken }, limits.contextTokensDefault);
  ok(middleFrom !== undefined && tokens.length === session.ledger.tokens.length);
  return { old: session.ledger.edits.slice(middleFrom).filter((edits) => 0 < edits).length, count: tokens.length - middleFrom };
}

const read = ({ sessions }: Desk): number | undefined => sessions.statistics().recent.at(-1)?.tokensEncoded;

/** Completions at the ends of these lines, one after the other. */
function checkJump(name: string, ...lines: readonly [number, ...number[]]): void {
  test(name, () => {
    const on = desk();
    for (const line of lines) on.complete(endOfLine(line));
    const to = lines.at(-1) ?? 0;
    const { old, count } = middleOf(on, endOfLine(to));
    equal(old, 0);
    ok(7 < count, `${count} tokens`);
    const tokens = read(on);
    ok(tokens !== undefined && count <= tokens && tokens < 300, `${tokens} tokens`);
  });
}
checkJump("down, the anchor stays", 20, 30);
checkJump("up, the anchor stays", 30, 25);
checkJump("down by two lines", 20, 22);
checkJump("far down", 10, 50);
checkJump("far up", 50, 10);
checkJump("line by line, none of them a jump", 20, 21, 22);

function checkNoJump(name: string, tokensMax: number, edits: (on: Desk) => number): void {
  test(name, () => {
    const on = desk();
    on.complete(endOfLine(30));
    on.complete(edits(on));
    const tokens = read(on);
    ok(tokens !== undefined && tokens <= tokensMax, `${tokens} tokens`);
  });
}
const here = endOfLine(30);
checkNoJump("typing reads what was typed", 3, (on) => {
  on.edit(here, here, " x");
  return here + 2;
});
checkNoJump("a long text at the cursor is no jump", 70, (on) => {
  on.edit(here, here, " y = 12345 + 67890 + 12345 + 67890;");
  return here + 35;
});
checkNoJump("nor is one that takes the place of what is behind the cursor", 70, (on) => {
  on.edit(here, endOfLine(31), " y = 12345 + 67890 + 12345 + 67890;");
  return here + 35;
});
checkNoJump("nor one with the cursor amid it, as a snippet has", 70, (on) => {
  on.edit(here, here, " y = 12345 + 67890 + 12345 + 67890;");
  return here + 4;
});
checkNoJump("what is deleted behind the cursor is a deletion", 3, (on) => {
  on.edit(here, endOfLine(33), "");
  return here;
});
checkNoJump("the cursor may pass a bracket", 8, (on) => {
  on.edit(here, here, "()");
  on.complete(here + 1);
  return here + 2;
});

/** Lines that have nothing in common: of lines that are alike an alignment would keep every second token. */
const various = Array.from({ length: 60 }, (_, index) => `${String.fromCharCode(...Array.from({ length: 8 }, (_more, place) => 0x2200 + 8 * index + place))}\n`).join("");

/** What else is read than the middle, where what changes places is read again and where it is moved. */
function checkMoved(name: string, act: (on: Desk) => number): void {
  test(name, () => {
    const rest = ["anchored8 runs", "anchored8 moves"].map((policy) => {
      const on = desk({}, policy, various);
      const { count } = middleOf(on, act(on));
      return (read(on) ?? Infinity) - count;
    });
    const [reread = 0, moved = Infinity] = rest;
    ok(moved <= 24 && moved + 40 <= reread, `${rest.join(" and ")} tokens beside the middle`);
  });
}
const jumpTo = (line: number) => (on: Desk): number => {
  on.complete(endOfLine(30, various));
  on.complete(endOfLine(line, various));
  return endOfLine(line, various);
};
checkMoved("after a jump down the lines of the old middle go back with their cells", jumpTo(58));
checkMoved("and after one up", jumpTo(5));
checkMoved("lines that are dragged elsewhere go with theirs", (on) => {
  const start = endOfLine(5, various);
  const end = endOfLine(15, various);
  const to = endOfLine(25, various);
  const cursor = endOfLine(45, various);
  on.complete(cursor);
  on.edit(to, to, various.slice(start, end));
  on.edit(start, end, "");
  on.complete(cursor);
  return cursor;
});

/** A jump whose middle takes several batches, broken off at the question of this number, then a completion at the end of `line`. */
function checkBrokenOff(name: string, question: number, line: number): void {
  test(name, () => {
    const on = desk();
    on.complete(endOfLine(20));
    let questions = 0;
    equal(on.complete(endOfLine(40), () => question < (questions += 1)).outcome.kind, "superseded");
    on.complete(endOfLine(line));
    equal(middleOf(on, endOfLine(line)).old, 0);
  });
}
for (const question of [2, 20, 40, 60, 90]) {
  checkBrokenOff(`a jump broken off at question ${question} is gone on with`, question, 40);
  checkBrokenOff(`and so is the way back, at question ${question}`, question, 21);
}

test("a middle that is longer than the budget is not read whole", () => {
  const on = desk({ repairMsMax: 0 });
  on.complete(endOfLine(20));
  on.complete(endOfLine(30));
  ok(0 < middleOf(on, endOfLine(30)).old);
});

// What a request is answered with while the user types on, with the editor's list of words open, and when asked for by key.
// The model is the hash chain: what it says is text of a kind, and the same whenever it is asked the same.
import { deepEqual, equal, notEqual, ok } from "node:assert/strict";
import { test } from "node:test";
import type { ChangeEvent, CompletionAnswer, CompletionItem, CompletionRequest, Interruption } from "../../../sidecar/session/events";
import { areApart } from "../../../sidecar/session/openings";
import { checkCells, sessionsOn } from "../../support/editingSession";
import { FakeEngine } from "../../support/fakeEngine";
import { checkLaw } from "../../support/law";

const uri = "a.ts";
const lines = 10;
const above = "a = 1;\n".repeat(lines);

/** A document whose cursor stands behind what was typed on its last line. */
class Desk {
  readonly engine = new FakeEngine({ capabilities: { contextLength: 1_000, batchTokensMax: 32 } });
  readonly sessions = sessionsOn(this.engine, "patch", { completionTokensMax: 12 });
  private version = 1;

  constructor(private line: string) {
    this.sessions.apply({ kind: "open", uri, languageId: "typescript", version: 1, text: above + line, atMs: 0 });
  }

  ask(rest: Partial<CompletionRequest> = {}, meanwhile: Partial<Meanwhile> = {}): CompletionAnswer {
    const request = { uri, place: { line: lines, character: this.line.length }, invoked: false, ...rest };
    const reply = this.sessions.complete(request, meanwhile.interrupted ?? (() => undefined), meanwhile.edits);
    ok(reply.kind === "answer");
    checkCells(this.engine, this.sessions, [uri], "many");
    return reply.answer;
  }

  text(): string {
    const { item } = this.ask();
    ok(item !== undefined, `nothing is suggested behind ${JSON.stringify(this.line)}`);
    return item.text;
  }

  /** The event that typing `text` makes; not applied. */
  typing(text: string): ChangeEvent {
    this.version += 1;
    const place = { line: lines, character: this.line.length };
    this.line += text;
    return { kind: "change", uri, version: this.version, changes: [{ range: { start: place, end: place }, text }], atMs: 0 };
  }

  type(text: string): void {
    deepEqual(this.sessions.apply(this.typing(text)), []);
  }
}

interface Meanwhile {
  readonly interrupted: () => Interruption | undefined;
  readonly edits: () => readonly ChangeEvent[];
}

/** Of several beginnings of a line, one behind which the model says something of this length at least. */
function talkative(lengthMin: number): { readonly line: string; readonly says: string } {
  for (const line of ["def", "x = ", "if (a", "return ", "const ", "b = a", "for ", "let y"]) {
    const says = new Desk(line).ask().item?.text ?? "";
    if (lengthMin <= says.length && !says.includes("\n")) return { line, says };
  }
  throw new Error("the model has nothing to say");
}

interface Flown {
  readonly outcome: string;
  /** Decodes that were still begun behind the last edit. */
  readonly decodesBehindLast: number;
  readonly after: { readonly text: string | undefined; readonly decodes: number };
}

/** Types `typed`, each entry once so many decodes were begun, while the completion behind `line` is written; the first three read the prompt. */
function fly(line: string, typed: readonly { readonly text: string; readonly afterDecodes: number }[]): Flown {
  const desk = new Desk(line);
  const arrived: ChangeEvent[] = [];
  let decodesAtLast = Infinity;
  const edits = (): readonly ChangeEvent[] => {
    for (const { text, afterDecodes } of typed.slice(arrived.length)) {
      if (desk.engine.counts.decode < afterDecodes) break;
      arrived.push(desk.typing(text));
      decodesAtLast = desk.engine.counts.decode;
    }
    return arrived;
  };
  const { outcome, item } = desk.ask({ place: { line: lines, character: line.length } }, { edits });
  equal(arrived.length, typed.length, "all was typed while it was written");
  equal(item, undefined, "who has typed on waits for another answer");
  const decodesBehindLast = desk.engine.counts.decode - decodesAtLast;
  for (const event of arrived) desk.sessions.apply(event);
  const before = desk.engine.counts.decode;
  const text = desk.ask().item?.text;
  return { outcome: outcome.kind, decodesBehindLast, after: { text, decodes: desk.engine.counts.decode - before } };
}

test("typed along while it is written: it goes on, and the next request finds the rest in hand", () => {
  const { line, says } = talkative(6);
  for (const afterDecodes of [0, 2, 4, 6]) {
    const flown = fly(line, [{ text: says.slice(0, 1), afterDecodes }, { text: says.slice(1, 3), afterDecodes: afterDecodes + 1 }]);
    deepEqual(flown.after, { text: says.slice(3), decodes: 0 }, `after ${afterDecodes} decodes`);
    equal(flown.outcome, "superseded");
  }
});

test("typed another way while it is written: it stops at the next look, and the next request is answered anew", () => {
  const { line, says } = talkative(6);
  const other = says.startsWith("~") ? "!" : "~";
  const { decodesBehindLast, after } = fly(line, [{ text: says.slice(0, 1) + other, afterDecodes: 7 }]);
  ok(decodesBehindLast <= 1, `${decodesBehindLast} more decodes`);
  notEqual(after.decodes, 0);
  equal(after.text, new Desk(line + says.slice(0, 1) + other).ask().item?.text);
});

test("typed ahead of what is written, and right: it catches up", () => {
  const { line, says } = talkative(6);
  const { after } = fly(line, [{ text: says.slice(0, 5), afterDecodes: 4 }]);
  deepEqual(after, { text: says.slice(5), decodes: 0 });
});

test("an edit elsewhere while it is written ends it", () => {
  const { line } = talkative(6);
  const desk = new Desk(line);
  const start = { line: 0, character: 0 };
  const edit: ChangeEvent = { kind: "change", uri, version: 2, changes: [{ range: { start, end: start }, text: "b;\n" }], atMs: 0 };
  let questions = 0;
  const { outcome } = desk.ask({}, { edits: () => ((questions += 1) < 15 ? [] : [edit]) });
  equal(outcome.kind, "superseded");
  const before = desk.engine.counts.decode;
  desk.sessions.apply(edit);
  const place = { line: lines + 1, character: line.length };
  desk.ask({ place });
  notEqual(desk.engine.counts.decode, before);
});

test("a cancel ends it, whatever is typed along", () => {
  const { line, says } = talkative(6);
  const desk = new Desk(line);
  const edit = desk.typing(says.slice(0, 1));
  let questions = 0;
  const interrupted = (): Interruption | undefined => ((questions += 1) < 20 ? undefined : "cancelled");
  equal(desk.ask({ place: { line: lines, character: line.length } }, { edits: () => [edit], interrupted }).outcome.kind, "cancelled");
});

/** A word of the list behind the `typed` part of it; the item is what replaces both. */
function chosen(typed: string, text: string): CompletionItem {
  return { text, start: { line: lines, character: 0 }, end: { line: lines, character: typed.length } };
}

test("with a word chosen in the list the suggestion goes on from it, as if it stood there", () => {
  let met = 0;
  for (const word of ["default", "define", "deflate"]) {
    const desk = new Desk("def");
    const { item } = desk.ask({ word: chosen("def", word) });
    if (item === undefined) continue;
    met += 1;
    ok(item.text.startsWith(word) && /^\W/.test(item.text.slice(word.length)), `${item.text} goes on from ${word}, and makes no other word of it`);
    deepEqual([item.start, item.end], [{ line: lines, character: 0 }, { line: lines, character: 3 }]);
    // Typed along with the list open, and once it is closed, nothing is decoded.
    const { decode } = desk.engine.counts;
    desk.type(word.slice(3, 5));
    equal(desk.ask({ word: chosen(word.slice(0, 5), word) }).item?.text, item.text);
    equal(desk.ask().item?.text, item.text.slice(5));
    equal(desk.engine.counts.decode, decode);
  }
  ok(0 < met, "the model goes on from some word");
});

test("the list closed without a choice: what was made for the word isn't shown", () => {
  const plain = new Desk("def").ask().item?.text;
  const desk = new Desk("def");
  desk.ask({ word: chosen("def", "default") });
  equal(desk.ask().item?.text, plain);
});

test("a suggestion that goes on from the chosen word anyway is served from hand", () => {
  const { line, says } = talkative(6);
  const desk = new Desk(line);
  const { item } = desk.ask();
  const { decode } = desk.engine.counts;
  const word = /^\w+(?=\W)/.exec(says)?.[0] ?? "";
  ok(word !== "", `there is a word's end in ${says}`);
  const withList = desk.ask({ word: chosen(line, line + word) });
  equal(withList.item?.text, line + (item?.text ?? ""));
  equal(desk.engine.counts.decode, decode);
});

test("a word that doesn't go on from what is typed is not completed: no insertion makes it whole", () => {
  const plain = new Desk("def").ask().item;
  deepEqual(new Desk("def").ask({ word: chosen("def", "Default") }).item, plain);
});

test("asked by key: the first is the one that typing gives, the others part from it and from one another", () => {
  let others = 0;
  for (const line of ["def", "x = ", "if (a", "return ", "const ", "b = a"]) {
    const plain = new Desk(line).ask().item?.text;
    if (plain === undefined) continue;
    const desk = new Desk(line);
    const answer = desk.ask({ invoked: true });
    const texts = [answer.item, ...(answer.alternatives ?? [])].flatMap((item) => item?.text ?? []);
    equal(texts[0], plain);
    ok(texts.length <= 3);
    texts.forEach((text, index) => ok(areApart(texts.filter((_, other) => other !== index), text), texts.join(" | ")));
    others += texts.length - 1;
    // Asked again, and typed along, nothing is decoded.
    const { decode } = desk.engine.counts;
    const again = desk.ask({ invoked: true });
    deepEqual([again.item?.text, ...(again.alternatives ?? []).map(({ text }) => text)], texts);
    for (const text of texts.slice(1)) {
      desk.type(text.slice(0, 1));
      if (texts[0]?.startsWith(text.slice(0, 1)) === false) ok(desk.text() === text.slice(1) || 2 < texts.length);
      break;
    }
    equal(desk.engine.counts.decode, decode);
  }
  ok(0 < others, "there are others");
});

test("asked by key for what is shown already, only the others are written", () => {
  const { line, says } = talkative(4);
  const desk = new Desk(line);
  desk.ask();
  const answer = desk.ask({ invoked: true });
  equal(answer.item?.text, says);
  equal(desk.sessions.statistics().recent.at(-1)?.tokensDecoded, 0);
});

interface Flight {
  readonly line: string;
  readonly keys: string;
  readonly afterDecodes: number;
  readonly cancelAfter: number;
}

let carriedOn = 0;
checkLaw<Flight>({
  name: "typed along, typed otherwise or cancelled at any moment: the cells are as they should be, and the next answer goes on from the text",
  cases: 300,
  make: (random) => {
    const line = random.pick(["def", "x = ", "if (a", "return ", "const ", "b = a", "for ", "let y"]);
    const says = new Desk(line).ask().item?.text ?? "";
    const keys = says.slice(0, 1 + random.below(4)) + (random.chance(0.3) ? random.pick([..."~;a("]) : "");
    return { line, keys: keys === "" ? "a" : keys, afterDecodes: random.below(14), cancelAfter: random.chance(0.2) ? random.below(120) : Infinity };
  },
  print: (sample) => JSON.stringify(sample),
  check: ({ line, keys, afterDecodes, cancelAfter }) => {
    const desk = new Desk(line);
    const arrived: ChangeEvent[] = [];
    let questions = 0;
    const edits = (): readonly ChangeEvent[] => {
      // One key with each look.
      const key = keys[arrived.length];
      if (key !== undefined && afterDecodes <= desk.engine.counts.decode) arrived.push(desk.typing(key));
      return arrived;
    };
    const interrupted = (): Interruption | undefined => ((questions += 1) <= cancelAfter ? undefined : "cancelled");
    desk.ask({ place: { line: lines, character: line.length } }, { edits, interrupted });
    for (const event of arrived) deepEqual(desk.sessions.apply(event), []);
    const { decode } = desk.engine.counts;
    ok(!["engineFailed", "superseded", "cancelled"].includes(desk.ask().outcome.kind));
    if (0 < arrived.length && desk.engine.counts.decode === decode) carriedOn += 1;
    equal(desk.sessions.statistics().totals.rebuilds, 0);
  },
});

test("the law has met completions that went on", () => ok(0 < carriedOn, `${carriedOn}`));

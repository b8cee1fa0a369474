// Random laws of the text layer: the algebra of deltas, lines against a naive model in three encodings, and documents
// that follow an editing session of human shape through LSP's places.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Random } from "../../sidecar/base/random";
import { Delta } from "../../sidecar/text/delta";
import { TextDocument, type ContentChange } from "../../sidecar/text/document";
import { Lines, type PositionEncoding } from "../../sidecar/text/lines";
import { utf16, type Place } from "../../sidecar/text/frames";
import { editing, nextEdit, randomDelta, randomText, toChanges } from "../support/edits";
import { checkLaw } from "../support/law";

const encodings: readonly PositionEncoding[] = ["utf-16", "utf-8", "utf-32"];

interface Chain {
  readonly text: string;
  /** Each fits the result of the one before. */
  readonly deltas: readonly Delta[];
}

const pasteable = (delta: Delta): string => `Delta.parse(${JSON.stringify(delta.print())}, ${JSON.stringify(delta.inserted())})`;
const printChain = ({ text, deltas }: Chain): string => `${JSON.stringify(text)} ${deltas.map(pasteable).join(" ")}`;

function makeChain(random: Random): Chain {
  const text = randomText(random, 30);
  const deltas: Delta[] = [];
  let current = text;
  for (let step = 0; step < 3; step += 1) {
    const delta = randomDelta(random, current, 4);
    deltas.push(delta);
    current = delta.apply(current);
  }
  return { text, deltas };
}

function three(deltas: readonly Delta[]): readonly [Delta, Delta, Delta] {
  const [a, b, c] = deltas;
  assert.ok(a !== undefined && b !== undefined && c !== undefined);
  return [a, b, c];
}

checkLaw<Chain>({
  name: "composing is applying one after the other, and associative",
  cases: 3_000,
  make: makeChain,
  print: printChain,
  check: ({ text, deltas }) => {
    const [a, b, c] = three(deltas);
    assert.equal(a.compose(b).apply(text), b.apply(a.apply(text)));
    assert.deepEqual(a.compose(b).compose(c), a.compose(b.compose(c)));
    assert.equal(a.compose(b).compose(c).apply(text), c.apply(b.apply(a.apply(text))));
  },
});

checkLaw<Chain>({
  name: "inverting goes back, and back again; JSON and print lose nothing",
  cases: 3_000,
  make: makeChain,
  print: printChain,
  check: ({ text, deltas: [delta] }) => {
    assert.ok(delta !== undefined);
    const after = delta.apply(text);
    const inverse = delta.invert(text);
    assert.equal(inverse.apply(after), text);
    assert.deepEqual(inverse.invert(after), delta);
    assert.equal(delta.compose(inverse).apply(text), text);
    assert.deepEqual(Delta.fromJson(JSON.parse(JSON.stringify(delta.toJson()))), delta);
    assert.deepEqual(Delta.parse(delta.print(), delta.inserted()), delta);
    checkTouched(text, after, delta);
  },
});

/** Outside the touched runs both texts are the same. */
function checkTouched(before: string, after: string, delta: Delta): void {
  let oldOffset = 0;
  let newOffset = 0;
  for (const run of delta.touched()) {
    assert.equal(before.slice(oldOffset, run.old.start), after.slice(newOffset, run.new.start));
    assert.equal(after.slice(run.new.start, run.new.end), run.text);
    oldOffset = run.old.end;
    newOffset = run.new.end;
  }
  assert.equal(before.slice(oldOffset), after.slice(newOffset));
}

checkLaw<Chain>({
  name: "mapping closes the diamond",
  cases: 5_000,
  make: (random) => {
    const text = randomText(random, 20);
    return { text, deltas: [randomDelta(random, text, 4), randomDelta(random, text, 4)] };
  },
  print: printChain,
  check: ({ text, deltas: [a, b] }) => {
    assert.ok(a !== undefined && b !== undefined);
    const both = a.compose(b.map(a, "after"));
    assert.deepEqual(both, b.compose(a.map(b, "before")));
    const merged = both.apply(text);
    assert.equal(b.map(a, "after").apply(a.apply(text)), merged);
    // Nothing that either inserts is lost, and nothing that either deletes stays.
    assert.equal(both.inserted().length, a.inserted().length + b.inserted().length);
    assert.equal(a.map(Delta.identity(text.length), "after").print(), a.print());
    assert.deepEqual(Delta.identity(text.length).map(a, "before"), Delta.identity(a.newLength));
  },
});

checkLaw<Chain>({
  name: "offsets rise with the text, and an untouched unit keeps its place",
  cases: 1_000,
  make: makeChain,
  print: printChain,
  check: ({ text, deltas: [delta] }) => {
    assert.ok(delta !== undefined);
    const after = delta.apply(text);
    let last = 0;
    for (let offset = 0; offset <= text.length; offset += 1) {
      const before: number = delta.mapOffset(utf16(offset), "before");
      const behind: number = delta.mapOffset(utf16(offset), "after");
      assert.ok(last <= before && before <= behind && behind <= delta.newLength, `${last} ${before} ${behind} at ${offset}`);
      const isTouched = delta.touched().some((run) => run.old.start <= offset && offset < run.old.end);
      if (offset < text.length && !isTouched) assert.equal(after[behind], text[offset]);
      last = before;
    }
  },
});

/** Places of every offset, found by walking the text from its start. */
function naivePlaces(text: string, encoding: PositionEncoding): readonly Place[] {
  const places: Place[] = [];
  let line = 0;
  let character = 0;
  for (let offset = 0; offset < text.length;) {
    const whole = String.fromCodePoint(text.codePointAt(offset) ?? 0);
    for (let unit = 0; unit < whole.length; unit += 1) places.push({ line, character });
    if (whole === "\n" || (whole === "\r" && text[offset + 1] !== "\n")) {
      line += 1;
      character = 0;
    } else if (whole !== "\r") {
      character += encoding === "utf-16" ? whole.length : encoding === "utf-8" ? Buffer.byteLength(whole) : 1;
    }
    offset += whole.length;
  }
  return [...places, { line, character }];
}

checkLaw<string>({
  name: "places and offsets are those of walking the text",
  cases: 500,
  make: (random) => (random.chance(0.1) ? "\ufeff" : "") + randomText(random, 60),
  print: (text) => JSON.stringify(text),
  check: (text) => {
    const lines = Lines.of(text);
    assert.equal(lines.lineCount, text.split(/\r\n|\r|\n/).length);
    for (const encoding of encodings) {
      const places = naivePlaces(text, encoding);
      for (const [offset, place] of places.entries()) {
        assert.deepEqual(lines.placeAt(utf16(offset), encoding), place, `${encoding} ${offset}`);
        const first = places.findIndex((other) => other.line === place.line && other.character === place.character);
        assert.equal(lines.offsetAt(place, encoding), first, `${encoding} ${JSON.stringify(place)}`);
      }
    }
  },
});

interface Walk {
  readonly seed: number;
  readonly text: string;
  readonly encoding: PositionEncoding;
}

checkLaw<Walk>({
  name: "a document follows an editing session: its text, its lines, its deltas, and back by undoing all of it",
  cases: 150,
  make: (random) => ({ seed: random.below(1e9), text: randomText(random, 80), encoding: random.pick(encodings) }),
  print: (walk) => JSON.stringify(walk),
  check: ({ seed, text, encoding }) => {
    const random = new Random(seed);
    const document = new TextDocument("a.ts", "typescript", 0, text, encoding);
    let now = editing(text);
    let sum = Delta.identity(text.length);
    for (let step = 0; step < 60; step += 1) {
      const before = document.text;
      const { delta, after } = nextEdit(random, now);
      const result = document.change(document.version + 1 + random.below(3), toChanges(before, delta, encoding));
      assert.ok(result.kind === "changed", JSON.stringify(result));
      assert.equal(document.text, after.text);
      assert.equal(result.delta.apply(before), after.text);
      sum = sum.compose(result.delta);
      now = after;
    }
    assert.deepEqual(document.lines, Lines.of(document.text));
    assert.equal(sum.apply(text), document.text);
    assert.equal(sum.invert(text).apply(document.text), text);
  },
});

checkLaw<Walk>({
  name: "halves of surrogate pairs from a client: the text is its text, and kept text keeps its bytes",
  cases: 500,
  make: (random) => ({ seed: random.below(1e9), text: halves(random, 12), encoding: "utf-16" }),
  print: (walk) => JSON.stringify(walk),
  check: ({ seed, text }) => {
    const random = new Random(seed);
    const document = new TextDocument("a.ts", "typescript", 0, text);
    for (let step = 1; step <= 12; step += 1) {
      const before = document.text;
      const [start = 0, end = 0] = [random.below(before.length + 1), random.below(before.length + 1)].sort((a, b) => a - b);
      const inserted = halves(random, 3);
      const range = { start: { line: 0, character: start }, end: { line: 0, character: end } };
      const result = document.change(step, [{ range, text: inserted }]);
      assert.ok(result.kind === "changed", JSON.stringify(result));
      assert.equal(document.text, before.slice(0, start) + inserted + before.slice(end));
      assert.equal(result.delta.apply(before), document.text);
      assert.equal(result.delta.invert(before).apply(document.text), before);
      checkKeptBytes(before, document.text, result.delta);
    }
  },
});

const halves = (random: Random, lengthMax: number): string =>
  Array.from({ length: random.below(lengthMax + 1) }, () => random.pick(["\ud83d", "\ude00", "😀", "a"])).join("");

/** The bytes of the new text are those of its runs put together: no run's edge falls inside a character. */
function checkKeptBytes(before: string, after: string, delta: Delta): void {
  const edges = delta.touched().flatMap((run) => [run.new.start, run.new.end]);
  const parts = [0, ...edges].map((start, index) => after.slice(start, edges[index] ?? after.length));
  assert.deepEqual(Buffer.concat(parts.map((part) => Buffer.from(part))), Buffer.from(after));
  const oldEdges = delta.touched().flatMap((run) => [run.old.start, run.old.end]);
  const oldParts = [0, ...oldEdges].map((start, index) => before.slice(start, oldEdges[index] ?? before.length));
  assert.deepEqual(Buffer.concat(oldParts.map((part) => Buffer.from(part))), Buffer.from(before));
}

const oddNumbers = [0, 0, 1, 1, 2, 3, 5, 40, -1, 0.5, NaN, Infinity, 2 ** 31, 2 ** 53, -0];

checkLaw<Walk>({
  name: "whatever numbers a client sends, a document answers, and what it refuses leaves no trace",
  cases: 500,
  make: (random) => ({ seed: random.below(1e9), text: randomText(random, 20), encoding: random.pick(encodings) }),
  print: (walk) => JSON.stringify(walk),
  check: ({ seed, text, encoding }) => {
    const random = new Random(seed);
    const oddPlace = (): Place => ({ line: random.pick(oddNumbers), character: random.pick(oddNumbers) });
    const document = new TextDocument("a.ts", "typescript", 0, text, encoding);
    for (let step = 0; step < 20; step += 1) {
      const { text: before, version } = document;
      const change = (): ContentChange => ({ range: { start: oddPlace(), end: oddPlace() }, text: randomText(random, 3) });
      const changes = Array.from({ length: random.below(3) }, change);
      const result = document.change(version + random.pick([...oddNumbers, 1, 1]), changes);
      if (result.kind === "changed") assert.equal(result.delta.apply(before), document.text);
      else assert.deepEqual([document.text, document.version], [before, version], result.reason);
      assert.deepEqual(document.lines, Lines.of(document.text));
    }
  },
});

test("one line of 100,000 characters, in each encoding", () => {
  const line = "ab→😀".repeat(20_000);
  assert.equal(line.length, 100_000);
  for (const encoding of encodings) {
    const document = new TextDocument("a.ts", "typescript", 0, `x\n${line}\ny`, encoding);
    const lines = document.lines;
    for (const offset of [2, 5, 50_002, 100_000, 100_002]) {
      assert.equal(lines.offsetAt(lines.placeAt(utf16(offset), encoding), encoding), offset);
    }
    const place = lines.placeAt(utf16(50_002), encoding);
    const result = document.change(1, [{ range: { start: place, end: place }, text: "\n" }]);
    assert.ok(result.kind === "changed");
    assert.equal(result.delta.print(), "50002 0:1 50002");
    assert.deepEqual(document.lines, Lines.of(document.text));
  }
});

// The structures that are sent: of the newest version only, equal to a parse from scratch, in slices, and bounded.
import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { limits } from "../../../extension/src/limits";
import { Structures, type DocumentView } from "../../../extension/src/syntax/structure";
import { Grammars } from "../../../grammars/grammars";
import type { SyntaxSpan } from "../../../grammars/spans";
import { SyntaxTree, type SyntaxChange } from "../../../grammars/syntaxTree";
import { Random } from "../../../sidecar/base/random";

const grammars = new Grammars(join(process.cwd(), "dist/grammars"), (message) => assert.fail(message));

class Document implements DocumentView {
  current = 1;
  constructor(
    readonly uri: string,
    readonly languageId: string,
    public content: string,
  ) {}
  version(): number {
    return this.current;
  }
  text(): string {
    return this.content;
  }
  lengthUtf16(): number {
    return this.content.length;
  }
  /** Changes the text as an editor does, and gives what it tells of it. */
  replace(startUtf16: number, endUtf16: number, text: string): SyntaxChange {
    this.content = this.content.slice(0, startUtf16) + text + this.content.slice(endUtf16);
    this.current += 1;
    return { startUtf16, endUtf16, text };
  }
}

interface Sent {
  readonly uri: string;
  readonly version: number;
  readonly spans: readonly SyntaxSpan[];
}

class World {
  readonly sent: Sent[] = [];
  readonly logged: string[] = [];
  readonly delays: number[] = [];
  nowMs = 0;
  /** How far the clock moves at each look: a parse's slice ends after a few. */
  lookMs = 0;
  private queue: (() => void)[] = [];
  private readonly loading: Promise<unknown>[] = [];
  readonly structures = new Structures({
    loadGrammar: (languageId) => {
      const loading = grammars.load(languageId);
      this.loading.push(loading);
      return loading;
    },
    send: (uri, version, spans) => this.sent.push({ uri, version, spans }),
    log: (line) => this.logged.push(line),
    nowMs: () => {
      this.nowMs += this.lookMs;
      return this.nowMs;
    },
    later: (delayMs, action) => {
      this.delays.push(delayMs);
      this.queue.push(action);
    },
  });

  /** Runs what waits, until nothing does; gives how many times something ran. */
  async settle(): Promise<number> {
    let runs = 0;
    // Grammars load in promises: they are given the turn before the queue counts as empty.
    await Promise.all(this.loading);
    await new Promise((resolve) => setImmediate(resolve));
    for (let action = this.queue.shift(); action !== undefined; action = this.queue.shift()) {
      action();
      runs += 1;
    }
    return runs;
  }
}

async function scratchSpans(document: Document): Promise<readonly SyntaxSpan[]> {
  const grammar = await grammars.load(document.languageId);
  assert.ok(grammar !== undefined);
  const tree = SyntaxTree.parse(grammar, document.content);
  const spans = tree.spans(limits.structureSpansMax);
  tree.delete();
  return spans;
}

async function shown(document: Document): Promise<World> {
  const world = new World();
  world.structures.show(document);
  await world.settle();
  return world;
}

test("a document in view is sent once for its version", async () => {
  const document = new Document("file:///a.ts", "typescript", "function f() { return 1; }\n");
  const world = await shown(document);
  world.structures.show(document);
  await world.settle();
  assert.deepEqual(world.sent, [{ uri: document.uri, version: 1, spans: await scratchSpans(document) }]);
  world.structures.dispose();
});

test("many changes in a row are one parse, of the newest version", async () => {
  const document = new Document("file:///a.ts", "typescript", "function f() { }\n");
  const world = await shown(document);
  for (const character of "if (a) { b(); }") {
    const at = document.content.indexOf("}\n");
    world.structures.change(document.uri, [document.replace(at, at, character)]);
  }
  assert.equal(world.sent.length, 1, "nothing is parsed in the event");
  assert.equal(world.delays.at(-1), limits.parseDelayMs);
  assert.equal(await world.settle(), 1);
  assert.deepEqual(world.sent[1], { uri: document.uri, version: 16, spans: await scratchSpans(document) });
  assert.deepEqual(world.logged, []);
  world.structures.dispose();
});

test("random edits, some unheard of: what is sent is the structure of the text as it is", async () => {
  const random = new Random(5);
  const document = new Document("file:///a.json", "json", '{"a": [1, {"b": 2}]}');
  const world = await shown(document);
  for (let step = 0; step < 60; step += 1) {
    const at = random.below(document.content.length + 1);
    // Each edit leaves valid JSON behind, so that the tree is the one from scratch.
    const whole = random.chance(0.5);
    const change = whole
      ? document.replace(0, document.content.length, random.pick(['{"a": [1, {"b": 2}]}', "[{}]", `["é😀", ${at}]`]))
      : document.replace(document.content.length, document.content.length, "\n");
    if (whole || random.chance(0.5)) world.structures.change(document.uri, [change]);
    else world.structures.show(document);
    await world.settle();
    assert.deepEqual(world.sent.at(-1), { uri: document.uri, version: document.current, spans: await scratchSpans(document) });
  }
  assert.ok(world.logged.length > 0, "the unheard edits were noticed");
  world.structures.dispose();
});

test("a long document is parsed in slices, and an edit between them starts it again", async () => {
  const document = new Document("file:///a.ts", "typescript", "function f() { return [1, 2, 3]; }\n".repeat(400));
  const world = new World();
  world.lookMs = 1;
  world.structures.show(document);
  assert.ok(10 < (await world.settle()));
  world.structures.change(document.uri, [document.replace(0, 0, "class A { }\n")]);
  await world.settle();
  assert.deepEqual(world.sent.map(({ version }) => version), [1, 2]);
  assert.deepEqual(world.sent[1]?.spans, await scratchSpans(document));
  world.structures.dispose();
});

test("what was forgotten is sent again", async () => {
  const first = new Document("file:///a.ts", "typescript", "class A { }\n");
  const second = new Document("file:///b.ts", "typescript", "class B { }\n");
  const world = await shown(first);
  world.structures.show(second);
  await world.settle();
  world.structures.sendAgain(second.uri);
  await world.settle();
  world.structures.sendAgain();
  await world.settle();
  assert.deepEqual(world.sent.map(({ uri }) => uri.slice(-4)), ["a.ts", "b.ts", "b.ts", "a.ts", "b.ts"]);
  world.structures.dispose();
});

test("what is closed, too long or of an unknown language is not parsed", async () => {
  const closed = new Document("file:///a.ts", "typescript", "class A { }\n");
  const long = new Document("file:///b.ts", "typescript", " ".repeat(limits.parseUtf16Max + 1));
  const unknown = new Document("file:///c.txt", "plaintext", "text");
  const world = await shown(long);
  world.structures.show(unknown);
  world.structures.show(closed);
  world.structures.forget(closed.uri);
  await world.settle();
  world.structures.change(closed.uri, [closed.replace(0, 0, "x")]);
  await world.settle();
  assert.deepEqual(world.sent, []);
  world.structures.change(long.uri, [long.replace(0, long.content.length, "class B { }")]);
  await world.settle();
  assert.deepEqual(world.sent.map(({ uri, version }) => [uri, version]), [[long.uri, 2]]);
  world.structures.dispose();
});

test("trees beyond the bound are freed, the least recently used first", async () => {
  const documents = Array.from({ length: limits.treesMax + 1 }, (_, i) => new Document(`file:///${i}.ts`, "typescript", "class A { }\n"));
  const world = new World();
  for (const document of documents) world.structures.show(document);
  await world.settle();
  assert.equal(world.sent.length, limits.treesMax);
  assert.ok(!world.sent.some(({ uri }) => uri === documents[0]?.uri));
  world.structures.dispose();
});

test("a document that changes its language is parsed as that", async () => {
  const world = await shown(new Document("file:///a", "json", "[]"));
  const python = new Document("file:///a", "python", "def f():\n    pass\n");
  world.structures.show(python);
  await world.settle();
  assert.deepEqual(world.sent.at(-1)?.spans, await scratchSpans(python));
  world.structures.dispose();
});

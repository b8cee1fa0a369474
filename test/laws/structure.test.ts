// Law: the structure that the extension sends and the one that the sidecar parses for itself are the same wherever the
// text has no error, whatever each of them gathered into one parse; in broken texts they seldom differ.
import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { Structures, type DocumentView } from "../../extension/src/syntax/structure";
import { Grammars, type Grammar } from "../../grammars/grammars";
import type { SyntaxSpan } from "../../grammars/spans";
import { SyntaxTree } from "../../grammars/syntaxTree";
import { limits } from "../../sidecar/base/limits";
import { Random } from "../../sidecar/base/random";
import { OwnStructure } from "../../sidecar/session/ownStructure";
import { Delta } from "../../sidecar/text/delta";
import { utf16 } from "../../sidecar/text/frames";

const grammars = new Grammars(join(process.cwd(), "dist/grammars"), (message) => assert.fail(message));

/** Whole statements go in and out, so that most texts have no error; now and then a key is hit that breaks them. */
const statements: Readonly<Record<string, readonly string[]>> = {
  typescript: ["function f() {\n  return { a: 1 };\n}\n", "class A {\n  m() { if (a) { b(); } }\n}\n", "const é = \"😀\";\n", "{", "}\n"],
  python: ["def f():\n    return 1\n", "class A:\n    def m(self):\n        pass\n", "x = '😀'\n", "(", "):\n"],
  json: ["{\"a\": [1]}", "[]", "[{}]", ",", "\n"],
};

class Text implements DocumentView {
  readonly uri = "file:///a";
  content = "";
  edits = 0;
  constructor(readonly languageId: string) {}
  version(): number {
    return this.edits;
  }
  text(): string {
    return this.content;
  }
  lengthUtf16(): number {
    return this.content.length;
  }
}

interface Compared {
  readonly equal: number;
  readonly compared: number;
}

async function checkSame(languageId: string, grammar: Grammar, seed: number, edits: number): Promise<Compared> {
  const random = new Random(seed);
  const document = new Text(languageId);
  const pieces: string[] = [];
  let sent: readonly SyntaxSpan[] = [];
  const queue: (() => void)[] = [];
  const structures = new Structures({
    loadGrammar: () => Promise.resolve(grammar),
    send: (_uri, _version, spans) => (sent = spans),
    log: (line) => assert.fail(line),
    nowMs: () => 0,
    later: (_delayMs, action) => queue.push(action),
  });
  const own = new OwnStructure(languageId, () => grammar);
  structures.show(document);
  await Promise.resolve();
  let equal = 0;
  let compared = 0;
  for (let step = 0; step < edits; step += 1) {
    const at = random.below(pieces.length + 1);
    const start = pieces.slice(0, at).join("").length;
    const removed = random.chance(0.4) && at < pieces.length ? (pieces.splice(at, 1)[0] ?? "") : "";
    const added = removed === "" ? random.pick(statements[languageId] ?? []) : "";
    if (added !== "") pieces.splice(at, 0, added);
    const before = document.content;
    document.content = pieces.join("");
    document.edits += 1;
    structures.change(document.uri, [{ startUtf16: start, endUtf16: start + removed.length, text: added }]);
    own.note(Delta.fromReplacements(before.length, [{ start: utf16(start), end: utf16(start + removed.length), text: added }]));
    if (random.chance(0.5)) for (const action of queue.splice(0)) action();
    if (random.chance(0.3)) own.spansOf(document.content);
    if (random.chance(0.5)) continue;
    for (const action of queue.splice(0)) action();
    const spans = own.spansOf(document.content);
    const scratch = SyntaxTree.parse(grammar, document.content);
    const told = (): string => `seed ${seed}, step ${step}: ${JSON.stringify(document.content)}`;
    if (!scratch.hasErrorIn(0, document.content.length)) {
      assert.deepEqual(sent, scratch.spans(limits.structureSpansMax), told());
      assert.deepEqual(spans, sent, told());
    }
    scratch.delete();
    compared += 1;
    if (JSON.stringify(sent) === JSON.stringify(spans)) equal += 1;
  }
  own.close();
  structures.dispose();
  return { equal, compared };
}

for (const languageId of Object.keys(statements)) {
  test(`${languageId}: extension and sidecar find the same structure`, async () => {
    const grammar = await grammars.load(languageId);
    assert.ok(grammar !== undefined);
    const sums = await Promise.all([1, 2, 3, 4, 5].map((seed) => checkSame(languageId, grammar, seed, 60)));
    const equal = sums.reduce((sum, one) => sum + one.equal, 0);
    const compared = sums.reduce((sum, one) => sum + one.compared, 0);
    assert.ok(compared * 0.95 <= equal, `${equal} of ${compared} are the same`);
  });
}

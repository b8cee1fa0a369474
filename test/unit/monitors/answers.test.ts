// Owns what answers mean, as data: which of a list's items are names, how many arguments signatures take, what a server is shown
// of a text that isn't finished, and what it is told of a change.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Random } from "../../../sidecar/base/random";
import { namesIn } from "../../../sidecar/monitors/completionNames";
import { readMonitorSettings, monitorSettingsDefault, serverFlag } from "../../../sidecar/monitors/monitorSettings";
import { changeBetween } from "../../../sidecar/monitors/serverDocuments";
import { shadowOf } from "../../../sidecar/monitors/shadowText";
import { signatureIn } from "../../../sidecar/monitors/signatureCounts";
import { utf16 } from "../../../sidecar/text/frames";
import { TextDocument, type ContentChange } from "../../../sidecar/text/document";
import { shown } from "../../support/monitorRig";

function checkNames(list: unknown, expected: string, quoted = false, incompleteIsWhole = false): void {
  assert.equal(shown(namesIn(list, { quoted, incompleteIsWhole })), expected);
}

test("of a list, names are what names something", () => {
  checkNames([{ label: "area" }, { label: "move", kind: 2 }], "area move");
  checkNames([{ label: "word", kind: 1 }, { label: "area", kind: 10 }, { label: "for", kind: 15 }], "area");
  checkNames([{ label: "word", kind: 1 }, { label: "other", kind: 1 }], "open: only words of the text are known there");
  checkNames([{ label: "name?", insertText: "name" }, { label: "x", textEdit: { newText: "?.area" } }], "area name");
  checkNames([{ label: "code", insertText: ".code" }, { label: "next", insertText: "->next" }], "code next");
  checkNames([{ label: "a-b", textEdit: { newText: "[\"a-b\"]" } }, { label: "ok" }], "ok");
  checkNames([{ label: "call(int x)", insertText: "call(${1:x})", insertTextFormat: 2 }, { label: " push_back(T&&)" }], "call push_back");
  checkNames([{ label: "#hidden" }, { label: "größe" }, { label: "名前" }, { label: "$scope" }], "#hidden $scope größe 名前");
  checkNames([{ label: "'aa'" }, { label: "a b" }], "a b aa", true);
  checkNames([{ label: "\"a-b\"" }], "\"a-b\"");
});

test("a list that may not be whole is no limit", () => {
  checkNames(null, "open: nothing is known of what stands before it");
  checkNames([], "open: no name is known there");
  checkNames({ items: [{ label: "a" }], isIncomplete: true }, "open: the list of names is incomplete");
  checkNames({ items: [{ label: "a" }], isIncomplete: true }, "a", false, true);
  checkNames("area", "open: the list of names can't be read");
});

function checkSignature(label: string, parameters: readonly (string | readonly [number, number])[] | undefined, expected: string): void {
  assert.equal(shown(signatureIn({ signatures: [{ label, ...(parameters === undefined ? {} : { parameters: parameters.map((each) => ({ label: each })) }) }] })), expected, label);
}

test("the number of arguments of a signature", () => {
  checkSignature("f(a: string, b?: number): void", ["a: string", "b?: number"], "1 to 2");
  checkSignature("f(...rest: string[]): void", ["...rest: string[]"], "0 to any number");
  checkSignature("map(callback: (...rest: unknown[]) => void): void", ["callback: (...rest: unknown[]) => void"], "1 to 1");
  checkSignature("f(): void", undefined, "0 to 0");
  checkSignature("(percent: int, *, floor: int = 0) -> int", [[1, 13], [15, 16], [18, 32]], "1 to 2");
  checkSignature("(iterable: Iterable, /, *keys: str, **more: int)", [[1, 19], [21, 22], [24, 34], [36, 47]], "1 to any number");
  checkSignature("f(a int, rest ...string)", ["a int", "rest ...string"], "1 to any number");
  assert.equal(shown(signatureIn({ signatures: [{ label: "f(a)", parameters: [{ label: "a" }] }, { label: "f()", parameters: [] }] })), "0 to 1");
  assert.equal(shown(signatureIn({ signatures: [] })), "open: no signature is known there");
  assert.equal(shown(signatureIn({ signatures: [{ label: 3 }] })), "open: a signature can't be read");
});

/** `▮` is the cursor, up to `▯` is generated; in what is expected, `◆` is where the server is asked. */
function checkShadow(marked: string, expected: string, languageId = "typescript", beside: readonly string[] = []): void {
  const [before = "", continuation = "", after = ""] = marked.split(/[▮▯]/);
  const question = { uri: "file:///a", languageId, version: 1, cursor: utf16(before.length), continuation, kind: "member" as const, beside };
  const { text, place, besides } = shadowOf(before + after, question, (operand) => !operand.endsWith("super()."));
  for (const { operand, place: behind } of besides) assert.ok(text.startsWith("zzPalimpsest", behind) && text.endsWith(operand + text.slice(behind)), operand);
  assert.equal(`${text.slice(0, place)}◆${text.slice(place)}`, expected);
}

test("a shadow leaves out what is there of the name, closes what the continuation opens, and holds a stand-in", () => {
  checkShadow("x.▮▯\nfoo();", "x.◆zzPalimpsest\nfoo();");
  checkShadow("x.ab▮cd▯;", "x.◆zzPalimpsest;");
  checkShadow("▮for (const a of b) { f(a.▯\n}", "for (const a of b) { f(a.◆zzPalimpsest)}\n}");
  checkShadow("f(▮[x.▯)", "f([x.◆zzPalimpsest])");
  checkShadow("mode === ▮\"da▯;", "mode === \"◆\";");
  checkShadow("mode === \"▮▯\";", "mode === \"◆\";");
  checkShadow("const o: T = { ▮▯ };", "const o: T = { ◆ };");
  checkShadow("`it's ${x.▮y▯}`", "`it's ${x.◆zzPalimpsest}`");
  checkShadow("    print(x.▮▯  # don't\n", "    print(x.◆zzPalimpsest)  # don't\n", "python");
});

test("what is asked about beside stands as arguments of the stand-in, where the text bears them", () => {
  checkShadow("x.▮▯\n", "x.◆zzPalimpsest(this.zzPalimpsest, a.b.zzPalimpsest)\n", "typescript", ["this.", "a.b."]);
  checkShadow("f(x.▮[y.▯)\n", "f(x.[y.◆zzPalimpsest(z?.zzPalimpsest)])\n", "typescript", ["z?."]);
  checkShadow("x.▮▯ = 1;\n", "x.◆zzPalimpsest = 1;\n", "typescript", ["this."]);
  checkShadow("import x.▮▯\n", "import x.◆zzPalimpsest\n", "python", ["self."]);
  checkShadow("mode === \"▮▯\";", "mode === \"◆\";", "typescript", ["this."]);
});

test("what the user left open is closed, unless it is closed behind the place", () => {
  checkShadow("  f() {\n    g(x.▮▯\n  }\n\n  h() {}\n", "  f() {\n    g(x.◆zzPalimpsest)\n  }\n\n  h() {}\n");
  checkShadow("  f() {\n    if (a) {\n      g(x.▮▯\n  }\n", "  f() {\n    if (a) {\n      g(x.◆zzPalimpsest)}\n  }\n");
  checkShadow("g(x.▮h(▯y.z)\n", "g(x.h(◆)y.z)\n");
  checkShadow("    n = (self.▮▯\n\n    def f(self):\n", "    n = (self.◆zzPalimpsest)\n\n    def f(self):\n", "python");
  checkShadow("    n = (self.▮▯\n    )\n", "    n = (self.◆zzPalimpsest\n    )\n", "python");
  checkShadow("    super().▮▯\n", "    super().◆\n", "python");
});

test("a change told to a server leads from one text to the other, whatever they are", () => {
  const random = new Random(7);
  const pieces = ["a", "b", "\n", "\r\n", "\r", "👋", "👍", "é", "x.", " "];
  const text = (): string => Array.from({ length: random.below(12) }, () => random.pick(pieces)).join("");
  for (let round = 0; round < 3_000; round += 1) {
    const before = text();
    const after = random.chance(0.5) ? text() : before.slice(0, before.length >> 1) + text();
    const document = new TextDocument("file:///a", "typescript", 1, before);
    const result = document.change(2, [changeBetween(before, after) as ContentChange]);
    assert.equal(document.text, after, `${JSON.stringify(before)} to ${JSON.stringify(after)}: ${JSON.stringify(result)}`);
  }
});

test("settings: what is wrong is told, and stays as it was", () => {
  const { settings, faults } = readMonitorSettings({ enabled: "yes", budget: 100, servers: { typescript: "typescript7", cpp: ["clangd", "--limit-results=0"] } }, monitorSettingsDefault);
  assert.deepEqual(faults, ["palimpsest.monitor.enabled must be true or false; it stays as it was."]);
  assert.equal(settings.enabled, true);
  assert.equal(settings.budgetMs, 100);
  assert.deepEqual(settings.servers, { typescript: { kind: "ready", name: "typescript7" }, cpp: { kind: "command", words: ["clangd", "--limit-results=0"] } });
  assert.deepEqual(serverFlag("python,cython=pyright"), { python: { kind: "ready", name: "pyright" }, cython: { kind: "ready", name: "pyright" } });
  assert.deepEqual(serverFlag('go=["/a b/gopls","serve"]'), { go: { kind: "command", words: ["/a b/gopls", "serve"] } });
  assert.equal(serverFlag("typescript7"), undefined);
  assert.equal(serverFlag("go="), undefined);
});

// Enforces what style and architecture ask of every file, and shows for each rule a sample that breaks it.
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { checkArrows, checkDeclared } from "./arrows";
import { checkLockfile, checkPinned, checkProtocol, checkReasons, declaredPackages, protocolHash } from "./manifest";
import { masksOf } from "./masks";
import { checkExports, checkReached } from "./reach";
import { projectFiles, readSource, sourceOf, type Source } from "./sources";
import { checkMachinePaths, checkStyle } from "./style";

const root = process.cwd();
const paths = projectFiles(root);
const readAll = (pattern: RegExp): readonly Source[] => paths.filter((path) => pattern.test(path)).map((path) => readSource(root, path));
const sources = readAll(/^(extension|sidecar|grammars|test)\/.*\.ts$/);
const scripts = readAll(/\.(mjs|js|cjs)$/);
const read = (path: string): string => (existsSync(join(root, path)) ? readFileSync(join(root, path), "utf8") : "");
const manifest: unknown = JSON.parse(read("package.json"));

/** The project keeps the rule. */
function checkProject(rule: string, faults: () => readonly string[]): void {
  test(`tidy: ${rule}`, () => {
    const found = faults();
    assert.ok(found.length === 0, `${found.length} faults\n${found.join("\n")}`);
  });
}

/** The rule finds what is wrong with a sample, and only that. */
function checkFound(rule: string, faults: readonly string[], expected: readonly RegExp[]): void {
  test(`tidy finds: ${rule}`, () => {
    assert.equal(faults.length, expected.length, faults.join("\n"));
    for (const [index, pattern] of expected.entries()) assert.match(faults[index] ?? "", pattern);
  });
}

test("there is something to look at", () => {
  assert.ok(30 < sources.length && sources.some(({ path }) => path === "sidecar/text/delta.ts"));
});

checkProject("folders import only what is below them, packages stay in their homes", () => checkArrows(sources));
const arrow = (path: string, line: string): readonly string[] => checkArrows([sourceOf(path, line)]);
checkFound("an upward import", arrow("sidecar/text/a.ts", 'import { x } from "../tokens/b";'), [
  /a\.ts:1 .*sidecar\/text may not import sidecar\/tokens/,
]);
checkFound("an import over two lines", arrow("sidecar/base/a.ts", 'import {\n  x,\n} from "../text/b";'), [/may not import/]);
checkFound("a re-export", arrow("sidecar/base/a.ts", 'export * from "../text/b";'), [/may not import/]);
checkFound("a late import", arrow("sidecar/base/a.ts", 'const x = await import("../text/b");'), [/may not import/]);
checkFound("an import of a test", arrow("sidecar/server/main.ts", 'import "../../test/support/x";'), [/may not import test/]);
checkFound("the engine behind its port", arrow("sidecar/session/a.ts", 'import { x } from "../engine/llama/b";'), [/may not import/]);
checkFound("the engine where it is chosen", arrow("sidecar/server/main.ts", 'import { x } from "../engine/llama/b";'), []);
checkFound("values of the wire", arrow("sidecar/session/a.ts", 'import { x } from "../protocol/data";'), [/more than types/]);
checkFound("types of the wire", arrow("sidecar/session/a.ts", 'import type { X } from "../protocol/data";'), []);
checkFound("the editor in the sidecar", arrow("sidecar/server/a.ts", 'import * as vscode from "vscode";'), [/imports vscode, which only/]);
checkFound("the FFI outside its file", arrow("sidecar/engine/llama/a.ts", 'import koffi from "koffi";'), [/imports koffi, which only/]);
checkFound("I/O in a pure layer", arrow("sidecar/cache/a.ts", 'import { readFileSync } from "node:fs";'), [/does no I\/O/]);
checkFound("a package without a home", arrow("sidecar/server/a.ts", 'import x from "left-pad";'), [/say in arrows\.ts/]);
const noImports = "// import \"../text/b\"\nconst s = 'import \"../text/b\"';";
checkFound("no import in a string or a comment", arrow("sidecar/base/a.ts", noImports), []);

const declared = new Set(declaredPackages(manifest).map(([name]) => name));
checkProject("what is imported stands in package.json", () => checkDeclared(sources, declared));
const accidental = sourceOf("a.ts", 'import { x } from "ms";');
checkFound("a package that is there by accident", checkDeclared([accidental], new Set(["koffi"])), [/imports ms/]);

// Every entry point of build.mjs is a program.
const entries = [...read("build.mjs").matchAll(/"((?:extension|sidecar|grammars|test)\/[\w/.-]+\.ts)"/g)].map((match) => match[1] ?? "");
checkProject("every file is used", () => checkReached(sources, new Set(paths), entries));
const tree = [
  sourceOf("sidecar/server/main.ts", 'import "./used"; import "./gone";'),
  sourceOf("sidecar/server/used.ts", ""),
  sourceOf("sidecar/server/dead.ts", ""),
  sourceOf("sidecar/server/tested.ts", ""),
  sourceOf("test/unit/x.test.ts", 'import "../../sidecar/server/tested";'),
];
checkFound("dead files", checkReached(tree, new Set(tree.map(({ path }) => path)), []), [
  /gone, which isn't there/, /dead\.ts is imported by nothing/, /tested\.ts is used by tests only/,
]);

const ownCode = sources.filter(({ path }) => !path.startsWith("test/"));
checkProject("every export is used", () => checkExports(ownCode, [...sources, ...scripts]));
const exporting = sourceOf("a.ts", "export const used = 1;\nexport function unused(): void {}\nunused();");
const using = sourceOf("b.ts", "used; // unused");
checkFound("an export without a user", checkExports([exporting], [exporting, using]), [/a\.ts:2 exports unused/]);

checkProject("every source keeps the style", () => [...sources, ...scripts].flatMap(checkStyle));
const header = "// Owns a sample.\n";
const style = (text: string, path = "sidecar/text/a.ts"): readonly string[] => checkStyle(sourceOf(path, header + text));
checkFound("a good file", style("const a = b !== c && !d; // any! TODOs\nconst s = `${x}!`; const r = /a!b/;\n"), []);
checkFound("a file without a header", checkStyle(sourceOf("a.ts", "const a = 1;\n")), [/a\.ts:1 header/]);
checkFound("a long line", style(`// ${"x".repeat(158)}\n`), [/a\.ts:2 size: 161 columns/]);
checkFound("a long file", style("\n".repeat(300)), [/size: 301 lines/]);
checkFound("any", style("let a: any; let b = c as any; f<any>(); const company = x.any([]);\n"), [/any/, /any/, /any/]);
checkFound("non-null", style("a!.b(); c()!; d[0]! ; let e!: number;\n"), [/nonNull/, /nonNull/, /nonNull/, /nonNull/]);
checkFound("default exports", style("export default 1;\nexport { a as default };\n"), [/:2 defaultExport/, /:3 defaultExport/]);
checkFound("silenced types", style(`// @ts-${"ignore"}\n/* @ts-expect-${"error"} */\n`), [/silenced/, /silenced/]);
checkFound("leftovers", style(`// ${"TO"}DO later\n/** ${"FIX"}ME */\n`), [/leftover/, /leftover/]);
checkFound("clocks", style("Date.now(); performance.now(); Math.random(); new Date();\n"), [/clock/, /clock/, /clock/, /clock/]);
checkFound("a clock in base", style("performance.now();", "sidecar/base/clock.ts"), []);
checkFound("a stamp in the server", style("const atMs = performance.now();", "sidecar/server/a.ts"), []);
checkFound("standard output", style("console.log(1); console.error(2); console.log = console.error;\n"), [/console/]);
checkFound("what blocks the editor's host", style("existsSync(a); fs.readFileSync (b); resync(c);\n", "extension/src/a.ts"), [/blocking/, /blocking/]);
checkFound("what blocks a program of our own", style("readFileSync(b);\n", "sidecar/server/a.ts"), []);
checkFound("skipped tests", style("test.skip('a'); test.only('b');\n", "test/a.ts"), [/skippedTest/, /skippedTest/]);

const isText = /^\.ci\/|\.(ts|mjs|js|cjs|json|jsonl|md|scm|css|html|svg|ya?ml|sh|snap|txt)$/;
const written = paths.filter((path) => isText.test(path));
checkProject("no path of a machine", () => written.flatMap((path) => checkMachinePaths(path, read(path))));
const machine = (path: string): readonly string[] => checkMachinePaths("a.md", `see ${path} there`);
// Put together here, lest this file break the rule.
for (const folder of ["wo" + "rk", "ro" + "ot", "ho" + "me", "tm" + "p"]) {
  checkFound(`paths of a machine: ${folder}`, machine(`/${folder}/x`), [/machinePath/]);
}
checkFound("a folder outside", machine("../" + "shared/x"), [/machinePath/]);
checkFound("other paths", machine("https://a.b/work/x, ./home/x, src/root/x"), []);

checkProject("one version of each package", () => checkPinned(manifest));
const loose = { dependencies: { a: "^1.0.0", b: "1.2.3", c: "~2.0.0" }, overrides: { d: { e: "*" } } };
checkFound("loose versions", checkPinned(loose), [/ a /, / c /, / e /]);
checkProject("packages come from the public registry", () => checkLockfile(read("package-lock.json")));
checkFound("another registry", checkLockfile('"resolved": "https://npm.example.org/a.tgz"'), [/npm\.example\.org$/]);
checkProject("every dependency has its reason in ARCHITECTURE.md", () => checkReasons(manifest, read("ARCHITECTURE.md")));
checkFound("a dependency without a reason", checkReasons({ dependencies: { a: "1.0.0", "@b/c": "1.0.0" } }, "- `@b/*`: why"), [/`a`/]);

checkProject("docs/protocol.md describes the protocol as it is", () =>
  checkProtocol(read("docs/protocol.md"), protocolHash([read("sidecar/protocol/messages.ts"), read("sidecar/protocol/data.ts")])));
checkFound("a protocol that moved on", checkProtocol("<!-- protocol: abc -->", "def"), [/describes abc: .*<!-- protocol: def -->/]);
checkFound("a protocol that nobody described", checkProtocol("", "def"), [/describes no version/]);

test("masks tell code, comments and strings apart", () => {
  const { code, comments } = masksOf("a('x//y'); // b\nconst r = /[/\"]/g; /* c */ t = `d${e /* f */ + `g`}h` / 2;");
  assert.equal(code, "a('    '); " + "    " + "\nconst r = /    /g; " + "       " + " t = ` ${e " + "       " + " + ` `} ` / 2;");
  assert.equal(comments.replace(/\s+/g, " "), " // b /* c */ /* f */ ");
});

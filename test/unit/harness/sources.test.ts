// Where made traces come from: a git history, two folders, an npm archive. Nothing here uses a network.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { readTrace } from "../../harness/corpus";
import { changesBetween, folderFiles } from "../../harness/folderSource";
import { gitChanges } from "../../harness/gitSource";
import { npmFiles, untar } from "../../harness/npmSource";
import { Progress } from "../../harness/progress";
import { isWorthTracing, languageIdOf } from "../../harness/sourceFile";
import { makeTraces } from "../../harness/traceCommand";
import { finalText } from "../../harness/traceDocument";

const folder = mkdtempSync(join(tmpdir(), "palimpsest-test-"));
after(() => rmSync(folder, { recursive: true, force: true }));

const before = "export function first(): number {\n  return 1;\n}\n\nexport const name = \"before\";\n";
const after1 = "export function first(): number {\n  const result = compute(1);\n  return result;\n}\n\nexport const name = \"after\";\n";

function write(path: string, text: string): void {
  mkdirSync(join(folder, path, ".."), { recursive: true });
  writeFileSync(join(folder, path), text);
}

/** A history of three commits: one adds, one changes code and notes, one removes. */
function makeRepository(): string {
  const settings = ["-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"];
  const git = (...args: readonly string[]): void => {
    execFileSync("git", ["-C", join(folder, "repository"), ...settings, ...args], { stdio: "pipe" });
  };
  write("repository/src/a.ts", before);
  write("repository/notes.txt", "one\n");
  write("repository/src/gone.ts", before);
  git("init", "-q");
  git("add", ".");
  git("commit", "-q", "-m", "first");
  write("repository/src/a.ts", after1);
  write("repository/notes.txt", "two\n");
  git("commit", "-q", "-a", "-m", "second");
  git("rm", "-q", "src/gone.ts");
  git("commit", "-q", "-m", "third");
  return join(folder, "repository");
}

test("a git history gives the source files that a commit changed", () => {
  const repository = makeRepository();
  const changes = [...gitChanges(repository, 10, undefined)];
  assert.deepEqual(changes.map(({ uri, languageId }) => [uri, languageId]), [["src/a.ts", "typescript"]]);
  assert.equal(changes[0]?.before, before);
  assert.equal(changes[0]?.after, after1);
  assert.deepEqual([...gitChanges(repository, 1, undefined)], []);
  assert.deepEqual([...gitChanges(repository, 10, "*.py")], []);
});

test("what is no repository is said to be none", () => {
  mkdirSync(join(folder, "empty"), { recursive: true });
  assert.throws(() => [...gitChanges(join(folder, "nowhere"), 1, undefined)], /there is no folder/);
  assert.throws(() => [...gitChanges(join(folder, "empty"), 1, undefined)], /git can't read/);
});

test("two folders become traces and probes on disk that end as they should", () => {
  write("old/a.ts", before);
  write("new/a.ts", after1);
  write("old/only.ts", before);
  write("new/other.ts", after1);
  assert.deepEqual([...changesBetween(folderFiles(join(folder, "old")), folderFiles(join(folder, "new")), {})].map((change) => change.uri), ["a.ts"]);
  const out = join(folder, "out");
  const said: string[] = [];
  makeTraces(
    { kind: "trace", source: { kind: "diff", before: join(folder, "old"), after: join(folder, "new") }, out, seed: 1 },
    new Progress(() => 0),
    (line) => said.push(line),
  );
  assert.deepEqual(readdirSync(join(out, "traces")), ["0000-a.ts.jsonl"]);
  assert.equal(finalText(readTrace(join(out, "traces/0000-a.ts.jsonl"))), after1);
  const probes = readdirSync(join(out, "probes"));
  assert.ok(probes.includes("typing") && probes.includes("replace-below"), probes.join(" "));
  assert.match(said.join("\n"), /^1 traces in .*\n {2}typing +1/);
});

test("files that a person didn't write, or not in one go, are left alone", () => {
  const change = { uri: "a.ts", languageId: "typescript", before, after: after1, source: {} };
  assert.ok(isWorthTracing(change));
  assert.ok(!isWorthTracing({ ...change, before: "" }));
  assert.ok(!isWorthTracing({ ...change, after: after1 + "x".repeat(3_000) }));
  assert.ok(!isWorthTracing({ ...change, after: after1 + "\0" }));
  assert.equal(languageIdOf("a/b.py"), "python");
  assert.equal(languageIdOf("node_modules/a.js"), undefined);
  assert.equal(languageIdOf("a.min.js"), undefined);
  assert.equal(languageIdOf("a.lock"), undefined);
});

/** One entry of a tar archive, as POSIX sets it. */
function tarEntry(name: string, text: string, kind = "0", prefix = ""): Buffer {
  const body = Buffer.from(text);
  const header = Buffer.alloc(512);
  header.write(name, 0);
  header.write(body.length.toString(8).padStart(11, "0"), 124);
  header.write(kind, 156);
  header.write("ustar\0" + "00", 257);
  header.write(prefix, 345);
  return Buffer.concat([header, body, Buffer.alloc((512 - (body.length % 512)) % 512)]);
}

test("an npm archive is unpacked: prefixes, long paths, folders, files of whole blocks", () => {
  const long = `package/${"deep/".repeat(30)}a.ts`;
  const pax = `path=${long}\n`;
  const record = `${pax.length + 4} ${pax}`;
  const archive = Buffer.concat([
    tarEntry("package/", "", "5"),
    tarEntry("package/a.ts", before),
    tarEntry("b.ts", "b".repeat(512), "0", "package/src"),
    tarEntry("PaxHeader/a.ts", record, "x"),
    tarEntry("package/deep/cut", "deep 😀"),
    tarEntry("package/empty.ts", ""),
    Buffer.alloc(1024),
  ]);
  assert.deepEqual([...untar(archive)], [
    ["a.ts", before],
    ["src/b.ts", "b".repeat(512)],
    [long.slice("package/".length), "deep 😀"],
    ["empty.ts", ""],
  ]);
});

test("only names with versions are handed to npm", () => {
  for (const spec of ["left-pad", "--registry=x@1", "a@1 b@2", "../a@1", "https://example.org/a@1"]) {
    assert.throws(() => npmFiles(spec), /is no package with a version/, spec);
  }
});

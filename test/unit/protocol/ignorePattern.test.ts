// Patterns of paths as .gitignore writes them, and what they keep out of a prompt together with the names of secrets.
import assert from "node:assert/strict";
import { test } from "node:test";
import { ExclusionRules } from "../../../sidecar/protocol/exclusion";
import { ignoreRules, isIgnored } from "../../../sidecar/protocol/ignorePattern";

/** Patterns separated by blanks; each path is said to be ignored (+) or not (-). */
function checkIgnored(patterns: string, ...paths: readonly string[]): void {
  for (const path of paths) {
    test(`"${patterns}" ${path}`, () => assert.equal(isIgnored(path.slice(1), ignoreRules(patterns.split(" "))), path.startsWith("+")));
  }
}

checkIgnored("*.log", "+a.log", "+b/c/a.log", "-a.log.ts", "-alog");
checkIgnored("secret", "+secret", "+a/secret", "+secret/x.ts", "+a/secret/b/x.ts", "-secrets", "-a/secret.ts");
checkIgnored("/secret", "+secret", "+secret/x.ts", "-a/secret");
checkIgnored("dist/", "+dist/a.js", "+a/dist/b.js", "-dist", "-a/dist");
checkIgnored("a/b.ts", "+a/b.ts", "-x/a/b.ts");
checkIgnored("**/b.ts", "+b.ts", "+a/b.ts", "+x/a/b.ts", "-ab.ts");
checkIgnored("a/**/b", "+a/b", "+a/x/b", "+a/x/y/b", "-a/xb", "-x/a/b");
checkIgnored("a/**", "+a/b", "+a/b/c", "-a", "-b/a");
checkIgnored("a?c.t[sx]", "+abc.ts", "+x/abc.tx", "-a/c.ts", "-abc.tt");
checkIgnored("[!a]b", "+cb", "-ab");
checkIgnored("[a-c]1", "+b1", "-d1");
checkIgnored("[z-a]", "-z", "-a");
checkIgnored("# *.ts", "-#", "-b.js");
checkIgnored("*.ts !keep.ts", "+a.ts", "-keep.ts", "-x/keep.ts");
checkIgnored("gen !gen/keep.ts", "+gen/keep.ts");
checkIgnored("\\#a \\!b", "+#a", "+!b", "-a");
checkIgnored("a(b).ts+", "+a(b).ts+", "-ab.ts");
checkIgnored("", "-a");

test("a pattern speaks of its folder alone, and what may hold secrets is excluded whatever the patterns say", () => {
  const rules = new ExclusionRules([
    { folder: "/p/one", patterns: ["/gen", "!.env"], from: ".palimpsestignore" },
    { folder: "", patterns: ["*.min.js"], from: "palimpsest.exclude" },
  ]);
  assert.equal(rules.exclusionOf("/p/one/gen/a.ts"), "a.ts is excluded by .palimpsestignore.");
  assert.equal(rules.exclusionOf("/p/onetwo/gen/a.ts"), undefined);
  assert.equal(rules.exclusionOf("/p/two/gen/a.ts"), undefined);
  assert.equal(rules.exclusionOf("/elsewhere/x.min.js"), "x.min.js is excluded by palimpsest.exclude.");
  assert.match(rules.exclusionOf("/p/one/.env") ?? "", /may hold secrets/);
  assert.match(new ExclusionRules().exclusionOf("/p/server.crt") ?? "", /may hold secrets/);
});

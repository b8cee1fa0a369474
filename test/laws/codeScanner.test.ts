// The law of what a monitor takes for code: on this project's own sources it agrees with the parser about every member and about
// every point in a string, a comment or a regular expression.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { Parser, type Node } from "web-tree-sitter";
import { Grammars } from "../../grammars/grammars";
import { CodeScanner } from "../../sidecar/decode/mgd/codeScanner";
import { monitorRulesOf } from "../../sidecar/decode/mgd/monitorRules";
import { placeAt } from "../../sidecar/decode/mgd/namePlace";

const root = process.cwd();
const folders = ["sidecar/decode", "sidecar/session", "sidecar/server", "sidecar/text", "grammars"] as const;
const textTypes: ReadonlySet<string> = new Set(["comment", "string_fragment", "regex_pattern"]);

interface Expected {
  readonly offset: number;
  readonly isMember: boolean;
}

/** Where the parser sees members begin, and where it sees a point behind a word that is no code. */
function expectedIn(node: Node, text: string, found: Expected[]): void {
  const property = node.type === "member_expression" ? node.childForFieldName("property") : null;
  if (property !== null) found.push({ offset: property.startIndex, isMember: true });
  if (textTypes.has(node.type)) {
    for (const match of text.slice(node.startIndex, node.endIndex).matchAll(/\w\./g)) found.push({ offset: node.startIndex + match.index + 2, isMember: false });
  }
  for (const child of node.children) if (child !== null) expectedIn(child, text, found);
}

function sourcesBelow(folder: string): readonly string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".ts")).map((name) => join(root, folder, name));
}

test("members and points in texts are told apart as the parser does", async () => {
  const grammar = await new Grammars(join(root, "dist/grammars"), (message) => assert.fail(message)).load("typescript");
  const rules = monitorRulesOf("typescript");
  assert.ok(grammar !== undefined && rules !== undefined);
  const counts = { members: 0, others: 0 };
  for (const path of folders.flatMap(sourcesBelow)) {
    const text = readFileSync(path, "utf8");
    const parser = new Parser();
    parser.setLanguage(grammar.language);
    const tree = parser.parse(text);
    assert.ok(tree !== null);
    const expected: Expected[] = [];
    expectedIn(tree.rootNode, text, expected);
    tree.delete();
    parser.delete();
    const scanner = new CodeScanner(rules.marks, rules.brackets);
    for (const { offset, isMember } of expected.toSorted((a, b) => a.offset - b.offset)) {
      scanner.read(text.slice(scanner.length, offset));
      const place = placeAt(scanner, rules, () => text.slice(0, offset), "");
      assert.equal(place?.kind === "member", isMember, `${path}: ${text.slice(Math.max(0, offset - 60), offset)}▮`);
      counts[isMember ? "members" : "others"] += 1;
    }
  }
  assert.ok(1_000 < counts.members && 300 < counts.others, JSON.stringify(counts));
});

// Every word that a person reads is there in each language that there is: those of the running extension (l10n/), and those
// of the manifest (package.nls.json), with the same placeholders, and none that nothing uses.
import assert from "node:assert/strict";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { t, useBundle } from "../../../extension/src/l10n";

type Words = Readonly<Record<string, string>>;
const root = process.cwd();
const languages = ["de"];

function wordsOf(path: string): Words {
  assert.ok(existsSync(join(root, path)), `${path} is not there`);
  return JSON.parse(readFileSync(join(root, path), "utf8")) as Words;
}

/** The literals that `t` is called with. */
function messagesIn(source: string): readonly string[] {
  return [...source.matchAll(/(?<![\w.])t\(\s*("(?:[^"\\]|\\.)*")/g)].map(([, literal = ""]) => JSON.parse(literal) as string);
}

function callsIn(source: string): number {
  return [...source.matchAll(/(?<![\w.])t\(/g)].length;
}

const sources = readdirSync(join(root, "extension/src"), { recursive: true }).map(String)
  .filter((name) => name.endsWith(".ts") && name !== "l10n.ts")
  .map((name) => ({ name, text: readFileSync(join(root, "extension/src", name), "utf8") }));
const messages = new Set(sources.flatMap(({ text }) => messagesIn(text)));
const manifest = readFileSync(join(root, "package.json"), "utf8");
const english = wordsOf("package.nls.json");

const placeholders = (text: string): readonly string[] => [...new Set(text.match(/\{\d+\}/g))].sort();
/** What must be the same in every language: links to commands and settings, and code. */
const marks = (text: string): readonly string[] => [...new Set(text.match(/\(command:[^)]*\)|`#?palimpsest\.[^`]*`|#palimpsest\.[^#]*#/g))].sort();

test("t is called with literals, so that they are found", () => {
  for (const { name, text } of sources) assert.equal(messagesIn(text).length, callsIn(text), name);
  assert.ok(100 < messages.size, `only ${messages.size} messages`);
});

test("every %key% of the manifest is in package.nls.json, and every key is used", () => {
  const used = [...manifest.matchAll(/"%([^%"]+)%"/g)].map(([, key = ""]) => key);
  assert.deepEqual([...new Set(used)].filter((key) => !(key in english)), []);
  assert.deepEqual(Object.keys(english).filter((key) => !used.includes(key)), []);
});

test("no word that a person reads stands in the manifest itself", () => {
  const plain = [...manifest.matchAll(/"(title|description|markdownDescription|altText|patternErrorMessage|deprecationMessage)": "(?!%[^%"]+%")([^"]*)"/g)];
  assert.deepEqual(plain.map(([, , text]) => text).filter((text) => text !== "Palimpsest"), []);
  const lists = [...manifest.matchAll(/"(?:markdownEnum|enum)Descriptions": \[([^\]]*)\]/g)].flatMap(([, list = ""]) => JSON.parse(`[${list}]`) as string[]);
  assert.deepEqual(lists.filter((text) => !/^%[^%]+%$/.test(text)), []);
});

for (const language of languages) {
  test(`${language}: the running extension's messages`, () => {
    const bundle = wordsOf(`l10n/bundle.l10n.${language}.json`);
    assert.deepEqual([...messages].filter((message) => !(message in bundle)), [], "not translated");
    assert.deepEqual(Object.keys(bundle).filter((message) => !messages.has(message)), [], "translated and not used");
    for (const [message, words] of Object.entries(bundle)) {
      assert.ok(words.trim() !== "", message);
      assert.deepEqual(placeholders(words), placeholders(message), message);
    }
  });

  test(`${language}: the manifest's words`, () => {
    const words = wordsOf(`package.nls.${language}.json`);
    assert.deepEqual(Object.keys(words).sort(), Object.keys(english).sort());
    for (const [key, text] of Object.entries(english)) assert.deepEqual(marks(words[key] ?? ""), marks(text), key);
  });
}

test("a message is said in the bundle's language, with numbers as it writes them, and in English without one", () => {
  useBundle({ "{0} of {1}": "{1}, davon {0}" }, "de");
  assert.equal(t("{0} of {1}", 1_481, "x"), "x, davon 1.481");
  assert.equal(t("unknown {0}", 0.25), "unknown 0,3");
  useBundle(undefined, "fr");
  assert.equal(t("{0} of {1}", 1_481, "{0}"), "1,481 of {0}");
});

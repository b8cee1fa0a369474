// Small values of the extension, as data: exclusions, conversions, suggestions, and moves of the cursor.
import assert from "node:assert/strict";
import { test } from "node:test";
import type * as vscode from "vscode";
import { CursorWatch } from "../../../extension/src/cursor";
import { SentDocuments, whyNotSent } from "../../../extension/src/documents";
import { HandlerTimes } from "../../../extension/src/handlerTimes";
import { secrecyOf } from "../../../sidecar/protocol/exclusion";
import { insertedText } from "../../../extension/src/inline/suggestion";
import { checkProtocol } from "../../../extension/src/protocolCheck";
import { toCursorParams, toStructureParams } from "../../../extension/src/toProto";

function checkExcluded(excluded: boolean, ...paths: readonly string[]): void {
  for (const path of paths) test(`${path} is ${excluded ? "not " : ""}sent`, () => assert.equal(secrecyOf(path) !== undefined, excluded));
}

checkExcluded(true, "/p/.env", "/p/.env.local", "/p/prod.env", "/p/a.pem", "/p/A.KEY", "/h/.ssh/id_rsa", "/h/.ssh/id_ed25519.pub",
  "/p/store.jks", "/h/.netrc", "/h/.npmrc", "/h/.git-credentials", "/p/secrets.yaml", "/h/.aws/credentials",
  "/p/.envrc", "/p/.env-local", "/p/.env_prod", "/p/.env~", "/p/production.env.local", "/h/.ssh/id_ed25519_work", "/h/.ssh/id_ed25519_sk", "/p/a.pem.bak",
  "/p/credentials.yml.enc", "/h/.x/.credentials.json", "/p/1234-credentials.yml", "/p/credentials.xml", "/p/client_secret_12.json", "/p/service-account.json",
  "/p/prod.tfvars", "/p/terraform.tfstate", "/p/secrets.prod.yaml", "/h/.docker/config.json", "/h/.kube/config", "/h/.my.cnf", "/h/.vault-token");
checkExcluded(false, "/p/a.ts", "/p/environment.ts", "/p/env.ts", "/p/key.ts", "/.env/a.ts", "/p/id_rsa_parser.ts", "/p/secrets.ts", "/p/credentials.ts",
  "/p/src/config.json", "/p/kube/config", "/p/service-account.ts", "/p/id_token.ts", "/p/environment.env.ts", "/p/pem.md",
  "Untitled-1");

test("spans become triples, a cursor its message", () => {
  const spans = [{ kind: "block", startUtf16: 3, endUtf16: 9 }, { kind: "class", startUtf16: 4, endUtf16: 8 }] as const;
  assert.deepEqual(toStructureParams("u", 5, spans), { textDocument: { uri: "u", version: 5 }, spans: [2, 3, 9, 1, 4, 8] });
  assert.deepEqual(toCursorParams("u", { line: 1, character: 2 }), { textDocument: { uri: "u" }, position: { line: 1, character: 2 } });
});

test("a suggestion adds what follows the cursor", () => {
  assert.equal(insertedText({ text: "foo(bar)", startCharacter: 4 }, 6), "o(bar)");
  assert.equal(insertedText({ text: "x", startCharacter: 4 }, 4), "x");
});

test("the protocol is the number after the slash", () => {
  assert.equal(checkProtocol("0.1.0/1", 1), undefined);
  assert.match(checkProtocol("0.1.0/2", 1) ?? "", /speaks protocol 2/);
  assert.match(checkProtocol(undefined, 1) ?? "", /does not say/);
});

/** `m` moves the cursor to the place counted up, `e` edits, `|` lets the time pass; `E` edits another document. */
function checkCursor(script: string, expected: readonly number[]): void {
  test(`cursor ${script}`, () => {
    const sent: number[] = [];
    const waiting: (() => void)[] = [];
    const watch = new CursorWatch({ send: (_, place) => sent.push(place.line), later: (_, action) => waiting.push(action) });
    let place = 0;
    for (const step of script) {
      if (step === "|") for (const action of waiting.splice(0)) action();
      else if (step === "m") watch.move("a", { line: (place += 1), character: 0 });
      else watch.edit(step === "e" ? "a" : "b");
    }
    assert.deepEqual(sent, expected);
  });
}

checkCursor("m|", [1]);
checkCursor("mmm|", [3]);
checkCursor("em|", []);
checkCursor("me|", []);
checkCursor("em|m|", [2]);
checkCursor("Em|", [1]);
checkCursor("e|m|", [1]);

/** `o`, `c` and `x` open, change and close a document by its name, `+` and `-` switch its language on and off; the log is what is sent. */
async function checkSent(script: string, expected: string): Promise<void> {
  const off = new Set<string>();
  const log: string[] = [];
  const open = new Map<string, vscode.TextDocument>();
  const sent = new SentDocuments((document) => whyNotSent(document) ?? (off.has(document.uri.path) ? "off" : undefined), new HandlerTimes(() => 0));
  const { didOpen, didChange, didClose } = sent.middleware;
  assert.ok(didOpen !== undefined && didChange !== undefined && didClose !== undefined);
  for (const [sign = "", ...rest] of script.split(" ")) {
    const path = rest.join("");
    const uri = { scheme: "file", path, toString: () => `file:${path}` };
    const document = open.get(path) ?? ({ uri } as unknown as vscode.TextDocument);
    const note = async (): Promise<void> => void log.push(sign + path);
    if (sign === "o") await didOpen(open.set(path, document).get(path) ?? document, note);
    if (sign === "c") await didChange({ document } as unknown as vscode.TextDocumentChangeEvent, note);
    if (sign === "x" && open.delete(path)) await didClose(document, note);
    if (sign === "-") off.add(path);
    if (sign === "+") off.delete(path);
    const { opened, closed } = "+-".includes(sign) ? sent.follow([...open.values()]) : { opened: [], closed: [] };
    log.push(...closed.map((each) => `x${each.uri.path}`), ...opened.map((each) => `o${each.uri.path}`));
  }
  assert.equal(log.join(" "), expected, script);
}

test("a document is told of from its beginning to its end, while its language is switched on, and never where it may hold secrets", async () => {
  await checkSent("oa ca xa oa", "oa ca xa oa");
  await checkSent("o.env c.env x.env", "");
  await checkSent("-a oa ca xa +a oa", "oa");
  await checkSent("oa ob -a ca cb +a ca xa", "oa ob xa cb oa ca xa");
  await checkSent("oa -a xa +a", "oa xa");
  await checkSent("o.env +.env c.env oa +a -b", "oa");
});

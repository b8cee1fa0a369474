// Owns what becomes of a question to the editor: where it is asked, what its answer means, and what happens when it gives none.
import assert from "node:assert/strict";
import { test } from "node:test";
import { limits } from "../../../sidecar/base/limits";
import type { MembersParams } from "../../../sidecar/protocol/messages";
import { MonitorRig, shown, stubServer } from "../../support/monitorRig";

type Answer = (params: MembersParams) => Promise<unknown>;

async function withEditor(answer: Answer, body: (rig: MonitorRig) => Promise<void>, servers: readonly string[] = []): Promise<void> {
  const rig = new MonitorRig({ askEditor: answer, servers, hurry: (delayMs) => (delayMs === limits.monitorEditorMsMax ? 100 : delayMs) });
  try {
    await body(rig);
  } finally {
    await rig.close();
  }
}

const list = (...labels: readonly string[]) => ({ kind: "completions", quoted: false, list: { isIncomplete: false, items: labels.map((label) => ({ label, kind: 10 })) } });

test("the editor is asked at the cursor, in its own version, and only for what is written", () => {
  const asked: MembersParams[] = [];
  return withEditor(async (params) => (asked.push(params), list("alpha")), async (rig) => {
    assert.equal(shown(await rig.ask("a.ts", "x.▮")), "alpha");
    assert.deepEqual(asked, [{ textDocument: { uri: rig.uri("a.ts"), version: 1 }, offsetUtf16: 2, kind: "member" }]);
    assert.equal(shown(await rig.ask("a.ts", "x.▮al▯")), "alpha");
    assert.equal(shown(await rig.ask("a.ts", "▮x.▯")), "open: the editor sees no text that isn't written");
    assert.equal(asked.length, 2);
    assert.equal(rig.statisticsOf("nobody")?.asked, 1);
  });
});

test("what an editor answers may be anything", async () => {
  const answers: readonly unknown[] = [
    null, 7, { kind: "completions" }, { kind: "completions", list: { items: 3 } }, { kind: "open", reason: "closed" }, { kind: "open", reason: 4 },
    { kind: "signatures", help: null },
  ];
  const told: string[] = [];
  let next = 0;
  await withEditor(async () => answers[next++], async (rig) => {
    for (const _ of answers) told.push(shown(await rig.ask("a.ts", "x.▮")));
  });
  const unread = "open: the editor's answer can't be read";
  assert.deepEqual(told, [
    unread, unread, "open: nothing is known of what stands before it", "open: the list of names can't be read", "open: closed", unread,
    "open: no signature is known there",
  ]);
});

test("an editor that throws, or never answers, is told of", async () => {
  await withEditor(() => Promise.reject(new Error("no such method")), async (rig) => {
    assert.equal(shown(await rig.ask("a.ts", "x.▮")), "open: the editor could not be asked: no such method");
  });
  await withEditor(() => new Promise(() => undefined), async (rig) => {
    const answers = await Promise.all([1, 2, 3, 4, 5].map((index) => rig.ask(`a${index}.ts`, "x.▮")));
    assert.deepEqual(answers.map(shown), [...Array.from({ length: 4 }, () => "open: the editor did not answer"), "open: the editor has not answered yet"]);
  });
});

test("a language that is switched off is asked about nowhere", async () => {
  const rig = new MonitorRig({ askEditor: () => Promise.resolve(list("alpha")), settings: { exceptLanguages: ["typescript"] } });
  assert.equal(shown(await rig.ask("a.ts", "x.▮")), "open: switched off for typescript");
  assert.deepEqual(rig.service.configure({ enabled: false }).faults, []);
  assert.equal(shown(await rig.ask("a.ts", "x.▮")), "alpha");
  assert.equal(shown(await rig.ask("a.py", "x.▮", "member", "python")), "open: switched off for python");
  await rig.close();
});

test("a server of our own comes before the editor, and the editor where it is down; another takes over when it is chosen", () => {
  const mark = `mark-${process.pid}-editor`;
  return withEditor(async () => list("fromEditor"), async (rig) => {
    assert.equal(shown(await rig.ask("a.ts", "x.▮")), "fromEditor");
    const command: unknown = JSON.parse(stubServer("good", mark));
    assert.equal(rig.service.configure({ servers: { typescript: command } }).needsTexts, true);
    assert.equal(rig.service.configure({ budget: 100 }).needsTexts, false);
    // The client gives all texts again.
    rig.shut("a.ts");
    rig.open("a.ts", "x.");
    await rig.service.settled();
    assert.equal(shown(await rig.ask("a.ts", "x.▮")), "alpha beta");
  }, [`typescript=${stubServer("crash", mark)}`]);
});

// Owns that each setting takes effect while the window is open, and goes when it is taken back: seen in the text, in the
// editor's own state and in the sidecar's own figures. What needs a window to be seen is test/editor/control.test.ts's.
import assert from "node:assert/strict";
import { join } from "node:path";
import * as vscode from "vscode";
import type { Statistics } from "../../../sidecar/protocol/data";
import { condition } from "../condition";
import {
  api, closeText, extension, openSample, openText, placeAtEnd, readyApi, recordsOf, sampleUri, setForUser, type, waitMsMax,
} from "./extensionUnderTest";
import { program, settledRecords, suggestion, typedRecord, withText } from "./typing";

const delayMs = 4_000;
/** Weights of 54 MB and 2,048 cells fit, twice the cells don't. */
const tightMegabytes = 75;
const longDocument = Array.from({ length: 500 }, (_, line) => `export const value${line} = ${line} * ${line % 7} + offset;\n`).join("");

export const settingCases: Readonly<Record<string, () => Promise<void>>> = {
  "palimpsest.enabled: off, no sidecar runs; on, another one does": async () => {
    const { sidecarPid, state } = await readyApi();
    const before = sidecarPid();
    await setForUser("enabled", false);
    await condition("no sidecar", waitMsMax, () => sidecarPid() === undefined && state() === "off");
    await setForUser("enabled", undefined);
    await readyApi();
    assert.ok(sidecarPid() !== undefined && sidecarPid() !== before);
  },

  "palimpsest.enabled for one language: its documents are forgotten, and told of again": async () => {
    await withText(async ({ document }) => {
      await checkHeard(document, (isOn) => setForUser("enabled", isOn ? undefined : false, "typescript"));
    });
  },

  "palimpsest.exclude and palimpsest.ignoreFiles: what they name is forgotten, and told of again": async () => {
    const { document } = await openSample("src/stock.ts");
    await checkHeard(document, (isOn) => setForUser("exclude", isOn ? undefined : ["/src/sto*.ts"]));
    await checkHeard(document, (isOn) => writeRules(".palimpsestignore", isOn ? "" : "stock.ts\n"));
    await writeRules(".neverread", "stock.ts\n");
    await checkHeard(document, (isOn) => setForUser("ignoreFiles", isOn ? undefined : [".neverread"]));
  },

  "palimpsest.ignoreFiles of a workspace takes back nothing that the user's exclude": async () => {
    const { document } = await openSample("src/stock.ts");
    const setForWorkspace = async (names: readonly string[] | undefined): Promise<void> =>
      vscode.workspace.getConfiguration("palimpsest").update("ignoreFiles", names, vscode.ConfigurationTarget.Workspace);
    await checkHeard(document, (isOn) => writeRules(".palimpsestignore", isOn ? "" : "stock.ts\n"));
    await setForWorkspace([]);
    await checkHeard(document, (isOn) => writeRules(".palimpsestignore", isOn ? "" : "stock.ts\n"));
    await writeRules(".alsonever", "stock.ts\n");
    await checkHeard(document, (isOn) => setForWorkspace(isOn ? undefined : [".alsonever"]));
  },

  "palimpsest.trigger: nothing is asked for while one types, and by key it is": async () => {
    await withText(async ({ document }) => {
      const startMs = performance.now();
      await typedRecord(document);
      const usualMs = performance.now() - startMs;
      await setForUser("trigger", "byKey");
      const heard = await settledRecords(document);
      await type(" ");
      // That nothing happens takes time to see: twice what it took to happen.
      await pause(2 * usualMs + 500);
      assert.equal((await recordsOf(document)).length, heard);
      assert.notEqual(await suggestion(document), "");
      await setForUser("trigger", undefined);
      await typedRecord(document);
    });
  },

  "palimpsest.delay: that long after the last key it is asked for": async () => {
    await withText(async ({ document }) => {
      await typedRecord(document);
      await setForUser("delay", delayMs);
      const startMs = performance.now();
      await typedRecord(document);
      const tookMs = performance.now() - startMs;
      assert.ok(delayMs <= tookMs, `${tookMs} ms`);
      await setForUser("delay", undefined);
    });
  },

  "palimpsest.singleLine: a suggestion ends with its line": async () => {
    await withText(async ({ document }) => {
      assert.match(await suggestion(document), /\S.*\n.*\S/);
      await setForUser("singleLine", true);
      assert.match(await suggestion(document), /^.+$/);
      await setForUser("singleLine", undefined);
      assert.match(await suggestion(document), /\S.*\n.*\S/);
    });
  },

  "palimpsest.minimumLength: a shorter one isn't shown while one types": async () => {
    await withText(async ({ document }) => {
      await setForUser("minimumLength", 900);
      assert.equal((await typedRecord(document)).outcome.kind, "tooShort");
      await setForUser("minimumLength", undefined);
      assert.notEqual((await typedRecord(document)).outcome.kind, "tooShort");
    });
  },

  "palimpsest.maxTokens: a suggestion has no more": async () => {
    const tokensOf = async (): Promise<readonly number[]> => {
      const { document } = await openText(program);
      const records = [await typedRecord(document, "\nexport function "), await typedRecord(document, "divide(")];
      await closeText();
      return records.map(({ tokensDecoded }) => tokensDecoded);
    };
    await setForUser("maxTokens", 2);
    assert.ok(Math.max(...(await tokensOf())) <= 2);
    await setForUser("maxTokens", undefined);
    assert.ok(2 < Math.max(...(await tokensOf())));
  },

  "palimpsest.repetitionPenalty: it is at work or it isn't": () =>
    checkFigure("repetitionPenalty", false, ({ repetition }) => repetition !== undefined, true, false),

  "palimpsest.policy: the sidecar goes by another": () => checkFigure("policy", "prefix", ({ policy }) => policy, "patch", "prefix"),

  "palimpsest.contextLength: the cache may grow to so many cells": () =>
    checkFigure("contextLength", 1_024, ({ model }) => model.contextLength, 8_192, 1_024),

  "palimpsest.memoryLimit: the cache stays as short as it must": async () => {
    const { document } = await openText(longDocument);
    await setForUser("memoryLimit", tightMegabytes);
    await condition("a shorter cache", waitMsMax, async () => {
      // What is under way when the other engine takes over is not told of.
      await Promise.race([typedRecord(document, "\n"), pause(5_000)]);
      return (await figures()).model.contextLength < 8_192;
    });
    await setForUser("memoryLimit", undefined);
    await condition("the whole cache", waitMsMax, async () => (await figures()).model.contextLength === 8_192);
    await closeText();
  },

  "palimpsest.threads: the model computes with no more": async () => {
    await withText(async ({ document }) => {
      await setForUser("threads", 2);
      const most = await threadsOf(document);
      await setForUser("threads", 1);
      await condition("one thread", waitMsMax, async () => (await threadsOf(document)) === 1);
      console.log(`host: figure with palimpsest.threads 2 the model computed with ${most}, with 1 with 1`);
      await setForUser("threads", undefined);
    });
  },

  "palimpsest.repairBudget: what an edit has left stale is read again with the next suggestion, or not": async () => {
    assert.equal(await repairedBehindAnEdit(0), 0);
    assert.ok((await repairedBehindAnEdit(5_000)) > 0);
    await setForUser("repairBudget", undefined);
  },

  "palimpsest.healWhenIdle: stale cells stay while it is off, and are read again when it is on": async () => {
    await setForUser("healWhenIdle", false);
    const { document } = await editedAbove();
    await typedRecord(document, "export const last = ");
    await pause(2_000);
    const stale = await cellsStale(document);
    assert.ok(stale > 0, "nothing was stale");
    await setForUser("healWhenIdle", undefined);
    await condition("less is stale", waitMsMax, async () => {
      // Whoever asks for figures all the time leaves no idle time.
      await pause(1_000);
      return (await cellsStale(document)) < stale;
    });
    await closeText();
  },

  "palimpsest.monitor.budget: so long is waited for names, and no longer": async () => {
    for (const [name, value] of [["monitor.budget", 1_000], ["monitor.enabled", true]] as const) await setForUser(name, value);
    const slow = vscode.languages.registerCompletionItemProvider("typescript", { provideCompletionItems: () => pause(400).then(() => []) });
    const waited = async (name: string): Promise<number> => {
      const { document } = await openText(`const ${name} = { first: 1, second: 2, third: 3 };\nexport const sum = ${name}`);
      const record = await typedRecord(document, ".");
      await closeText();
      return record.monitor?.waitMs ?? 0;
    };
    await condition("a wait for names", waitMsMax, async () => (await waited(`numbers${Date.now()}`)) > 1).finally(() => slow.dispose());
    await setForUser("monitor.budget", 0);
    // A look at what has come takes no time, but for one that a busy machine interrupts: three of five.
    const waits = [await waited("once"), await waited("twice"), await waited("thrice"), await waited("often"), await waited("always")];
    assert.ok(waits.filter((ms) => ms < 1).length >= 3, `${waits.join(" ")} ms`);
    for (const name of ["monitor.budget", "monitor.enabled"]) await setForUser(name, undefined);
  },

  "palimpsest.monitor.enabled: off, nobody is asked for names": async () => {
    await setForUser("monitor.enabled", false);
    await withText(async ({ document }) => {
      await type("const line = add.");
      assert.equal((await typedRecord(document, "c")).monitor, undefined);
    });
    await setForUser("monitor.enabled", undefined);
  },

  "palimpsest.monitor.servers: a server of ours comes and goes": async () => {
    const server = join(extension().extensionPath, "node_modules/@typescript", `typescript-${process.platform}-${process.arch}`, "lib/tsc");
    const isThere = ({ monitorSources }: Statistics): boolean => monitorSources?.some(({ server }) => server !== undefined) === true;
    await checkFigure("monitor.servers", { typescriptreact: [server, "--lsp", "--stdio"] }, isThere, false, true);
  },

  "palimpsest.trace.server: the log shows messages, or all that they hold": async () => {
    await vscode.commands.executeCommand("_extensionTests.setLogLevel", "trace");
    await vscode.commands.executeCommand("palimpsest.showLog");
    // It takes the keyboard.
    await condition("the log is shown", waitMsMax, () => logText() !== "");
    const marker = `marked${Date.now()}`;
    await withText(async (editor) => {
      // One change with the whole marker: typed key by key it would stand in no message but by chance.
      const write = async (): Promise<boolean> => editor.edit((edit) => edit.insert(new vscode.Position(0, 0), `// ${marker}\n`));
      await write();
      await typedRecord(editor.document);
      await condition("the names of messages", waitMsMax, () => logText().includes("textDocument/didChange"));
      assert.ok(!logText().includes(marker), "the log holds what was typed");
      await setForUser("trace.server", "verbose");
      await condition("what messages hold", waitMsMax, async () => {
        await write();
        // The editor reads the log from its file: it must get on between two changes.
        await pause(500);
        return logText().includes(marker);
      });
      await setForUser("trace.server", undefined);
    });
    await vscode.commands.executeCommand("_extensionTests.setLogLevel", "info");
  },
};

async function figures(): Promise<Statistics> {
  return await (await readyApi()).statistics();
}

/** A figure is `usual`, is `other` once the setting is `value`, and `usual` again without it. */
async function checkFigure<T>(setting: string, value: unknown, look: (figures: Statistics) => T, usual: T, other: T): Promise<void> {
  const awaitFigure = (wanted: T): Promise<unknown> => condition(`${setting}: ${wanted}`, waitMsMax, async () => look(await figures()) === wanted);
  await awaitFigure(usual);
  await setForUser(setting, value);
  await awaitFigure(other);
  await setForUser(setting, undefined);
  await awaitFigure(usual);
}

/** The sidecar has the document, loses it when it is switched off, and has it again; the status says so. */
async function checkHeard(document: vscode.TextDocument, switchTo: (isOn: boolean) => Promise<void>): Promise<void> {
  const has = async (): Promise<boolean> => (await (await api()).statistics()).documents.some(({ uri }) => uri === document.uri.toString());
  const { state } = await readyApi();
  await condition("the document is known", waitMsMax, has);
  await switchTo(false);
  await condition("the document is forgotten", waitMsMax, async () => state() === "off" && !(await has()));
  await switchTo(true);
  await condition("the document is known again", waitMsMax, async () => state() !== "off" && (await has()));
}

async function writeRules(name: string, rules: string): Promise<void> {
  await vscode.workspace.fs.writeFile(sampleUri(name), Buffer.from(rules));
}

/** The most threads seen in a few completions: more than one are climbed to when the machine is quiet. */
async function threadsOf(document: vscode.TextDocument): Promise<number> {
  let most = 0;
  for (let round = 0; round < 5; round += 1) {
    await typedRecord(document, ";");
    most = Math.max(most, (await figures()).model.threads);
  }
  return most;
}

/** A long document in which a suggestion was given at the end, and then a line was written above. */
async function editedAbove(): Promise<vscode.TextEditor> {
  await readyApi();
  const editor = await openText(longDocument.slice(0, 6_000));
  await typedRecord(editor.document, "\n");
  await editor.edit((edit) => edit.insert(new vscode.Position(2, 0), "export const offset = 17 * value1;\n"));
  placeAtEnd(editor);
  return editor;
}

/** Tokens read again with a suggestion at the end, behind an edit above it. */
async function repairedBehindAnEdit(budgetMs: number): Promise<number> {
  await setForUser("healWhenIdle", false);
  await setForUser("repairBudget", budgetMs);
  const { document } = await editedAbove();
  const before = (await figures()).totals.repairTokens;
  await typedRecord(document, "export const last = ");
  const repaired = (await figures()).totals.repairTokens - before;
  await closeText();
  await setForUser("healWhenIdle", undefined);
  return repaired;
}

async function cellsStale(document: vscode.TextDocument): Promise<number> {
  return (await figures()).documents.find(({ uri }) => uri === document.uri.toString())?.cellsStale ?? 0;
}

/** The log as it stands in the editor's panel. */
function logText(): string {
  return vscode.workspace.textDocuments.filter(({ uri }) => uri.scheme === "output").map((document) => document.getText()).join("\n");
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

// Owns typing along with a suggestion in a real VS Code: the ghost text is there in every picture, and the sidecar asks its
// engine for nothing. What was typed and shown is recorded as an edit trace, out/traces/typing-along.jsonl, with the pictures beside it.
import assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { CompletionRecord } from "../../sidecar/protocol/data";
import { parseTrace } from "../harness/trace";
import { condition } from "./condition";
import { FrameWatch, type Frame } from "./frameWatch";
import { editorSuite, type Session, type SessionParts } from "./session";
import { latestOutcome, latestStatistics, statisticsTold } from "./wire";

const waitMsMax = 30_000;
/** Between two keys of somebody who types fast. */
const keyMs = 60;
const alongUtf16 = 60;
const file = "orders.ts";
const names = ["first", "second", "third", "fourth", "fifth"];
const numbers = ["one", "two", "three", "four", "five", "six"];

/** The editor opens its list of words when it is asked to, not by itself. */
const noLists = { "editor.quickSuggestions": { other: "off", comments: "off", strings: "off" }, "editor.suggestOnTriggerCharacters": false };

const parts: SessionParts = {
  pictures: "typing-along",
  file: `src/${file}`,
  settings: noLists,
  prepare: ({ workspace }) => {
    writeFileSync(join(workspace, "src", file), orders());
  },
};

editorSuite("typing along", parts, (step) => {
  step("60 characters typed along a suggestion: the ghost text never flickers, and the engine isn't asked", async (session) => {
    const { workbench, workspace, tap } = session;
    await workbench.openFile(file);
    await workbench.press("Control+End");
    await workbench.runCommand("Palimpsest: Record Edit Trace");
    await workbench.awaitNotification("Recording edits");
    await workbench.type("export const sixth");
    const ghost = firstLine(await workbench.awaitGhostText(file));
    assert.ok(alongUtf16 <= ghost.length, `the suggestion has ${ghost.length} characters: ${ghost}`);
    const versionBefore = latestOutcome(tap)?.version ?? 0;
    await workbench.screenshot("before");
    const watch = await FrameWatch.start(workbench.page, file);
    const typed = ghost.slice(0, alongUtf16);
    await workbench.page.keyboard.type(typed, { delay: keyMs });
    await workbench.screenshot("behind-60");
    const frames = await watch.stop();
    const whole = `export const sixth${ghost}`;
    await assertNoFlicker(frames, whole, ghost.length > alongUtf16);
    const records = await recordsSince(session, versionBefore);
    assertNoEngineCall(records, 10);
    await workbench.openFile(file);
    await saveTrace(session, frames, typed);
    assert.ok(existsSync(join(workspace, "trace.jsonl")));
  });

  step("a word of it accepted, the rest stays, and the engine isn't asked", async (session) => {
    const { workbench, tap } = session;
    await workbench.openFile(file);
    await workbench.press("Control+End");
    await workbench.press("Enter");
    await workbench.type("export const sev");
    const ghost = firstLine(await workbench.awaitGhostText(file));
    const versionBefore = latestOutcome(tap)?.version ?? 0;
    const watch = await FrameWatch.start(workbench.page, file);
    for (let word = 0; word < 4; word += 1) {
      await workbench.press("Control+ArrowRight");
      await workbench.awaitGhostText(file);
    }
    const frames = await watch.stop();
    await workbench.screenshot("words-accepted");
    const shorter = firstLine(await workbench.ghostText(file));
    assert.ok(shorter.length < ghost.length && ghost.endsWith(shorter), `${JSON.stringify(shorter)} is left of ${JSON.stringify(ghost)}`);
    assert.deepEqual(frames.filter(({ line }) => line !== `export const sev${ghost}`), [], "the line looks the same throughout");
    assertNoEngineCall(await recordsSince(session, versionBefore), 1);
    await workbench.openFile(file);
    await workbench.press("Escape");
  });

  step("with the list of words open the ghost text goes on from the chosen word", async (session) => {
    const { workbench, workspace } = session;
    await workbench.openFile(file);
    await workbench.press("Control+End");
    await workbench.press("Enter");
    // So plain that the model is sure of it, and it shows by itself.
    for (const line of ["const one = measure(1);", "const two = measure(2);", "const three = measure(3);"]) {
      await workbench.type(line);
      await workbench.press("Enter");
    }
    await workbench.type("const four = meas");
    const { page } = workbench;
    const before = firstLine(await workbench.awaitGhostText(file));
    await workbench.press("Control+Space");
    await page.locator(".suggest-widget.visible .monaco-list-row.focused").waitFor();
    const shown = await condition("ghost text beside the list", waitMsMax, async () => {
      const chosen = (await page.locator(".suggest-widget.visible .monaco-list-row.focused .label-name").first().innerText()).trim();
      const ghost = firstLine(await workbench.ghostText(file));
      return /^ure\b./.test(ghost) ? { chosen, ghost } : undefined;
    });
    await workbench.screenshot("list-open");
    assert.equal(shown.chosen, "measure");
    assert.match(shown.ghost, /^ure\W/, `the ghost text goes on behind the word; before, it said ${before}`);
    await workbench.press("Escape");
    await workbench.save(file);
    assert.ok(readFileSync(join(workspace, "src", file), "utf8").includes("const four = meas"));
  });
});

/** In no picture is the line another than what stands there and what is suggested behind it. */
async function assertNoFlicker(frames: readonly Frame[], whole: string, isGhostLeft: boolean): Promise<void> {
  assert.ok(10 < frames.length, `${frames.length} pictures differ`);
  const flickers = frames.filter(({ line, ghost }) => line !== whole || (isGhostLeft && ghost === ""));
  assert.deepEqual(flickers, [], `of ${frames.length} pictures these are not ${JSON.stringify(whole)}`);
}

function assertNoEngineCall(records: readonly CompletionRecord[], countMin: number): void {
  assert.ok(countMin <= records.length, `${records.length} requests`);
  const asked = records.filter(({ outcome, tokensEncoded, tokensDecoded }) => outcome.kind !== "shown" || 0 < tokensEncoded + tokensDecoded);
  assert.deepEqual(asked, [], `of ${records.length} requests these asked the engine`);
}

/** The requests on the file at later versions than `version`, as the sidecar counts them. */
async function recordsSince({ workbench, tap }: Session, version: number): Promise<readonly CompletionRecord[]> {
  const told = statisticsTold(tap);
  await workbench.runCommand("Palimpsest: Show Statistics as Text");
  await condition("the sidecar told its figures", waitMsMax, () => told < statisticsTold(tap));
  return (latestStatistics(tap)?.recent ?? []).filter((record) => record.uri.endsWith(file) && version < record.version);
}

/** Ends the recording; keeps the trace and the pictures. */
async function saveTrace({ workbench, workspace }: Session, frames: readonly Frame[], typed: string): Promise<void> {
  await workbench.runCommand("Palimpsest: Record Edit Trace");
  await workbench.confirmSaveDialog();
  const path = join(workspace, "trace.jsonl");
  await condition("the trace is written", waitMsMax, () => existsSync(path));
  const text = readFileSync(path, "utf8");
  const trace = parseTrace("trace.jsonl", text);
  const edits = trace.events.flatMap((event) => (event.kind === "edit" ? event.changes.map(({ text: inserted }) => inserted) : []));
  assert.ok(typed.length / 2 <= edits.length, "each key is an edit");
  const folder = join(process.cwd(), "out/traces");
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "typing-along.jsonl"), text);
  writeFileSync(join(folder, "typing-along.frames.json"), JSON.stringify(frames, undefined, 1));
}

/** A file so regular that any model goes on with it. */
function orders(): string {
  const head = "import { createOrder, measure } from \"./shop\";\n\n";
  const line = (name: string, index: number): string =>
    `export const ${name}Order = createOrder("${name}", { number: ${index + 1}, items: ["${numbers[index]}"], total: measure(${index + 1}) });\n`;
  return head + names.map(line).join("");
}

function firstLine(text: string): string {
  return text.split("\n", 1)[0] ?? "";
}

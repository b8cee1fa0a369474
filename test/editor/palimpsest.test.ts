// Owns the chain as a user sees it: one real VS Code, one window, the extension and its sidecar with the embedded model.
// The tests build on each other in order, as a user's session does. What is asserted is what is on disk, in the window,
// and in what the sidecar itself said; pictures of each step go to out/screenshots/editor.
import assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { CacheCounters } from "../../sidecar/protocol/data";
import { parseTrace } from "../harness/trace";
import type { CodeServer } from "./codeServer";
import { condition } from "./condition";
import { longFile } from "./longFile";
import { type RunningProcess, processesOfGroup } from "./processes";
import { editorSuite, ready, readyMsMax, type SessionParts } from "./session";
import { StatisticsFrame } from "./statisticsFrame";
import { latestLedger, latestOutcome, latestStatistics } from "./wire";

const waitMsMax = 30_000;
const longName = "catalogue.ts";
/** A file of four thousand tokens is read for the first time by one thread, while others want the cores. */
const firstReadMsMax = 120_000;

const parts: SessionParts = {
  pictures: "editor",
  file: "src/invoice.ts",
  prepare: ({ workspace }) => {
    writeFileSync(join(workspace, "src", longName), longFile(400));
  },
};

editorSuite("the editor suite", parts, (step) => {
  step("a loop is begun, ghost text appears, Tab takes it, and it is in the saved file", async ({ workbench, workspace }) => {
    const file = "invoice.ts";
    await workbench.screenshot("opened");
    await workbench.press("Control+End");
    await workbench.press("Enter");
    for (const line of ["// How many things are on the invoice.", "export function countOf(invoice: Invoice): number {", "let total = 0;"]) {
      await workbench.type(line);
      await workbench.press("Enter");
    }
    await workbench.type("for ");
    const text = await workbench.awaitGhostText(file);
    await workbench.screenshot("ghost-text");
    assert.equal(await workbench.acceptGhostText(file), text);
    await workbench.awaitNoGhostText(file);
    await workbench.screenshot("accepted");
    await workbench.save(file);
    const saved = readFileSync(join(workspace, "src", file), "utf8");
    assert.ok(saved.includes(`for ${text}`), `${JSON.stringify(text)} is not in the file:\n${saved}`);
  });

  step("200 lines above are edited, and the completion reads little again", async ({ workbench, tap }) => {
    await workbench.openFile(longName);
    await workbench.goToEndOf(346);
    await workbench.press("Enter");
    await workbench.type("const tax = ");
    await workbench.awaitGhostText(longName, firstReadMsMax);
    const versionBefore = latestOutcome(tap)?.version ?? 0;
    await workbench.goToEndOf(146);
    await workbench.press("Enter");
    await workbench.type("const half = full / 2; ");
    await workbench.screenshot("edited-above");
    await workbench.goToEndOf(348);
    await workbench.press("Enter");
    await workbench.type("const rest = ");
    await workbench.awaitGhostText(longName, firstReadMsMax);
    await workbench.screenshot("completed-below");
    await workbench.runCommand("Palimpsest: Show Cache Statistics");
    const records = await condition("the completion below is in the statistics", waitMsMax, () => {
      const ofFile = latestStatistics(tap)?.recent.filter(({ uri }) => uri.endsWith(longName));
      return ofFile?.at(-1)?.line === 348 ? ofFile : undefined;
    });
    assert.equal(records.at(-1)?.outcome.kind, "shown");
    const since = records.filter(({ version }) => versionBefore < version);
    const encoded = sum(since.map(({ tokensEncoded }) => tokensEncoded));
    const byPrefixReuse = sum(since.map(({ prefixTokens }) => prefixTokens));
    assert.ok(encoded * 5 <= byPrefixReuse, `${encoded} tokens encoded, ${byPrefixReuse} by prefix reuse: ${JSON.stringify(since)}`);
    assert.ok(sum(since.map(({ cellsShifted }) => cellsShifted)) > 0, `nothing was shifted: ${JSON.stringify(since)}`);
  });

  step("the statistics page shows the sidecar's own figures", async ({ workbench, tap }) => {
    await condition("the page shows what the sidecar said last", waitMsMax, async () => {
      const told = latestStatistics(tap);
      return told !== undefined && sameCounters(await new StatisticsFrame(workbench.page).counters(), told.totals);
    });
    await workbench.screenshot("statistics");
    await workbench.runCommand("Palimpsest: Show Statistics as Text");
    await condition("the text shows the same", waitMsMax, async () => {
      const told = latestStatistics(tap);
      return told !== undefined && sameCounters(countersIn(await workbench.pageText()), told.totals);
    });
    await workbench.screenshot("statistics-as-text");
  });

  step("the ledger page shows how many cells are exact and stale", async ({ workbench, tap }) => {
    await workbench.openFile(longName);
    await workbench.runCommand("Palimpsest: Show Cache Ledger");
    await condition("the page shows the ledger's sums", waitMsMax, async () => {
      const runs = latestLedger(tap)?.runs ?? [];
      const cells = (freshness: "exact" | "stale"): number =>
        runs.filter((run) => run.freshness === freshness).reduce((sum, run) => sum + run.end - run.start, 0);
      const text = await workbench.pageText();
      return cells("exact") > 0 && text.includes(`${cells("exact")} cells exact, ${cells("stale")} stale`);
    });
    await workbench.screenshot("ledger");
  });

  step("the sidecar is killed while one types, and completions come again", async ({ workbench, server, workspace }) => {
    await workbench.openFile("invoice.ts");
    await workbench.goToEndOf(lineOf(join(workspace, "src/invoice.ts"), "rows.push(`Tax"));
    await workbench.press("Enter");
    const first = onlySidecar(server);
    const typing = workbench.type("const words = rows.length; ");
    process.kill(first.pid, "SIGKILL");
    await typing;
    await condition("another sidecar runs", waitMsMax, () => {
      const [other] = sidecars(server);
      return other !== undefined && other.pid !== first.pid;
    });
    await workbench.awaitStatus(ready, readyMsMax);
    await workbench.press("Enter");
    await workbench.type("rows.push(");
    await workbench.awaitGhostText("invoice.ts");
    await workbench.screenshot("after-the-kill");
    // What is typed while none runs is asked for when one does.
    await workbench.press("Escape");
    await workbench.press("Shift+Home");
    process.kill(onlySidecar(server).pid, "SIGKILL");
    await condition("none runs", waitMsMax, () => sidecars(server).length === 0);
    await workbench.type("rows.push(");
    await workbench.awaitGhostText("invoice.ts", readyMsMax);
    await workbench.press("Escape");
  });

  step("switched off, no sidecar runs and the status bar says why; switched on, completions come again", async ({ workbench, server }) => {
    await workbench.runCommand("Palimpsest: Toggle");
    await workbench.awaitStatus(/^Palimpsest: off$/);
    await condition("no sidecar runs", waitMsMax, () => sidecars(server).length === 0);
    await workbench.press("End");
    await workbench.press("Enter");
    await workbench.type("// What is written while nobody completes.");
    assert.match(await workbench.statusHover(), /Completions are switched off/);
    await workbench.screenshot("switched-off");
    assert.equal(await workbench.ghostText("invoice.ts"), "");
    await workbench.runCommand("Palimpsest: Toggle");
    await workbench.awaitStatus(ready);
    await workbench.press("Enter");
    await workbench.type("const ");
    await workbench.awaitGhostText("invoice.ts");
    await workbench.screenshot("switched-on");
    await workbench.press("Escape");
  });

  step("a recorded edit trace holds what was typed, shown and accepted, and the harness reads it", async ({ workbench, workspace }) => {
    await workbench.openFile("stock.ts");
    await workbench.goToEndOf(lineOf(join(workspace, "src/stock.ts"), "this.counts.set(code, left)"));
    await workbench.runCommand("Palimpsest: Record Edit Trace");
    await workbench.awaitNotification("Recording edits");
    await workbench.press("Enter");
    await workbench.type("if ");
    const accepted = await workbench.acceptGhostText("stock.ts");
    await workbench.awaitNoGhostText("stock.ts");
    await workbench.runCommand("Palimpsest: Record Edit Trace");
    await workbench.screenshot("recorded");
    await workbench.confirmSaveDialog();
    const file = join(workspace, "trace.jsonl");
    await condition("the trace is written", waitMsMax, () => existsSync(file));
    const trace = parseTrace("trace.jsonl", readFileSync(file, "utf8"));
    assert.equal(trace.header.uri, "src/stock.ts");
    assert.equal(trace.header.languageId, "typescript");
    const typed = trace.events.flatMap((event) => (event.kind === "edit" ? event.changes : [])).map(({ text }) => text);
    assert.ok(typed.join("").includes(`if ${firstLine(accepted)}`), typed.join("|"));
    assert.ok(readFileSync(file, "utf8").includes('"accepted"'), "no suggestion is marked as accepted");
  });

  step("the window closes and no sidecar is left", async ({ workbench, server, browser }) => {
    onlySidecar(server);
    await workbench.close();
    await condition("no sidecar runs", waitMsMax, () => sidecars(server).length === 0);
    await browser.close();
    await server.stop();
    assert.deepEqual(processesOfGroup(server.group), []);
  });
});

function sidecars(server: CodeServer): readonly RunningProcess[] {
  return processesOfGroup(server.group).filter(({ commandLine }) => commandLine.includes("sidecar.js --"));
}

function onlySidecar(server: CodeServer): RunningProcess {
  const [first, ...others] = sidecars(server);
  if (first === undefined) throw new Error("no sidecar runs");
  assert.deepEqual(others, []);
  return first;
}

/** The rows of the table of counters in the page as text. */
function countersIn(page: string): ReadonlyMap<string, number> {
  return new Map([...page.matchAll(/^\| *([^|]+?) *\| *(\d+) *\|$/gm)].map(([, name = "", count]) => [name, Number(count)]));
}

/** Whether the page's table of counters holds exactly these. */
function sameCounters(shown: ReadonlyMap<string, number>, counters: CacheCounters): boolean {
  const rows = [
    ["completions", counters.completions],
    ["cells kept in place", counters.cellsKept],
    ["cells kept and shifted", counters.cellsShifted],
    ["tokens encoded", counters.tokensEncoded],
    ["tokens healed in idle time", counters.healTokens],
    ["tokens that prefix reuse would have encoded", counters.prefixTokens],
    ["rebuilds from text", counters.rebuilds],
  ] as const;
  return rows.every(([name, count]) => shown.get(name) === count);
}

/** The number of the first line that holds `text`, from 1. */
function lineOf(path: string, text: string): number {
  const index = readFileSync(path, "utf8").split("\n").findIndex((line) => line.includes(text));
  if (index < 0) throw new Error(`${text} is not in ${path}`);
  return index + 1;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function firstLine(text: string): string {
  return text.split("\n", 1)[0] ?? "";
}

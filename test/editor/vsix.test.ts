// Owns the first minute of a user: the package, installed from its file into an editor that knows nothing of us and reaches
// no network, shows ghost text. Pictures of each step go to out/screenshots/vsix.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { launchBrowser } from "./browser";
import { startCodeServer } from "./codeServer";
import { condition } from "./condition";
import { processesOfGroup } from "./processes";
import { ensureEditor, withEditor } from "./requirements";
import { Workbench } from "./workbench";

const firstMinuteMs = 60_000;
const installCommand = "Extensions: Install from VSIX...";
const vsixBytesMax = 120_000_000;
/** Nothing listens there: whatever would ask the network through a proxy fails at once. */
const nowhere = "http://127.0.0.1:9";

withEditor("the package", () => void test("from Install to the first ghost text in a minute, offline", checkFirstMinute));

async function checkFirstMinute(): Promise<void> {
  ensureEditor();
  const vsix = makePackage();
  const workspace = join(mkdtempSync(join(tmpdir(), "palimpsest-vsix-")), "sample");
  cpSync("test/editor/sample", workspace, { recursive: true });
  const server = await startCodeServer({ environment: { HTTP_PROXY: nowhere, HTTPS_PROXY: nowhere, NO_PROXY: "127.0.0.1,localhost" } });
  const browser = await launchBrowser();
  try {
    const workbench = await Workbench.open(browser, server, workspace, "src/invoice.ts", "vsix");
    await condition("the command to install", firstMinuteMs, () => workbench.hasCommand(installCommand));
    await workbench.screenshot("before");
    await workbench.chooseFile(installCommand, vsix);
    const startMs = performance.now();
    await workbench.awaitStatus(/^Palimpsest$/, firstMinuteMs);
    await workbench.screenshot("installed");
    await workbench.press("Control+1");
    await workbench.press("Control+End");
    await workbench.type("\nexport function isPaid(invoice: Invoice): boolean {\nreturn ");
    const ghost = await workbench.awaitGhostText("invoice.ts", firstMinuteMs);
    const tookMs = performance.now() - startMs;
    await workbench.screenshot("ghost-text");
    assert.notEqual(ghost, "");
    assert.ok(tookMs < firstMinuteMs, `${Math.round(tookMs)} ms from Install to ghost text`);
    console.log(`# ${Math.round(tookMs)} ms from Install to ghost text; the package has ${Math.round(readFileSync(vsix).length / 1e6)} MB`);
  } finally {
    await browser.close();
    await server.stop();
    rmSync(join(workspace, ".."), { recursive: true, force: true });
  }
  assert.deepEqual(processesOfGroup(server.group), []);
}

/** Runs the project's own packaging for this machine; the path of what it made. */
function makePackage(): string {
  const target = `linux-${process.arch}`;
  const made = spawnSync(process.execPath, ["package.mjs", "--target", target], { encoding: "utf8" });
  assert.equal(made.status, 0, made.stderr + made.stdout);
  const name = readdirSync("out").find((file) => file.endsWith(".vsix") && file.includes(target));
  assert.ok(name !== undefined, made.stdout);
  const path = join(process.cwd(), "out", name);
  assert.ok(readFileSync(path).length < vsixBytesMax);
  return path;
}

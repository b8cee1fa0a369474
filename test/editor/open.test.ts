// Owns `npm run editor` from its first line to Ctrl+C: it says where it is, it is there, and nothing is left of it.
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { test } from "node:test";
import { condition } from "./condition";
import { childrenOf, processesOfGroup } from "./processes";
import { ensureEditor, withEditor } from "./requirements";

const startMsMax = 60_000;
const stopMsMax = 20_000;

withEditor("npm run editor", () => void test("npm run editor serves a workbench on a copy of the sample until Ctrl+C", checkOpen));

async function checkOpen(): Promise<void> {
  ensureEditor();
  const child = spawn(process.execPath, ["dist/editor.js", "--no-open"], { stdio: ["ignore", "pipe", "inherit"] });
  let output = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (output += text));
  const ended = new Promise<number | null>((resolve) => child.once("exit", resolve));
  try {
    const url = await condition("an address", startMsMax, () => {
      assert.equal(child.exitCode, null, output);
      return /^ {2}(http:\S+)$/m.exec(output)?.[1];
    });
    const answer = await fetch(url);
    assert.equal(answer.status, 200);
    assert.match(await answer.text(), /workbench/);
    assert.match(output, /Ctrl\+C/);
    const server = onlyChild(child);
    child.kill("SIGINT");
    assert.equal(await ended, 0, output);
    await condition("nothing is left", stopMsMax, () => processesOfGroup(server).length === 0);
  } finally {
    child.kill("SIGKILL");
  }
}

/** The server runs in a process group of its own, named after its first process: endWithStarter.mjs. */
function onlyChild(child: ChildProcess): number {
  const { pid } = child;
  assert.ok(pid !== undefined);
  const [first, ...others] = childrenOf(pid);
  assert.ok(first !== undefined);
  assert.deepEqual(others, []);
  return first;
}

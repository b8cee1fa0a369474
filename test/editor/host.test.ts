// Owns running the extension-host suite here: the unmodified @vscode/test-electron, with code-server in VS Code's place.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { join } from "node:path";
import { test } from "node:test";
import { ensureEditor, withEditor } from "./requirements";

withEditor("the extension-host suite", () => void test("the extension-host suite", hostSuite));

async function hostSuite(context: { test(name: string, body: () => void): Promise<void> }): Promise<void> {
  ensureEditor();
  const child = spawn(process.execPath, ["test/editor/runHost.mjs"], {
    env: { ...process.env, VSCODE_EXECUTABLE: join(process.cwd(), "test/editor/vscodeShim.mjs") },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (text: string) => (output += text));
  const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
  // For whoever reads the log.
  for (const [, figure] of output.matchAll(/^host: figure (.*)$/gm)) console.log(figure);
  const cases = output.matchAll(/^host: (ok|FAILED) (.*(?:\nhost: {3}.*)*)/gm);
  let told = 0;
  for (const [, result, name] of cases) {
    told += 1;
    await context.test((name ?? "").split("\n", 1)[0] ?? "", () => assert.equal(result, "ok", name));
  }
  assert.equal(code, 0, output);
  assert.ok(told > 0, `no case was told of:\n${output}`);
}

// Owns running the extension-host suite with @vscode/test-electron, unmodified: `npm run test:desktop`.
// Downloads desktop VS Code into .vscode-test/ the first time; with VSCODE_EXECUTABLE it takes that program instead.
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { runTests } from "@vscode/test-electron";

const root = fileURLToPath(new URL("../..", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "palimpsest-host-"));
const workspace = join(folder, "sample");
cpSync(join(root, "test/editor/sample"), workspace, { recursive: true });
const executable = process.env.VSCODE_EXECUTABLE;
try {
  await runTests({
    ...(executable === undefined ? {} : { vscodeExecutablePath: executable }),
    extensionDevelopmentPath: root,
    extensionTestsPath: join(root, "dist/test/editor/host/index.js"),
    launchArgs: [workspace, `--user-data-dir=${join(folder, "user")}`, `--extensions-dir=${join(folder, "extensions")}`],
  });
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}

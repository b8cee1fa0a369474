// Owns standing in for the VS Code program towards @vscode/test-electron: takes its arguments, runs the same test run
// in code-server's extension host with a Chromium in front of it, and ends with the run's exit code.
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { format, parseArgs } from "node:util";
import { launchBrowser } from "./browser";
import { type CodeServer, remoteUri, startCodeServer, workbenchUrl } from "./codeServer";

const runMsMax = 5 * 60_000;
/** Set by the driver that starts this program, so that a person sees all that the workbench says. */
const verbose = process.env["VSCODE_SHIM_VERBOSE"] !== undefined;

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    args: process.argv.slice(2),
    strict: false,
    allowPositionals: true,
    options: { extensionTestsPath: { type: "string" }, extensionDevelopmentPath: { type: "string" }, "extensions-dir": { type: "string" } },
  });
  const tests = values["extensionTestsPath"];
  const extension = values["extensionDevelopmentPath"];
  const extensionsFolder = values["extensions-dir"];
  if (typeof tests !== "string" || typeof extension !== "string") throw new Error("only runs of extension tests are supported");
  const own = positionals[0] === undefined;
  const folder = resolve(positionals[0] ?? mkdtempSync(join(tmpdir(), "palimpsest-workspace-")));
  const server = await startCodeServer({
    ...(typeof extensionsFolder === "string" ? { extensionsFolder: resolve(extensionsFolder) } : {}),
    // A built workbench ignores a development extension and its tests unless it runs for a driver.
    arguments: ["--vscode-option", "enable-smoke-test-driver"],
  });
  try {
    return await runInBrowser(server, folder, resolve(extension), testsFile(tests));
  } finally {
    await server.stop();
    if (own) rmSync(folder, { recursive: true, force: true });
  }
}

/** Opens the workbench, which runs the tests and then calls `codeAutomationExit`. */
async function runInBrowser(server: CodeServer, folder: string, extension: string, tests: string): Promise<number> {
  const browser = await launchBrowser();
  try {
    const page = await (await browser.newContext()).newPage();
    const ended = new Promise<number>((resolveCode, reject) => {
      const timer = setTimeout(() => reject(new Error(`the test run did not end within ${runMsMax} ms`)), runMsMax);
      const exit = (code: number): void => {
        clearTimeout(timer);
        resolveCode(code);
      };
      page.once("crash", () => reject(new Error("the workbench crashed")));
      page.exposeFunction("codeAutomationExit", exit).catch(reject);
    });
    await page.exposeFunction("codeAutomationLog", (type: string, values: readonly unknown[]) => {
      const text = format(...values);
      if (verbose || text.startsWith("host: ")) process.stdout.write(`${verbose ? `[${type}] ` : ""}${text}\n`);
    });
    const payload = [
      ["extensionDevelopmentPath", remoteUri(server, extension)],
      ["extensionTestsPath", remoteUri(server, tests)],
    ] as const;
    await page.goto(workbenchUrl(server, { folder, payload }), { waitUntil: "domcontentloaded" });
    return await ended;
  } finally {
    await browser.close();
  }
}

/** Desktop VS Code requires the path like any module; the server wants the file itself. */
function testsFile(path: string): string {
  const absolute = resolve(path);
  return existsSync(absolute) ? absolute : `${absolute}.js`;
}

for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(130));
main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error("vscodeShim:", error);
    process.exit(1);
  },
);

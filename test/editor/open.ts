// Owns `npm run editor`: a real VS Code in the browser with this checkout's extension, on a sample folder or one named.
// `npm run editor -- FOLDER` opens a folder of yours; `--no-open` starts no browser.
import { spawn } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { startCodeServer, workbenchUrl } from "./codeServer";

async function main(): Promise<void> {
  const named = process.argv.slice(2).find((argument) => !argument.startsWith("--"));
  const folder = named === undefined ? copyOfSample() : resolve(named);
  if (!existsSync(folder)) throw new Error(`there is no folder ${folder}`);
  console.log("Starting VS Code …");
  const server = await startCodeServer({
    extensions: { palimpsest: process.cwd() },
    settings: { "files.autoSave": "afterDelay" },
  });
  const file = named === undefined ? { file: join(folder, "src/invoice.ts") } : {};
  const url = workbenchUrl(server, { folder, ...file });
  const opened = !process.argv.includes("--no-open") && openInBrowser(url);
  console.log(`\nVS Code with Palimpsest${opened ? " opens in your browser" : " is ready: open this address in a browser"}:\n\n  ${url}\n`);
  console.log(`It shows ${named === undefined ? "a copy of the sample" : "your folder"} ${folder}.`);
  console.log("Write a line in a function: grey text appears after a moment, Tab takes it. F1 and \"Palimpsest\" show the rest.");
  console.log("Ctrl+C here stops it.");
  await new Promise<void>((resolveStop) => {
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, () => resolveStop());
  });
  console.log("\nStopping …");
  await server.stop();
  if (named === undefined) rmSync(dirname(folder), { recursive: true, force: true });
}

/** A copy, so that trying things leaves the checkout as it is. */
function copyOfSample(): string {
  const folder = join(mkdtempSync(join(tmpdir(), "palimpsest-sample-")), "shop");
  cpSync(join(process.cwd(), "test/editor/sample"), folder, { recursive: true });
  return folder;
}

/** Asks a Linux desktop to open an address; false where there is none. */
function openInBrowser(url: string): boolean {
  const desktop = process.env["DISPLAY"] ?? process.env["WAYLAND_DISPLAY"];
  if (desktop === undefined || desktop === "") return false;
  const opener = spawn("xdg-open", [url], { detached: true, stdio: "ignore" });
  opener.once("error", () => console.log("(no xdg-open here: open the address yourself)"));
  opener.unref();
  return true;
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  },
);

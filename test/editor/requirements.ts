// Owns what the editor tests need of a machine, skipping them where it is lacking, and getting the part of it that npm has.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { test } from "node:test";
import { findChromium, missingBrowser } from "./browser";
import { installationPath } from "./codeServer";

/** Declares tests that need the editor; where it can't run, one test of that name is skipped with the reason. */
export function withEditor(name: string, declare: () => void): void {
  const lacking = lackingForEditor();
  if (lacking === undefined) declare();
  else test(name, { skip: lacking }, () => undefined);
}

/** Why the editor tests can't run here, and what to do about it; undefined where they can. */
function lackingForEditor(): string | undefined {
  if (process.platform !== "linux") return "code-server runs on Linux only; npm run test:desktop runs the extension in desktop VS Code";
  return findChromium() === undefined ? missingBrowser : undefined;
}

/** Installs VS Code from npm where it is not installed yet, telling how it goes. Throws if it can't be had. */
export function ensureEditor(): void {
  if (existsSync(installationPath())) return;
  const { status } = spawnSync(process.execPath, ["test/editor/install.mjs"], { stdio: ["ignore", "inherit", "inherit"] });
  if (status !== 0) throw new Error("VS Code could not be installed from npm: see the lines above");
}

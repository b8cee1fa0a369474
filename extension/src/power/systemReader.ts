// Owns reading this machine's own files and programs about power. Each read is short, and none blocks the editor.
import { execFile } from "node:child_process";
import { readdir, readFile } from "node:fs/promises";
import type { SystemReader } from "./powerSource";

const programMsMax = 10_000;

export const thisSystem: SystemReader = {
  platform: process.platform,
  list: (folder) => readdir(folder).catch(() => []),
  text: (path) => readFile(path, "utf8").then((text) => text.trim(), () => undefined),
  run: (program, args) =>
    new Promise((resolve) => {
      execFile(program, [...args], { timeout: programMsMax, windowsHide: true }, (error, output) => resolve(error === null ? output : undefined));
    }),
};

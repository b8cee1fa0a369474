#!/usr/bin/env node
// Owns being an executable file for @vscode/test-electron's `vscodeExecutablePath`; shim.ts does the work.
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

process.chdir(fileURLToPath(new URL("../..", import.meta.url)));
createRequire(import.meta.url)("../../dist/test/editor/shim.js");

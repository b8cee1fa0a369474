// Bundles the three programs (extension, sidecar, harness) and, with --tests, every test file; owns no other logic.
// The sidecar's engine worker is the sidecar bundle itself, started a second time as a worker thread.
import { build } from "esbuild";
import { readdirSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL(".", import.meta.url));
const tests = process.argv.includes("--tests");
const quiet = process.argv.includes("--quiet");

/** All files below `folder` whose name ends in `ending`, as absolute paths. */
export function filesBelow(folder, ending) {
  return readdirSync(folder, { recursive: true })
    .map((name) => join(folder, String(name)))
    .filter((path) => path.endsWith(ending));
}

const common = {
  bundle: true,
  platform: "node",
  target: "node20",
  format: "cjs",
  sourcemap: true,
  absWorkingDir: root,
  logLevel: "warning",
  // The parser's ESM build looks for itself by `import.meta.url`, which a CommonJS bundle has not.
  alias: { "web-tree-sitter": join(root, "node_modules/web-tree-sitter/web-tree-sitter.cjs") },
  // koffi loads a library that stands beside it; the editor's module exists only in the editor; the downloader copies local
  // files with reflink, and nothing here does.
  external: ["vscode", "@reflink/reflink", "koffi", "esbuild", "playwright-core", "@vscode/test-electron"],
};

await build({ ...common, entryPoints: { buildGrammars: "grammars/build.ts" }, outdir: "dist/grammars" });
const { buildGrammars } = createRequire(import.meta.url)(join(root, "dist/grammars/buildGrammars.js"));
await buildGrammars(root, join(root, "dist/grammars"));
await build({
  ...common,
  entryPoints: {
    extension: "extension/src/main.ts",
    sidecar: "sidecar/server/main.ts",
    download: "extension/src/models/download/main.ts",
    harness: "test/harness/main.ts",
    editor: "test/editor/open.ts",
  },
  outdir: "dist",
});
await build({
  ...common,
  entryPoints: { statisticsPage: "extension/src/page/browser.ts" },
  outdir: "dist",
  platform: "browser",
  target: "es2022",
  format: "iife",
  minify: true,
});
if (tests) {
  rmSync(join(root, "dist/test"), { recursive: true, force: true });
  await build({
    ...common,
    entryPoints: [...filesBelow(join(root, "test"), ".test.ts"), "test/editor/shim.ts", "test/editor/host/index.ts"],
    outbase: root,
    outdir: "dist",
  });
}
if (!quiet) console.log("built " + relative(process.cwd(), join(root, "dist")));

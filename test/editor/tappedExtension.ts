// Owns a copy of the built extension by links, in which the sidecar's program first taps its own standard output.
// Everything but those two lines is what is shipped.
import { mkdirSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Makes the extension in `folder`, which is new; what each sidecar says goes to `tap`/<pid>. */
export function makeTappedExtension(folder: string, tap: string): void {
  const root = process.cwd();
  const dist = join(folder, "dist");
  mkdirSync(dist, { recursive: true });
  mkdirSync(tap, { recursive: true });
  const besides = readdirSync(root).filter((name) => name === "media" || name === "l10n" || /^package(\.nls.*)?\.json$/.test(name));
  for (const name of besides) symlinkSync(join(root, name), join(folder, name));
  for (const name of readdirSync(join(root, "dist"))) {
    if (name !== "sidecar.js") symlinkSync(join(root, "dist", name), join(dist, name));
  }
  const lines = [
    `require(${JSON.stringify(join(root, "test/editor/tap.cjs"))})(${JSON.stringify(tap)});`,
    `require(${JSON.stringify(join(root, "dist/sidecar.js"))});`,
  ];
  writeFileSync(join(dist, "sidecar.js"), `${lines.join("\n")}\n`);
}

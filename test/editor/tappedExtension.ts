// Owns a copy of the built extension by links, in which the sidecar's program first taps its own standard output, and others
// may find another machine. Everything but those two lines of each is what is shipped.
import { copyFileSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** What of the machine is another for the extension's programs: see the files of these names. */
export interface OtherMachine {
  readonly powerSupplies?: string;
  readonly downloadUrl?: string;
  /** A folder with files in the place of those that a graphics card's driver has. */
  readonly graphicsCard?: string;
  /** A folder with programs that are found before others. */
  readonly programs?: string;
}

/** Makes the extension in `folder`, which is new; what each sidecar says goes to `tap`/<pid>. */
export function makeTappedExtension(folder: string, tap: string, { powerSupplies, downloadUrl, graphicsCard, programs }: OtherMachine = {}): void {
  const root = process.cwd();
  const dist = join(folder, "dist");
  mkdirSync(dist, { recursive: true });
  mkdirSync(tap, { recursive: true });
  const besides = readdirSync(root).filter((name) => name === "media" || name === "l10n" || /^package(\.nls.*)?\.json$/.test(name));
  for (const name of besides) symlinkSync(join(root, name), join(folder, name));
  const places: readonly (readonly [place: string, folder: string])[] = [
    ...(powerSupplies === undefined ? [] : [["/sys/class/power_supply", powerSupplies] as const]),
    ...(graphicsCard === undefined ? [] : ["/usr/lib64/libvulkan.so.1", "/dev/dri"].map((place) => [place, join(graphicsCard, place)] as const)),
  ];
  const first: Readonly<Record<string, readonly [string, unknown] | undefined>> = {
    "sidecar.js": ["tap.cjs", tap],
    "extension.js": places.length === 0 ? undefined : ["otherMachine.cjs", { places, programs }],
    "download.js": downloadUrl === undefined ? undefined : ["redirectDownload.cjs", downloadUrl],
  };
  for (const name of readdirSync(join(root, "dist"))) {
    const [script, value] = first[name] ?? [];
    if (script === undefined) {
      symlinkSync(join(root, "dist", name), join(dist, name));
      continue;
    }
    // The editor knows whose code asks it by the folder that it lies in.
    const shipped = name === "extension.js" ? join(dist, "shippedExtension.js") : join(root, "dist", name);
    if (name === "extension.js") copyFileSync(join(root, "dist", name), shipped);
    const lines = [
      `require(${JSON.stringify(join(root, "test/editor", script))})(${JSON.stringify(value)});`,
      `module.exports = require(${JSON.stringify(shipped)});`,
    ];
    writeFileSync(join(dist, name), `${lines.join("\n")}\n`);
  }
}

// Owns the names of what results depend on: the model file, the rules of decoding, the program. By content, so that a file
// that moved is still the same and one that changed is not.
import { createHash } from "node:crypto";
import { closeSync, existsSync, openSync, readFileSync, readSync, readdirSync, statSync } from "node:fs";
import { join, relative } from "node:path";
import { UsageError } from "../usageError";
import { contentKey } from "./coldCache";

const probedBytes = 1 << 20;

/** The model's size with its first and last mebibyte: gigabytes aren't read for a name. */
export function modelIdentity(path: string): string {
  const { size } = statSync(path);
  const file = openSync(path, "r");
  try {
    const length = Math.min(size, probedBytes);
    const parts = [0, size - length].map((position) => {
      const bytes = new Uint8Array(length);
      readSync(file, bytes, 0, length, position);
      return bytes;
    });
    return contentKey([String(size), ...parts]).slice(0, 16);
  } finally {
    closeSync(file);
  }
}

/**
 * The sources that say what is written behind a prompt: where they change, what was kept of cold caches is void.
 * @throws UsageError where the program has been taken away from its sources: without them nothing tells two rules apart.
 */
export function decodingIdentity(root: string): string {
  const folders = ["sidecar/decode", "grammars"].map((folder) => join(root, folder));
  const missing = folders.find((folder) => !existsSync(folder));
  if (missing !== undefined) throw new UsageError(`evaluate needs the sources that it was built from beside it: there is no ${missing}`);
  const files = folders.flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => /\.(ts|json)$/.test(name)).toSorted().map((name) => join(folder, name)));
  return contentKey(files.flatMap((path) => [relative(root, path), readFileSync(path)])).slice(0, 16);
}

/** The program that is running. */
export function buildIdentity(programPath: string): string {
  return createHash("sha256").update(readFileSync(programPath)).digest("hex").slice(0, 12);
}

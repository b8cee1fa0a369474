// Owns the names of what results depend on: the model file, the rules of decoding, the program. By content, so that a file
// that moved is still the same and one that changed is not.
import { createHash } from "node:crypto";
import { closeSync, existsSync, openSync, readFileSync, readSync, readdirSync, statSync } from "node:fs";
import { join, relative } from "node:path";
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

/** The sources that say what is written behind a prompt: where they change, what was kept of cold caches is void. */
export function decodingIdentity(root: string): string {
  const files = ["sidecar/decode", "grammars"].map((folder) => join(root, folder)).filter((folder) => existsSync(folder)).flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => /\.(ts|json)$/.test(name)).toSorted().map((name) => join(folder, name)));
  return contentKey(files.flatMap((path) => [relative(root, path), readFileSync(path)])).slice(0, 16);
}

/** The program that is running. */
export function buildIdentity(programPath: string): string {
  return createHash("sha256").update(readFileSync(programPath)).digest("hex").slice(0, 12);
}

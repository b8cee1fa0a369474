// Owns the comparison of two sets of files: folders on disk, or packages unpacked in memory. Knows no registry.
import { readFileSync, readdirSync, statSync } from "node:fs";
import { join, sep } from "node:path";
import type { ExtraFields } from "./trace";
import type { FileChange } from "./history";
import { isWorthTracing, languageIdOf } from "./sourceFile";
import { UsageError } from "./usageError";

/** Reads one file by its path with slashes; undefined where there is none. */
export interface FileSet {
  readonly paths: readonly string[];
  read(path: string): string | undefined;
}

/** Changes of the files that both sets have, in the order of their paths. */
export function* changesBetween(before: FileSet, after: FileSet, source: ExtraFields): Generator<FileChange> {
  for (const path of before.paths.toSorted()) {
    const languageId = languageIdOf(path);
    if (languageId === undefined) continue;
    const old = before.read(path);
    const fresh = after.read(path);
    if (old === undefined || fresh === undefined) continue;
    const change: FileChange = { uri: path, languageId, before: old, after: fresh, source };
    if (isWorthTracing(change)) yield change;
  }
}

export function folderFiles(folder: string): FileSet {
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) throw new UsageError(`there is no folder ${folder}`);
  const paths = readdirSync(folder, { recursive: true, encoding: "utf8" }).map((path) => path.split(sep).join("/"));
  return {
    paths,
    read: (path) => {
      const found = statSync(join(folder, path), { throwIfNoEntry: false });
      return found?.isFile() === true ? readFileSync(join(folder, path), "utf8") : undefined;
    },
  };
}

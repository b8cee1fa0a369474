// Owns the reading of file changes out of a git history. Runs git without a shell and changes nothing.
import { execFileSync } from "node:child_process";
import { statSync } from "node:fs";
import { basename, resolve } from "node:path";
import type { FileChange } from "./history";
import { isWorthTracing, languageIdOf } from "./sourceFile";
import { UsageError } from "./usageError";

const outputBytesMax = 64 * 1024 * 1024;

/**
 * Changes of single files in the latest `commits` commits that aren't merges, newest first.
 * @param file a git pathspec; all files where undefined
 * @throws UsageError where there is no such repository, or git is missing
 */
export function* gitChanges(repository: string, commits: number, file: string | undefined): Generator<FileChange> {
  if (statSync(repository, { throwIfNoEntry: false })?.isDirectory() !== true) throw new UsageError(`there is no folder ${repository}`);
  const git = (...args: readonly string[]): string => runGit(repository, args);
  const pathspec = file === undefined ? [] : ["--", file];
  const name = basename(resolve(repository));
  for (const commit of git("log", "--no-merges", "--format=%H", `--max-count=${commits}`, ...pathspec).split("\n").filter(isCommit)) {
    // Only files that stood before and stand after: M. The commit without a parent has none.
    const listed = git("diff-tree", "-r", "-z", "--no-commit-id", "--name-only", "--diff-filter=M", commit, ...pathspec);
    for (const uri of listed.split("\0").filter((path) => path !== "")) {
      const languageId = languageIdOf(uri);
      if (languageId === undefined) continue;
      const change: FileChange = {
        uri,
        languageId,
        before: git("show", `${commit}^:${uri}`),
        after: git("show", `${commit}:${uri}`),
        source: { repository: name, commit },
      };
      if (isWorthTracing(change)) yield change;
    }
  }
}

function isCommit(line: string): boolean {
  return /^[0-9a-f]{40,64}$/.test(line);
}

function runGit(repository: string, args: readonly string[]): string {
  try {
    return execFileSync("git", ["-C", repository, ...args], { encoding: "utf8", maxBuffer: outputBytesMax, stdio: ["ignore", "pipe", "pipe"] });
  } catch (error) {
    const said = error instanceof Error && "stderr" in error ? String(error.stderr).trim() : "";
    const why = error instanceof Error && "code" in error && error.code === "ENOENT" ? "git isn't installed" : said;
    throw new UsageError(`git can't read ${repository}: ${why || String(error)}`);
  }
}

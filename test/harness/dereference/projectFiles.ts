// Owns the source files of a project that cases are made from: finding and reading them below the folder that the user names.
import { readFileSync, readdirSync, statSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { languageIdOf } from "../sourceFile";
import { UsageError } from "../usageError";
import type { CaseLanguage, CaseSource } from "./case";

export interface Project {
  readonly name: string;
  /** Absolute. */
  readonly folder: string;
}

/** @throws UsageError where one isn't there, or two have the same name: results name projects, not places on disk. */
export function projectsAt(folders: readonly string[]): readonly Project[] {
  const projects = folders.map((path) => ({ name: basename(resolve(path)), folder: resolve(path) })).toSorted((a, b) => (a.name < b.name ? -1 : 1));
  for (const { folder } of projects) {
    if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) throw new UsageError(`there is no folder ${folder}`);
  }
  const twice = projects.find(({ name }, index) => projects[index + 1]?.name === name);
  if (twice !== undefined) throw new UsageError(`two projects have the name ${twice.name}`);
  return projects;
}

const fileUtf16 = { min: 400, max: 200_000 } as const;
/** Longer lines are a tool's. */
const lineUtf16Max = 400;
/** Other people's code, what a tool built, and tests, whose bodies are not a project's methods. */
const foreign = [
  /(^|\/)(\.[^/]*|node_modules|vendor|_vendor|dist|build|tests?|__tests__|_tests|spec|bench(marks)?)\//i,
  /[._-](test|spec)\.\w+$|\.d\.[cm]?ts$/i, /(^|\/)test_[^/]*$/,
];
const isForeign = (path: string): boolean => foreign.some((pattern) => pattern.test(path));

/** In the order of their paths, so that a seed draws the same everywhere. */
export function sourcesOf({ name, folder }: Project, language: CaseLanguage): readonly CaseSource[] {
  return pathsBelow(folder, "").toSorted().flatMap((path) => {
    const languageId = languageIdOf(path);
    if (languageId === undefined || familyOf(languageId) !== language) return [];
    const text = readFileSync(join(folder, path), "utf8").replaceAll("\r\n", "\n");
    return isByHand(text) ? [{ language, languageId, project: name, path, text }] : [];
  });
}

function pathsBelow(folder: string, below: string): readonly string[] {
  return readdirSync(join(folder, below), { withFileTypes: true }).flatMap((entry) => {
    const path = below === "" ? entry.name : `${below}/${entry.name}`;
    if (entry.isDirectory()) return isForeign(`${path}/`) ? [] : pathsBelow(folder, path);
    return entry.isFile() && !isForeign(path) ? [path] : [];
  });
}

function familyOf(languageId: string): CaseLanguage | undefined {
  if (languageId === "typescript" || languageId === "typescriptreact") return "typescript";
  return languageId === "python" ? "python" : undefined;
}

function isByHand(text: string): boolean {
  if (text.length < fileUtf16.min || fileUtf16.max < text.length || text.includes("\0")) return false;
  return text.split("\n").every((line) => line.length <= lineUtf16Max);
}

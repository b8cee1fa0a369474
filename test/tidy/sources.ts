// Owns which files the rules look at, and what they import. Knows no rule.
import { readdirSync, readFileSync } from "node:fs";
import { join, posix } from "node:path";
import { masksOf } from "./masks";

export interface Import {
  readonly line: number;
  /** As written. */
  readonly specifier: string;
  /** Nothing of it is left at run time. */
  readonly typeOnly: boolean;
}

export interface Source {
  /** Relative to the project's root, with forward slashes. */
  readonly path: string;
  readonly text: string;
  readonly code: string;
  readonly comments: string;
  readonly imports: readonly Import[];
}

/** Sample projects are what the editor tests open and edit: they are data. */
const leftOut = new Set(["node_modules", "dist", "out", "sample"]);

/** Paths of all files that people wrote, relative to `root`; what is installed, built or hidden is left out. */
export function projectFiles(root: string): readonly string[] {
  const found: string[] = [];
  const look = (folder: string): void => {
    for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
      const path = posix.join(folder, entry.name);
      if (entry.isDirectory()) {
        if (!leftOut.has(entry.name) && (!entry.name.startsWith(".") || entry.name === ".ci")) look(path);
      } else found.push(path);
    }
  };
  look("");
  return found.sort();
}

export function readSource(root: string, path: string): Source {
  return sourceOf(path, readFileSync(join(root, path), "utf8"));
}

export function sourceOf(path: string, text: string): Source {
  const masks = masksOf(text);
  return { path, text, ...masks, imports: importsOf(text, masks.code) };
}

/** 1-based, for messages that an editor can open. */
export function lineOf(text: string, offset: number): number {
  return text.slice(0, offset).split("\n").length;
}

/** The path that a relative import means without its ending, or undefined for a package. */
export function targetOf(source: string, specifier: string): string | undefined {
  return specifier.startsWith(".") ? posix.join(posix.dirname(source), specifier) : undefined;
}

/** `@scope/name` or `name` of a package import; undefined for relative and built-in ones. */
export function packageOf(specifier: string): string | undefined {
  if (specifier.startsWith(".") || specifier.startsWith("node:")) return undefined;
  return specifier.split("/").slice(0, specifier.startsWith("@") ? 2 : 1).join("/");
}

const importForms = [
  /\b(?<form>(?:import|export)\s+(?:type\s)?)(?:[\w$*{},\s]*?)\bfrom\s*(?<quote>["'])/g,
  /\b(?<form>import)\s*(?<quote>["'])/g,
  /\b(?<form>import|require|require\.resolve)\s*\(\s*(?<quote>["'])/g,
];

function importsOf(text: string, code: string): readonly Import[] {
  const imports: Import[] = [];
  for (const form of importForms) {
    for (const match of code.matchAll(form)) {
      const start = match.index + match[0].length;
      const quote = match.groups?.["quote"] ?? '"';
      const specifier = text.slice(start, text.indexOf(quote, start));
      imports.push({ line: lineOf(text, match.index), specifier, typeOnly: /\btype\s/.test(match.groups?.["form"] ?? "") });
    }
  }
  return imports;
}

// Owns the files that cases are made from: finding and reading what the user points to. Knows no case.
import { readFileSync, readdirSync, statSync } from "node:fs";
import { basename, join, sep } from "node:path";
import { readTrace } from "../corpus";
import { languageIdOf } from "../sourceFile";
import { TraceError } from "../trace";
import { finalText } from "../traceDocument";
import { UsageError } from "../usageError";
import { textHash } from "./case";
import type { CaseLanguage, CaseSource } from "./case";

const fileUtf16 = { min: 400, max: 200_000 } as const;
/** Longer lines are a tool's. */
const lineUtf16Max = 400;

/**
 * Source files of the languages asked for, each text once: files as they are named, folders in depth, traces as the text
 * that they end with, one of each file of a repository. The order is that of the names, so that a seed draws the same everywhere.
 */
export function readCaseSources(paths: readonly string[], languages: readonly CaseLanguage[]): readonly CaseSource[] {
  const seen = new Set<string>();
  const sources = paths.flatMap((path) => filesOf(path).flatMap(sourceOf)).filter(({ origin, text, language }) => {
    const marks = [textHash(text), ...(origin === undefined ? [] : [origin])];
    const isNew = !marks.some((mark) => seen.has(mark));
    for (const mark of marks) seen.add(mark);
    return isNew && languages.includes(language) && isByHand(text);
  });
  if (sources.length === 0) throw new UsageError(`there is no source file in ${languages.join(" or ")} below ${paths.join(", ")}`);
  return sources;
}

interface FoundFile {
  readonly full: string;
  /** The path that the model is told: below the folder named, since where that stands says nothing. */
  readonly shown: string;
  /** What is named has to be what it seems; of a folder what doesn't fit is passed over. */
  readonly isNamed: boolean;
}

function filesOf(path: string): readonly FoundFile[] {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) throw new UsageError(`there is no file or folder ${path}`);
  if (found.isFile()) return [{ full: path, shown: basename(path), isNamed: true }];
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .toSorted()
    .map((full) => ({ full, shown: full.slice(path.length).split(sep).filter((part) => part !== "").join("/"), isNamed: false }));
}

interface FoundSource extends CaseSource {
  /** Repository and path, where a trace says: another trace of them is another version of the same file. */
  readonly origin?: string;
}

function sourceOf({ full, shown, isNamed }: FoundFile): readonly FoundSource[] {
  if (full.endsWith(".jsonl")) return ofTrace(full, isNamed);
  const languageId = shown.endsWith(".d.ts") ? undefined : languageIdOf(shown);
  return languageId === undefined ? [] : withLanguage(shown, languageId, () => readFileSync(full, "utf8"));
}

function ofTrace(path: string, isNamed: boolean): readonly FoundSource[] {
  try {
    const trace = readTrace(path);
    const { uri, languageId, extra } = trace.header;
    const { repository } = (extra["source"] ?? {}) as { readonly repository?: unknown };
    const origin = typeof repository === "string" ? { origin: `${repository} ${uri}` } : {};
    return withLanguage(uri, languageId, () => finalText(trace)).map((source) => ({ ...source, ...origin }));
  } catch (error) {
    if (isNamed || !(error instanceof TraceError)) throw error;
    return [];
  }
}

function withLanguage(path: string, languageId: string, read: () => string): readonly CaseSource[] {
  const language = caseLanguageOf(languageId);
  return language === undefined ? [] : [{ path, language, languageId, text: read().replaceAll("\r\n", "\n") }];
}

/** The group that a language id belongs to; undefined where cases are not made of it. */
export function caseLanguageOf(languageId: string): CaseLanguage | undefined {
  if (/^(?:typescript|javascript)/.test(languageId)) return "typescript";
  return languageId === "python" ? "python" : undefined;
}

function isByHand(text: string): boolean {
  if (text.length < fileUtf16.min || fileUtf16.max < text.length || text.includes("\0")) return false;
  return text.split("\n").every((line) => line.length <= lineUtf16Max);
}

// Owns which files and exports are used at all. Knows no layer: who may use whom is arrows.ts's business.
import { lineOf, targetOf, type Source } from "./sources";

/** The programs; a test file is an entry of its own. */
export const programs = ["extension/src/main.ts", "extension/src/models/download/main.ts", "sidecar/server/main.ts", "test/harness/main.ts"];

/**
 * Files that nothing reaches, code that only tests reach, and imports of files that don't exist.
 * `paths` are all files of the project; `entries` are further programs, those that build.mjs bundles.
 */
export function checkReached(sources: readonly Source[], paths: ReadonlySet<string>, entries: readonly string[]): readonly string[] {
  const byPath = new Map(sources.map((source) => [source.path, source]));
  const resolve = (target: string): string | undefined =>
    [target, `${target}.ts`, `${target}.d.ts`].find((candidate) => paths.has(candidate));
  const faults: string[] = [];
  for (const source of sources) {
    for (const { line, specifier } of source.imports) {
      const target = targetOf(source.path, specifier);
      if (target === undefined || resolve(target) !== undefined) continue;
      faults.push(`${source.path}:${line} imports ${specifier}, which isn't there`);
    }
  }
  const reach = (starts: readonly string[]): ReadonlySet<string> => {
    const reached = new Set<string>();
    const waiting = [...starts];
    for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
      if (reached.has(path)) continue;
      reached.add(path);
      for (const { specifier } of byPath.get(path)?.imports ?? []) {
        const target = targetOf(path, specifier);
        const next = target === undefined ? undefined : resolve(target);
        if (next !== undefined) waiting.push(next);
      }
    }
    return reached;
  };
  const fromPrograms = reach([...programs, ...entries]);
  const fromAll = reach([...programs, ...entries, ...sources.map((source) => source.path).filter((path) => path.endsWith(".test.ts"))]);
  for (const { path } of sources) {
    if (!fromAll.has(path)) faults.push(`${path} is imported by nothing`);
    else if (!path.startsWith("test/") && !fromPrograms.has(path)) faults.push(`${path} is used by tests only`);
  }
  return faults;
}

/** Functions, constants and classes that are exported and that no other file names. An editor calls a program's own. */
export function checkExports(sources: readonly Source[], users: readonly Source[]): readonly string[] {
  const names = new Map<string, Set<string>>();
  for (const { path, code } of users) {
    for (const [name] of code.matchAll(/[\w$]+/g)) names.set(name, (names.get(name) ?? new Set()).add(path));
  }
  return sources.flatMap(({ path, code }) =>
    [...code.matchAll(/^export (?:async )?(?:function\*?|const|let|class|abstract class) ([\w$]+)/gm)].flatMap((match) => {
      const name = match[1] ?? "";
      const isUsed = [...(names.get(name) ?? [])].some((user) => user !== path);
      if (isUsed || programs.includes(path)) return [];
      return [`${path}:${lineOf(code, match.index)} exports ${name}, which no other file names`];
    }),
  );
}

// Owns the rules that one file keeps or breaks by itself: size, header, and what must not be written.
// Knows no other file. Each rule names what to write instead.
import { lineOf, type Source } from "./sources";

const linesMax = 300;
const columnsMax = 160;

interface Rule {
  /** Which of the three texts of a source the pattern is looked for in. */
  readonly within: "code" | "comments" | "text";
  readonly pattern: RegExp;
  readonly applies?: (path: string, line: string) => boolean;
  readonly instead: string;
}

const inSidecar = (path: string): boolean => path.startsWith("sidecar/");

const rules: Readonly<Record<string, Rule>> = {
  any: { within: "code", pattern: /(?<![\w$.])any\b(?!\s*[:(])/g, instead: "say `unknown` and narrow it" },
  nonNull: { within: "code", pattern: /[\w$)\]]!(?!=)/g, instead: "narrow it, or use `at`" },
  defaultExport: {
    within: "code",
    pattern: /\bexport\s+default\b|\bas\s+default\b/g,
    // A plain script may have to fit what loads it, as a reporter of the test runner does.
    applies: (path) => path.endsWith(".ts"),
    instead: "export it by name",
  },
  silenced: { within: "comments", pattern: /@ts-(?:ignore|nocheck|expect-error)\b|eslint-disable/g, instead: "mend the type" },
  leftover: { within: "comments", pattern: /\b(?:TODO|FIXME|XXX|HACK)\b/g, instead: "do it, or write an issue" },
  clock: {
    within: "code",
    pattern: /\bDate\.now\b|\bperformance\.now\b|\bnew Date\b|\bMath\.random\b/g,
    // The server stamps what arrives; everything behind it is told the time.
    applies: (path, line) =>
      inSidecar(path) && !path.startsWith("sidecar/base/") && !(path.startsWith("sidecar/server/") && line.includes("atMs")),
    instead: "take a Clock or a Random as a parameter",
  },
  console: {
    within: "code",
    pattern: /(?<![\w.])console\.(?:log|info|debug|table|dir)\b(?!\s*=[^=])/g,
    applies: inSidecar,
    instead: "standard output is the channel: write to standard error",
  },
  blocking: {
    within: "code",
    pattern: /(?<![\w$])\w+Sync\s*\(/g,
    applies: (path) => path.startsWith("extension/"),
    instead: "the editor's host serves everybody: use node:fs/promises",
  },
  skippedTest: {
    within: "code",
    pattern: /\b(?:test|it|describe|suite)\.(?:only|skip|todo)\b/g,
    applies: (path) => path.startsWith("test/"),
    instead: "let it run",
  },
};

/** Folders of the machine that something was written on: nobody else has them. */
const machinePaths = /(?<![\w.$}/-])\/(?:work|root|home|Users)\/|(?<![\w.$}/-])\/tmp\/(?=\w)|\.\.\/shared\b/g;

export function checkStyle(source: Source): readonly string[] {
  return [...checkSize(source), ...checkHeader(source), ...Object.entries(rules).flatMap(([name, rule]) => checkRule(source, name, rule))];
}

function checkSize({ path, text }: Source): readonly string[] {
  const lines = text.replace(/\n$/, "").split("\n");
  const faults = lines.flatMap((line, index) => {
    const columns = Array.from(line).length;
    // A test's case is data, and stands on one line.
    return columnsMax < columns && !path.endsWith(".test.ts") ? [`${path}:${index + 1} size: ${columns} columns, ${columnsMax} are allowed`] : [];
  });
  if (linesMax < lines.length) faults.push(`${path} size: ${lines.length} lines, ${linesMax} are allowed`);
  return faults;
}

/** The first lines say what a file owns and what it refuses to know. */
function checkHeader({ path, text }: Source): readonly string[] {
  const first = text.replace(/^#!.*\n/, "");
  return /^(?:\/\/ |\/\*)/.test(first) ? [] : [`${path}:1 header: a file opens with a comment on what it owns`];
}

function checkRule(source: Source, name: string, rule: Rule): readonly string[] {
  const lines = source.text.split("\n");
  return [...source[rule.within].matchAll(rule.pattern)].flatMap((match) => {
    const line = lineOf(source.text, match.index);
    const applies = rule.applies?.(source.path, lines[line - 1] ?? "") ?? true;
    return applies ? [`${source.path}:${line} ${name}: ${match[0].trim()} (${rule.instead})`] : [];
  });
}

/** For every kind of text file. */
export function checkMachinePaths(path: string, text: string): readonly string[] {
  return [...text.matchAll(machinePaths)].map((match) => `${path}:${lineOf(text, match.index)} machinePath: ${match[0]}`);
}

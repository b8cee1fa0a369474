// Owns what real compilers say of the syntax of many texts at once: TypeScript's for the texts of its family, Python's for
// Python's. Syntax only: no name is looked up. Where a compiler isn't at hand, nothing is said.
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** ok: a whole program. unfinished: nothing is wrong but that the text ends. wrong: it can't be mended by going on. */
export type CompilerVerdict = "ok" | "unfinished" | "wrong";

export interface CompiledText {
  readonly languageId: string;
  readonly text: string;
}

export interface Compilers {
  /** A verdict for each text in turn; undefined where there is no compiler for it. */
  judge(texts: readonly CompiledText[]): readonly (CompilerVerdict | undefined)[];
}

/** @param root the folder that holds node_modules with the package typescript */
export function compilersAt(root: string): Compilers {
  const tsc = join(root, "node_modules/typescript/bin/tsc");
  return {
    judge: (texts) => {
      const verdicts: (CompilerVerdict | undefined)[] = texts.map(() => undefined);
      judgeSome(texts, verdicts, ({ languageId }) => languageId === "python", pythonVerdicts);
      if (existsSync(tsc)) judgeSome(texts, verdicts, ({ languageId }) => languageId in endings, (some) => typescriptVerdicts(tsc, some));
      return verdicts;
    },
  };
}

function judgeSome(
  texts: readonly CompiledText[], verdicts: (CompilerVerdict | undefined)[], belongs: (text: CompiledText) => boolean,
  judge: (texts: readonly CompiledText[]) => readonly (CompilerVerdict | undefined)[],
): void {
  const chosen = texts.map((_, index) => index).filter((index) => belongs(texts[index] ?? noText));
  if (chosen.length === 0) return;
  const judged = judge(chosen.map((index) => texts[index] ?? noText));
  chosen.forEach((index, order) => {
    verdicts[index] = judged[order];
  });
}

const noText: CompiledText = { languageId: "", text: "" };

const outputBytesMax = 256 * 2 ** 20;

/** Python's own parser; 0x4000 (PyCF_ALLOW_INCOMPLETE_INPUT) lets it tell a text that only ends too soon, from 3.11 on. */
const pythonProgram = `
import sys, json, warnings
warnings.simplefilter("ignore")
def verdict(text):
    try:
        compile(text, "text", "exec", 0x400)
        return "ok"
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        pass
    try:
        compile(text, "text", "exec", 0x400 | 0x200 | 0x4000)
        return "wrong"
    except SyntaxError as error:
        return "unfinished" if "incomplete input" in str(error) else "wrong"
    except (ValueError, RecursionError, MemoryError):
        return "wrong"
print(json.dumps([verdict(text) for text in json.load(sys.stdin)]))
`;

function pythonVerdicts(texts: readonly CompiledText[]): readonly (CompilerVerdict | undefined)[] {
  const input = JSON.stringify(texts.map(({ text }) => text));
  const run = spawnSync("python3", ["-c", pythonProgram], { input, encoding: "utf8", maxBuffer: outputBytesMax });
  if (run.status !== 0) return texts.map(() => undefined);
  return JSON.parse(run.stdout) as readonly CompilerVerdict[];
}

const endings: Readonly<Record<string, string>> = { typescript: "ts", typescriptreact: "tsx", javascript: "js", javascriptreact: "jsx" };
const compilerOptions = {
  noEmit: true, noCheck: true, noResolve: true, noLib: true, allowJs: true, types: [], jsx: "preserve", target: "esnext", module: "preserve",
};
/** A text that no compiler takes: where nothing is said of it, the compiler didn't do its work. */
const canary = { name: "canary.ts", text: "let = ;\n" } as const;

function typescriptVerdicts(tsc: string, texts: readonly CompiledText[]): readonly (CompilerVerdict | undefined)[] {
  const folder = mkdtempSync(join(tmpdir(), "palimpsest-"));
  try {
    const names = texts.map(({ languageId }, index) => `text${index}.${endings[languageId] ?? "ts"}`);
    names.forEach((name, index) => writeFileSync(join(folder, name), texts[index]?.text ?? ""));
    writeFileSync(join(folder, canary.name), canary.text);
    writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, files: [...names, canary.name] }));
    const run = spawnSync(process.execPath, [tsc, "--pretty", "false", "-p", folder], { cwd: folder, encoding: "utf8", maxBuffer: outputBytesMax });
    return run.stdout.includes(`${canary.name}(`) ? verdictsOf(run.stdout, texts) : texts.map(() => undefined);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function verdictsOf(output: string, texts: readonly CompiledText[]): readonly CompilerVerdict[] {
  const verdicts: CompilerVerdict[] = texts.map(() => "ok");
  for (const [, index, line, column] of output.matchAll(/^text(\d+)\.\w+\((\d+),(\d+)\): error/gm)) {
    const place = Number(index);
    const isAtEnd = isBehindText(texts[place]?.text ?? "", Number(line), Number(column));
    verdicts[place] = isAtEnd && verdicts[place] !== "wrong" ? "unfinished" : "wrong";
  }
  return verdicts;
}

/** Whether a place, lines and columns from 1, has nothing but white space behind it. */
function isBehindText(text: string, line: number, column: number): boolean {
  const lines = text.split("\n");
  return lines.slice(line).every((rest) => rest.trim() === "") && (lines[line - 1] ?? "").slice(column - 1).trim() === "";
}

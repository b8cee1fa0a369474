// Owns the loaded grammars of one process: each is loaded on first need, once, and a failure is told once.
// Knows no document and no protocol; reads only the folder that it is given (dist/grammars at run time).
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { Language, Parser, Query } from "web-tree-sitter";
import { grammarNameOf, type GrammarName } from "./languages";

/** A language with its structure query, ready to parse. Lives as long as the process. */
export interface Grammar {
  readonly name: GrammarName;
  readonly language: Language;
  readonly structure: Query;
}

/** The parser's own runtime, loaded once in a process whatever the number of `Grammars`. */
let runtime: Promise<void> | undefined;

export class Grammars {
  private readonly loading = new Map<GrammarName, Promise<Grammar | undefined>>();

  /**
   * @param folder holds `web-tree-sitter.wasm` and, for each grammar, `NAME.wasm` and `NAME.scm`
   * @param report is told once for each grammar that fails to load
   */
  constructor(
    private readonly folder: string,
    private readonly report: (message: string) => void,
  ) {}

  /** The grammar of a language id; undefined where none is shipped or where it failed to load. */
  load(languageId: string): Promise<Grammar | undefined> {
    const name = grammarNameOf(languageId);
    if (name === undefined) return Promise.resolve(undefined);
    const known = this.loading.get(name);
    if (known !== undefined) return known;
    const loading = loadGrammar(this.folder, name).catch((error: unknown) => {
      this.report(`The grammar for ${name} could not be loaded: ${error instanceof Error ? error.message : String(error)}`);
      return undefined;
    });
    this.loading.set(name, loading);
    return loading;
  }
}

/** Reads and compiles one grammar; throws where a file is missing or doesn't fit the runtime. */
export async function loadGrammar(folder: string, name: GrammarName): Promise<Grammar> {
  runtime ??= Parser.init({ locateFile: () => join(folder, "web-tree-sitter.wasm") }).catch((error: unknown) => {
    // A later grammar may try again: the folder may be another one.
    runtime = undefined;
    throw error;
  });
  await runtime;
  const [wasm, structure] = await Promise.all([
    readFile(join(folder, `${name}.wasm`)),
    readFile(join(folder, `${name}.scm`), "utf8"),
  ]);
  const language = await Language.load(wasm);
  return { name, language, structure: new Query(language, structure) };
}

// Owns the table of languages: which grammar parses which language id, and which npm package ships that grammar.
// Knows no parser: syntaxTree.ts loads what stands here, build.ts copies it.

/** A grammar that is shipped. Its wasm and its structure query stand in dist/grammars under this name. */
export type GrammarName =
  | "typescript" | "tsx" | "javascript" | "python" | "go" | "rust" | "java" | "c" | "cpp" | "csharp"
  | "php" | "ruby" | "css" | "html" | "json" | "shell";

export interface GrammarSource {
  readonly name: GrammarName;
  /** The wasm file below node_modules. */
  readonly wasm: string;
  /** Language ids as editors name them: VS Code's first, then those of other LSP clients. */
  readonly languageIds: readonly string[];
}

const editorPackage = "@vscode/tree-sitter-wasm/wasm";

export const grammarSources: readonly GrammarSource[] = [
  { name: "typescript", wasm: `${editorPackage}/tree-sitter-typescript.wasm`, languageIds: ["typescript"] },
  { name: "tsx", wasm: `${editorPackage}/tree-sitter-tsx.wasm`, languageIds: ["typescriptreact", "tsx"] },
  { name: "javascript", wasm: `${editorPackage}/tree-sitter-javascript.wasm`, languageIds: ["javascript", "javascriptreact", "jsx"] },
  { name: "python", wasm: `${editorPackage}/tree-sitter-python.wasm`, languageIds: ["python"] },
  { name: "go", wasm: `${editorPackage}/tree-sitter-go.wasm`, languageIds: ["go"] },
  { name: "rust", wasm: `${editorPackage}/tree-sitter-rust.wasm`, languageIds: ["rust"] },
  { name: "java", wasm: `${editorPackage}/tree-sitter-java.wasm`, languageIds: ["java"] },
  { name: "c", wasm: "tree-sitter-c/tree-sitter-c.wasm", languageIds: ["c"] },
  { name: "cpp", wasm: `${editorPackage}/tree-sitter-cpp.wasm`, languageIds: ["cpp", "cuda-cpp"] },
  { name: "csharp", wasm: `${editorPackage}/tree-sitter-c-sharp.wasm`, languageIds: ["csharp", "cs"] },
  { name: "php", wasm: `${editorPackage}/tree-sitter-php.wasm`, languageIds: ["php"] },
  { name: "ruby", wasm: `${editorPackage}/tree-sitter-ruby.wasm`, languageIds: ["ruby"] },
  { name: "css", wasm: `${editorPackage}/tree-sitter-css.wasm`, languageIds: ["css"] },
  { name: "html", wasm: "tree-sitter-html/tree-sitter-html.wasm", languageIds: ["html"] },
  { name: "json", wasm: "tree-sitter-json/tree-sitter-json.wasm", languageIds: ["json", "jsonc"] },
  { name: "shell", wasm: `${editorPackage}/tree-sitter-bash.wasm`, languageIds: ["shellscript", "sh", "bash", "zsh"] },
];

const grammarByLanguageId: ReadonlyMap<string, GrammarName> = new Map(
  grammarSources.flatMap((source) => source.languageIds.map((languageId) => [languageId, source.name] as const)),
);

/** The grammar for a language id, or undefined where we ship none. */
export function grammarNameOf(languageId: string): GrammarName | undefined {
  return grammarByLanguageId.get(languageId);
}

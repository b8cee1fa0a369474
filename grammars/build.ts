// Owns what lies in dist/grammars: copies the parser's runtime, each grammar's wasm and its structure query there,
// and checks that each loads. Run by build.mjs; nothing at run time imports it.
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { loadGrammar } from "./grammars";
import { grammarSources } from "./languages";

/** Fills `outFolder` from `root`'s node_modules and grammars folders; throws an error that says what to do. */
export async function buildGrammars(root: string, outFolder: string): Promise<void> {
  const modules = join(root, "node_modules");
  await copyIfChanged(join(modules, "web-tree-sitter/web-tree-sitter.wasm"), join(outFolder, "web-tree-sitter.wasm"));
  for (const { name, wasm } of grammarSources) {
    await copyIfChanged(join(modules, wasm), join(outFolder, `${name}.wasm`));
    await copyIfChanged(join(root, "grammars", name, "structure.scm"), join(outFolder, `${name}.scm`));
    try {
      await loadGrammar(outFolder, name);
    } catch (error) {
      throw new Error(`grammars/${name}: ${error instanceof Error ? error.message : String(error)}. See grammars/README.md.`);
    }
  }
}

/** A file that is the same is left alone, so that a running editor keeps its files. */
async function copyIfChanged(from: string, to: string): Promise<void> {
  const wanted = await readFile(from).catch(() => {
    throw new Error(`${from} is missing: run npm ci`);
  });
  const present = await readFile(to).catch(() => undefined);
  if (present?.equals(wanted) === true) return;
  await mkdir(dirname(to), { recursive: true });
  await writeFile(to, wanted);
}

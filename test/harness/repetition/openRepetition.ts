// Owns the opening of what the repetition benchmark judges with: the grammars, and the compilers that are at hand.
import { join } from "node:path";
import { Grammars } from "../../../grammars/grammars";
import { compilersAt } from "./compilers";
import type { RepetitionParts } from "./repetitionRun";

/** @param root the folder that holds dist and node_modules */
export function openRepetition(root: string): Omit<RepetitionParts, "openRig"> {
  const grammars = new Grammars(join(root, "dist/grammars"), (line) => void process.stderr.write(line + "\n"));
  return { compilers: compilersAt(root), loadGrammar: (languageId) => grammars.load(languageId) };
}

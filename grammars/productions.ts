// Owns the table of statement-level productions: which nodes of a grammar the repetition penalty watches, by role.
// Knows no parser and no text; NAME/rules.json holds the names.
import c from "./c/rules.json";
import cpp from "./cpp/rules.json";
import go from "./go/rules.json";
import java from "./java/rules.json";
import javascript from "./javascript/rules.json";
import python from "./python/rules.json";
import rust from "./rust/rules.json";
import tsx from "./tsx/rules.json";
import typescript from "./typescript/rules.json";
import type { GrammarName } from "./languages";

/** `statement`: simple or compound, declarations too. `clause`: continues a compound statement. `member`: one of a list. */
export type ProductionRole = "statement" | "clause" | "member";

interface Rules {
  readonly statements: readonly string[];
  readonly clauses: readonly string[];
  readonly members: readonly string[];
}

const rulesByGrammar: Readonly<Partial<Record<GrammarName, Rules>>> = { c, cpp, go, java, javascript, python, rust, tsx, typescript };

/** The role of each watched production by its node type; undefined for a grammar without a table. */
export function productionsOf(name: GrammarName): ReadonlyMap<string, ProductionRole> | undefined {
  const rules = rulesByGrammar[name];
  if (rules === undefined) return undefined;
  return new Map([
    ...rules.members.map((type) => [type, "member"] as const),
    ...rules.clauses.map((type) => [type, "clause"] as const),
    ...rules.statements.map((type) => [type, "statement"] as const),
  ]);
}

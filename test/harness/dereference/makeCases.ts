// Owns the making of cases from source files: every dereference in the body of a named function, and the drawing of some.
// Deterministic for a seed; knows no model and reads no file.
import { Parser, type Node } from "web-tree-sitter";
import type { Grammar } from "../../../grammars/grammars";
import { at } from "../../../sidecar/base/assert";
import type { Random } from "../../../sidecar/base/random";
import { caseIdOf } from "./case";
import type { CaseLanguage, CaseSource, DereferenceCase } from "./case";

/** What is left of the method fits the budget of a generation; a method is something that a person reads as one. */
const truthUtf16Max = 480;
const bodyUtf16Max = 6_000;

interface Syntax {
  readonly dereference: string;
  readonly member: string;
  readonly object: string;
  readonly functions: ReadonlySet<string>;
  readonly body: string;
}

const syntaxes: Readonly<Record<CaseLanguage, Syntax>> = {
  typescript: {
    dereference: "member_expression",
    member: "property",
    object: "object",
    functions: new Set(["method_definition", "function_declaration", "generator_function_declaration", "function_expression", "arrow_function"]),
    body: "statement_block",
  },
  python: { dereference: "attribute", member: "attribute", object: "object", functions: new Set(["function_definition"]), body: "block" },
};

/** A function without a name of its own counts where it is given one. */
const naming = new Set(["variable_declarator", "public_field_definition", "assignment_expression", "pair"]);

/** The dereferences of one file that make a case, in the order of the text, by the function that they stand in. */
export function casesOf(source: CaseSource, grammar: Grammar): readonly (readonly DereferenceCase[])[] {
  const parser = new Parser();
  try {
    parser.setLanguage(grammar.language);
    const tree = parser.parse(source.text);
    if (tree === null) throw new Error("the parser gave no tree");
    try {
      return byFunction(source, tree.rootNode);
    } finally {
      tree.delete();
    }
  } finally {
    parser.delete();
  }
}

function byFunction(source: CaseSource, root: Node): readonly (readonly DereferenceCase[])[] {
  const found = new Map<number, DereferenceCase[]>();
  for (const node of root.descendantsOfType(syntaxes[source.language].dereference)) {
    const made = caseAt(source, node);
    if (made === undefined) continue;
    found.set(made.bodyUtf16, [...(found.get(made.bodyUtf16) ?? []), made]);
  }
  return [...found.values()];
}

function caseAt(source: CaseSource, node: Node): DereferenceCase | undefined {
  const { text, language, languageId, project, path } = source;
  const syntax = syntaxes[language];
  const member = node.childForFieldName(syntax.member);
  const object = node.childForFieldName(syntax.object);
  const body = bodyAround(node, syntax);
  if (member === null || object === null || body === undefined || body.hasError) return undefined;
  const cursorUtf16 = member.startIndex;
  const trigger = text.slice(object.endIndex, cursorUtf16).trim();
  if (text.charAt(cursorUtf16 - 1) !== "." || (trigger !== "." && trigger !== "?.")) return undefined;
  const opener = text.charAt(body.startIndex) === "{" ? 1 : 0;
  const bodyUtf16 = body.startIndex + opener;
  const truth = text.slice(cursorUtf16, body.endIndex - opener).trimEnd();
  if (truthUtf16Max < truth.length || bodyUtf16Max < body.endIndex - bodyUtf16) return undefined;
  return {
    id: caseIdOf(source, cursorUtf16),
    language, languageId, project, path,
    receiver: text.slice(object.startIndex, object.endIndex).replaceAll(/\s+/g, " ").slice(-60),
    trigger,
    bodyUtf16, cursorUtf16,
    followingUtf16: cursorUtf16 + truth.length,
    indentation: indentationAt(text, body.parent?.startIndex ?? body.startIndex),
    truth,
  };
}

/** The body of the innermost named function around a place; undefined where there is none, or it stands in a string. */
function bodyAround(node: Node, { functions, body }: Syntax): Node | undefined {
  for (let inner = node, outer = node.parent; outer !== null; inner = outer, outer = outer.parent) {
    if (/string|template/.test(outer.type)) return undefined;
    if (inner.type !== body || !functions.has(outer.type)) continue;
    if (outer.childForFieldName("name") !== null || naming.has(outer.parent?.type ?? "")) return inner;
  }
  return undefined;
}

function indentationAt(text: string, offset: number): string {
  return /^[ \t]*/.exec(text.slice(text.lastIndexOf("\n", offset - 1) + 1))?.[0] ?? "";
}

/**
 * All cases in the order in which they are measured: the projects in turn, of each a function drawn at random, of that a
 * dereference; a second one of any function only when each has had its first.
 * @param projects cases by project and function
 */
export function* drawnCases(projects: readonly (readonly (readonly DereferenceCase[])[])[], random: Random): Generator<DereferenceCase> {
  const drawn = projects.map((functions) => inRounds(shuffled(functions, random).map((cases) => shuffled(cases, random))));
  for (let turn = 0; drawn.some((cases) => turn < cases.length); turn += 1) {
    for (const cases of drawn) {
      const next = cases[turn];
      if (next !== undefined) yield next;
    }
  }
}

function inRounds<Value>(lists: readonly (readonly Value[])[]): readonly Value[] {
  const rounds = Math.max(0, ...lists.map((list) => list.length));
  return Array.from({ length: rounds }, (_, round) => lists.flatMap((list) => list.slice(round, round + 1))).flat();
}

function shuffled<Value>(values: readonly Value[], random: Random): readonly Value[] {
  const all = [...values];
  for (let end = all.length; end > 1; end -= 1) {
    const from = random.below(end);
    const last = at(all, end - 1);
    all[end - 1] = at(all, from);
    all[from] = last;
  }
  return all;
}

// Owns which operands are likely to be dereferenced behind a text: those that it dereferences, the most frequent first, then
// names that it declares. Pure; by the look of the text alone, so that some of them are none.
import { introducedNames } from "./introducedNames";
import type { MemberOperator } from "./monitorRules";

/** Each with its operator, and the latest first of equals; `except` is left out. */
export function nearbyOperands(text: string, operators: readonly Pick<MemberOperator, "text">[], except: string | undefined, max: number): readonly string[] {
  const counts = new Map<string, number>();
  for (const [chain] of text.matchAll(dereferences)) {
    for (const operand of operandsOf(chain)) counts.set(operand, (counts.get(operand) ?? 0) + 1);
  }
  const isOperand = (operand: string): boolean => operators.some((operator) => operand.endsWith(operator.text));
  const dereferenced = [...counts].toReversed().sort(([, a], [, b]) => b - a).map(([operand]) => operand).filter(isOperand);
  const plain = operators.at(-1)?.text ?? ".";
  const declared = introducedNames(text.slice(-declaredUtf16)).filter((name) => !text.includes(`.${name}`)).map((name) => name + plain);
  return [...new Set([...dereferenced, ...declared.toReversed()])].filter((operand) => operand !== except).slice(0, max);
}

/** `a.`, and `a.b.` of `a.b.`. */
function operandsOf(chain: string): readonly string[] {
  return [...chain.matchAll(operator)].map(({ index, 0: { length } }) => chain.slice(0, index + length));
}

/** Declarations further away are seldom of what is still in scope. */
const declaredUtf16 = 600;
const name = "[\\p{ID_Start}_$][\\p{ID_Continue}$]*";
const operator = /\?\.|\.|->|::/g;
/** Plain names with operators between them, up to and with the one that the last name stands behind. */
const dereferences = new RegExp(`(?<![\\p{ID_Continue}$.?!)\\]>:"'\`/-])${name}(?:\\.${name})*(?:\\?\\.|\\.|->|::)(?=[\\p{ID_Start}_$#])`, "gu");

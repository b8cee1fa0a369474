// Owns which cells are exact: computed with the very tokens that precede them, all of them exact themselves.
// Exactness is one number, `exactEnd`: it may under-claim, it never over-claims. Pure.
import type { Plan } from "./plan";

/**
 * The exact prefix after `plan` was applied to cells whose exact prefix was `exactEnd`.
 * What is kept in place before the first change stays as it was; what is encoded right behind an exact prefix is exact;
 * everything after is stale, even where its tokens are unchanged.
 */
export function exactEndAfter(plan: Plan, exactEnd: number): number {
  const sections = plan.sections;
  let index = 0;
  let position = 0;
  const first = sections[0];
  if (first?.kind === "keep") {
    position = first.length;
    index = 1;
  }
  if (index === sections.length || exactEnd < position) return Math.min(exactEnd, position);
  for (; index < sections.length; index += 1) {
    const section = sections[index];
    if (section === undefined || section.kind === "keep") break;
    if (section.kind !== "delete") position += section.length;
  }
  return position;
}

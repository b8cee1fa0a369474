// Owns which names a text introduces itself: what it declares, assigns, or gives a type, and which of them may be members.
// Pure; it rather finds too many.

/** Each name once, in order. */
export function introducedNames(text: string): readonly string[] {
  return [...new Set([...text.matchAll(declared), ...text.matchAll(assigned)].map((match) => match[1] ?? ""))];
}

/**
 * Of these, the names that something may have as a member: what is assigned behind an operator, methods, and what is given a
 * type or a value at the start of a line by a colon. `let start = line.` says nothing of what a line has.
 */
export function introducedMembers(text: string): readonly string[] {
  return [...new Set([...text.matchAll(assignedMember), ...text.matchAll(method), ...text.matchAll(field)].map((match) => match[1] ?? ""))];
}

const assignedMember = /(?:\.|->)\s*(#?[\p{ID_Start}_$][\p{ID_Continue}$]*)\s*(?::(?!:)|=(?![=>]))/gu;
const method = /\b(?:def|fn|func|fun|get|set)\s+(#?[\p{ID_Start}_$][\p{ID_Continue}$]*)/gu;
const field = /^\s*(?:(?:public|private|protected|static|readonly)\s+)*(#?[\p{ID_Start}_$][\p{ID_Continue}$]*)\s*\??\s*:(?!:)/gmu;
const declared = /\b(?:const|let|var|val|function|def|fn|func|fun|class|struct|enum|trait|interface|type|record|as)\s+([\p{ID_Start}_$][\p{ID_Continue}$]*)/gu;
const assigned = /(?<![\p{ID_Continue}$])(#?[\p{ID_Start}_$][\p{ID_Continue}$]*)\s*(?::(?!:)|=(?![=>]))/gu;

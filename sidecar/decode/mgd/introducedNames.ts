// Owns which names a text introduces itself: what it declares, assigns, or gives a type. Pure; it rather finds too many.

/** Each name once, in order. */
export function introducedNames(text: string): readonly string[] {
  return [...new Set([...text.matchAll(declared), ...text.matchAll(assigned)].map((match) => match[1] ?? ""))];
}

const declared = /\b(?:const|let|var|val|function|def|fn|func|fun|class|struct|enum|trait|interface|type|record|as)\s+([\p{ID_Start}_$][\p{ID_Continue}$]*)/gu;
const assigned = /(?<![\p{ID_Continue}$])(#?[\p{ID_Start}_$][\p{ID_Continue}$]*)\s*(?::(?!:)|=(?![=>]))/gu;

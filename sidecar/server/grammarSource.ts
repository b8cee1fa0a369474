// Owns which grammars the engine thread has at hand: each is loaded once.
import type { Grammar, Grammars } from "../../grammars/grammars";

/** A grammar is loaded when a document first asks for it, and is at hand from the next time on. */
export function grammarSource(grammars: Grammars): (languageId: string) => Grammar | undefined {
  const loaded = new Map<string, Grammar | undefined>();
  return (languageId) => {
    if (!loaded.has(languageId)) {
      loaded.set(languageId, undefined);
      void grammars.load(languageId).then((grammar) => loaded.set(languageId, grammar));
    }
    return loaded.get(languageId);
  };
}

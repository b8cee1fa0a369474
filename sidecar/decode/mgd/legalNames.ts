// Owns the names of an answer as bytes, in the form in which they may stand at a place, and what of each is left to be spelled.
// Pure. Knows no trie and no logit.
import { startsWith } from "../../tokens/pieceIndex";
import type { NamePlace } from "./namePlace";
import type { NameSetting, Rest } from "./nameMask";

/** A name that may stand at a place, with what may follow it: where nothing of it is there, the name itself is left. */
export interface LegalName extends Rest {
  readonly follow: "break" | "any";
}

/** Those of `names` that can be written at the place, and its words, each once and in the order of their bytes. */
export function legalNames(names: readonly string[], place: Pick<NamePlace, "kind" | "quote" | "words">): readonly LegalName[] {
  const fitting = names.filter((name) => fits(name, place));
  if (fitting.length === 0) return [];
  return [...new Set([...fitting, ...place.words])]
    .map((name): LegalName => ({ bytes: Buffer.from(name), follow: place.quote !== undefined || endsInName.test(name) ? "break" : "any", mayEnd: true }))
    .sort((a, b) => Buffer.compare(a.bytes, b.bytes));
}

function fits(name: string, { kind, quote }: Pick<NamePlace, "kind" | "quote">): boolean {
  switch (kind) {
    case "quoted":
      return name !== "" && !name.includes("\n") && quote !== undefined && !name.includes(quote);
    case "argument":
      return namedArgument.test(name);
    case "member":
    case "key":
    case "import":
    case "case":
      return plainName.test(name);
  }
}

/**
 * What is left of each name that begins with `typed`. Where a name goes on behind the cursor with `behind`, the completion may
 * end only where both make a name; else it must end the name itself.
 */
export function restsOf(names: readonly LegalName[], typed: Uint8Array, behind: Uint8Array): readonly Rest[] {
  if (typed.length === 0 && behind.length === 0) return names;
  const rests: Rest[] = [];
  for (const { bytes, follow } of names) {
    if (!startsWith(bytes, typed)) continue;
    const left = bytes.subarray(typed.length);
    if (0 < behind.length && behind.length <= left.length && startsWith(left.subarray(left.length - behind.length), behind)) {
      rests.push({ bytes: left.subarray(0, left.length - behind.length), follow: "nothing", mayEnd: true });
    }
    rests.push({ bytes: left, follow, mayEnd: behind.length === 0 });
  }
  return rests;
}

/** What may stand around the name at a place, of which `typed` is there. */
export function settingOf({ lead, others, quote }: Pick<NamePlace, "lead" | "others" | "quote">, isTyped: boolean): NameSetting {
  const breaks = quote === undefined ? nameBreaks : tableOf((byte) => byte === quote.charCodeAt(0));
  if (isTyped) return { breaks, lead: "none", others: nothing, endsHere: false };
  const othersTable = others === undefined ? notNames : tableOf((byte) => others.includes(String.fromCharCode(byte)));
  return { breaks, lead, others: othersTable, endsHere: others === undefined };
}

function tableOf(isIn: (byte: number) => boolean): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, byte) => (isIn(byte) ? 1 : 0));
}

/** Every byte of a character beyond ASCII goes on with a name. */
const nameBreaks = tableOf((byte) => byte < 0x80 && !/[\w$]/.test(String.fromCharCode(byte)));
/** Bytes with which no name begins; white space leads or doesn't, as the place says. */
const notNames = tableOf((byte) => byte < 0x80 && !/[A-Za-z_$#\s]/.test(String.fromCharCode(byte)));
const nothing = tableOf(() => false);

const plainName = /^#?[\p{ID_Start}_$][\p{ID_Continue}$\u200c\u200d]*[?!=]?$/u;
const namedArgument = /^[\p{ID_Start}_][\p{ID_Continue}]*=$/u;
const endsInName = /[\p{ID_Continue}$\u200c\u200d]$/u;

// Owns a rough lexer for the two languages of the benchmark: tokens and identifiers of a piece of code, comments left out.
// Templates and strings are one token each. Pure; no parser, so that a text that breaks off anywhere has tokens too.
import type { CaseLanguage } from "./case";

const name = String.raw`#?[\p{ID_Start}_$][\p{ID_Continue}$\u200c\u200d]*`;
const number = String.raw`0[xXbBoO][\da-fA-F_]+n?|\d[\d_]*(?:\.\d[\d_]*)?(?:[eE][+-]?\d+)?[nj]?`;

const patterns: Readonly<Record<CaseLanguage, RegExp>> = {
  typescript: new RegExp([
    String.raw`(?<blank>\s+|\/\/[^\n]*|\/\*[\s\S]*?(?:\*\/|$))`,
    "(?<string>`(?:\\\\[\\s\\S]|[^`\\\\])*`?|\"(?:\\\\.|[^\"\\\\\\n])*\"?|'(?:\\\\.|[^'\\\\\\n])*'?)",
    `(?<name>${name})`,
    `(?<number>${number})`,
    String.raw`(?<other>>>>=|\.\.\.|===|!==|\*\*=|<<=|>>=|&&=|\|\|=|\?\?=|=>|==|!=|<=|>=|&&|\|\||\?\?|\?\.|\+\+|--|[-+*/%&|^]=|\*\*|[\s\S])`,
  ].join("|"), "gu"),
  python: new RegExp([
    String.raw`(?<blank>\s+|#[^\n]*)`,
    String.raw`(?<string>[rRbBfFuU]{0,2}(?:"""[\s\S]*?(?:"""|$)|'''[\s\S]*?(?:'''|$)|"(?:\\[\s\S]|[^"\\\n])*"?|'(?:\\[\s\S]|[^'\\\n])*'?))`,
    `(?<name>${name})`,
    `(?<number>${number})`,
    String.raw`(?<other>\*\*=|\/\/=|<<=|>>=|\.\.\.|->|:=|==|!=|<=|>=|[-+*/%&|^@]=|\*\*|\/\/|<<|>>|[\s\S])`,
  ].join("|"), "gu"),
};

const wordsOf = (words: string): ReadonlySet<string> => new Set(words.split(" "));

/** Behind a dereference they are names all the same. */
const keywords: Readonly<Record<CaseLanguage, ReadonlySet<string>>> = {
  typescript: wordsOf(
    "as async await break case catch class const continue debugger default delete do else enum export extends false finally for function " +
    "if implements import in instanceof interface keyof let new null of readonly return satisfies static super switch this throw true try " +
    "type typeof undefined var void while with yield",
  ),
  python: wordsOf(
    "False None True and as assert async await break class continue def del elif else except finally for from global if import in is lambda " +
    "nonlocal not or pass raise return try while with yield",
  ),
};

export interface CodeTokens {
  /** All tokens in order, as they are spelled. */
  readonly tokens: readonly string[];
  /** The identifiers among them, in order. */
  readonly identifiers: readonly string[];
}

/** Of a text that stands right behind a dereference: a word that it begins with is a member, whatever it is. */
export function tokensBehindDereference(text: string, language: CaseLanguage): CodeTokens {
  const tokens: string[] = [];
  const identifiers: string[] = [];
  let isMember = true;
  for (const { groups, 0: spelled } of text.matchAll(patterns[language])) {
    if (groups?.["blank"] !== undefined) continue;
    tokens.push(spelled);
    if (groups?.["name"] !== undefined && (isMember || !keywords[language].has(spelled))) identifiers.push(spelled);
    isMember = spelled === "." || spelled === "?.";
  }
  return { tokens, identifiers };
}

/** The member that a text behind a dereference begins with; undefined where it begins with something else. */
export function firstMember(text: string): string | undefined {
  return new RegExp(`^\\s*(${name})`, "u").exec(text)?.[1];
}

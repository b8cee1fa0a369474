// Owns, language by language and as data, where names are worth asking for: behind which marks, and where a name is declared
// rather than used. Patterns are read against the end of the code, strings emptied and comments gone.
import { cMarks, ecmascriptMarks, goMarks, javaMarks, phpMarks, pythonMarks, rubyMarks, rustMarks, type CodeMarks } from "./codeMarks";
import type { BracketRules } from "./codeScanner";

export interface MemberOperator {
  readonly text: string;
  /** Bytes that may stand in a member's place. */
  readonly others?: string;
  /** Words that may, whatever the answer says. */
  readonly words?: readonly string[];
  /** A line may end behind it. */
  readonly lead?: "line";
}

export interface MonitorRules {
  readonly languageIds: readonly string[];
  readonly marks: CodeMarks;
  readonly brackets: BracketRules;
  /** Longer ones first. */
  readonly operators: readonly MemberOperator[];
  /** Code up to an operator whose name is, or may be, declared there. */
  readonly declared: readonly DeclaredMember[];
  /** Words that stand before a key and are none. */
  readonly keyWords: readonly string[];
  /** Code up to a name that is imported; `restOfLine` must hold behind the cursor, where it is told. */
  readonly imported?: { readonly code: RegExp; readonly restOfLine?: RegExp };
  /** Once an argument has a name, all that follow must: names are listed with this mark. */
  readonly namedArgument?: "=";
  /** Code up to and with the quote of a string whose values may be listed. */
  readonly quoted?: RegExp;
  /** Code up to the value of a case that may be a member of an enum. */
  readonly cases?: RegExp;
}

interface DeclaredMember {
  readonly code: RegExp;
  /** Only where no bracket is open: a line that goes on inside of one begins no statement. */
  readonly outsideBrackets?: true;
  /** Only inside a function of such a name. */
  readonly within?: { readonly functions: RegExp; readonly named: RegExp };
}

/** Words that stand before a bracket that opens no call. */
const notCalls = [
  "if for while switch catch return match when with in of not and or typeof sizeof await function def fn func fun",
  "class new super synchronized using lock elif assert del lambda yield print unless until elseif foreach isset",
  "empty array list echo defer go select case loop impl where let var const",
].join(" ").replaceAll(" ", "|");
/** Behind these a name and its parameters are declared. */
const declaring = "function|def|fn|func|fun|class|struct|interface|record";

const callRules: BracketRules = {
  call: new RegExp(`(?<!\\b(?:${declaring})\\s+(?:[\\w$.]*[.])?)(?<![\\w$])(?!(?:${notCalls})\\b)[\\p{ID_Start}_$][\\p{ID_Continue}$!]*$`, "u"),
  members: undefined,
  nestedMembers: undefined,
  lambda: undefined,
};

const ecmascript = {
  marks: ecmascriptMarks,
  brackets: {
    ...callRules,
    members: /(?:(?<!\b(?:type|interface)\s[^;]{0,80})(?<![=!<>])=|[([,?]|&&|\|\||\breturn|\bdefault|=\s*\{)\s*$/,
    nestedMembers: /:\s*$/,
  },
  operators: [{ text: "?.", others: "[(" }, { text: ".", lead: "line" }],
  keyWords: ["async", "get", "set"],
  imported: { code: /\bimport\s+(?:type\s+)?(?:[\w$]+\s*,\s*)?\{(?:[^{}]*,)?\s*(?:type\s+)?$/, restOfLine: /^[^;\n]*\}\s*from\s*["']/ },
} as const;
const namespaced: DeclaredMember = { code: /(?:^|\n)\s*(?:export\s+)?(?:declare\s+)?(?:namespace|module|package)\s[\w$.:\\]*$/ };

export const monitorRules: readonly MonitorRules[] = [
  {
    ...ecmascript,
    languageIds: ["typescript", "typescriptreact", "tsx"],
    declared: [namespaced],
    quoted: /(?:[=!]==?\s*|\bcase\s+|[\w$)\]]\[|(?<!\b(?:require|import|\w*Error)\s{0,4})\(\s*|[,:?=]\s*)["']$/,
  },
  {
    ...ecmascript,
    languageIds: ["javascript", "javascriptreact", "jsx"],
    declared: [
      namespaced,
      { code: /(?:^|[\n;{}])\s*(?:exports|module\.exports|window|globalThis|[\w$.]*\.prototype)\.$/ },
      { code: /(?:^|[\n;{}])\s*this\.$/, within: { functions: /\b(constructor|function)\b/g, named: /constructor|function/ } },
    ],
    quoted: /(?:[=!]==?\s*|\bcase\s+)["']$/,
  },
  {
    languageIds: ["python"],
    marks: pythonMarks,
    brackets: { ...callRules, lambda: /\blambda\b[^:]*$/ },
    operators: [{ text: "." }],
    declared: [
      // What a method sets is declared by that, and most of it where the object is made.
      {
        code: /(?:^|\n)\s*(?:self|cls)\.$/,
        outsideBrackets: true,
        within: { functions: /\bdef\s+(\w+)/g, named: /^(?:__init__|__new__|__post_init__|__enter__|__aenter__|setUp\w*|setup\w*)$/ },
      },
    ],
    keyWords: [],
    imported: { code: /(?:^|\n)[ \t]*from[ \t]+[\w.]+[ \t]+import[ \t]*(?:(?:\((?:[^()]*,)?\s*)|(?:[^()\n]*,)?[ \t]*)$/ },
    namedArgument: "=",
    quoted: /(?:[=!]=\s*|\bcase\s+)["']$/,
  },
  {
    languageIds: ["go"],
    marks: goMarks,
    brackets: { ...callRules, members: /(?<!\b(?:struct|interface|type|func|if|for|switch|case)\b[^\n]{0,80})\b(?:\w+\.)?[A-Z]\w*\s*$/ },
    operators: [{ text: ".", others: "(", lead: "line" }],
    declared: [namespaced],
    keyWords: [],
  },
  {
    languageIds: ["rust"],
    marks: rustMarks,
    brackets: { ...callRules, members: /(?<!\b(?:struct|enum|union|trait|impl|mod|fn|if|while|match|for|in|where)\b[^\n]{0,80})\b[A-Z]\w*\s*$/ },
    operators: [{ text: "::", others: "<{*" }, { text: ".", others: "0123456789", words: ["await"] }],
    declared: [],
    keyWords: [],
    imported: { code: /\buse\s+[^;{}]*\{(?:[^{};]*,)?\s*$/ },
  },
  {
    languageIds: ["java"],
    marks: javaMarks,
    brackets: callRules,
    operators: [{ text: "::", words: ["new"] }, { text: ".", others: "<*", words: ["class", "this", "super", "new"] }],
    declared: [namespaced],
    keyWords: [],
    cases: /(?:^|\n)\s*case\s+$/,
  },
  {
    languageIds: ["c"],
    marks: cMarks,
    brackets: callRules,
    operators: [{ text: "->" }, { text: "." }],
    declared: [{ code: /(?:^|\n)[ \t]*#[^\n]*$/ }],
    keyWords: [],
  },
  {
    languageIds: ["cpp", "cuda-cpp"],
    marks: cMarks,
    brackets: callRules,
    operators: [
      { text: "->", others: "~*", words: ["template", "operator"] },
      { text: "::", others: "~*<", words: ["template", "operator"] },
      { text: ".", others: "~*", words: ["template", "operator"] },
    ],
    declared: [{ code: /(?:^|\n)[ \t]*#[^\n]*$/ }, namespaced],
    keyWords: [],
  },
  {
    languageIds: ["csharp", "cs"],
    marks: javaMarks,
    brackets: callRules,
    operators: [{ text: "?.", others: "[" }, { text: "." }],
    declared: [namespaced],
    keyWords: [],
  },
  {
    languageIds: ["php"],
    marks: phpMarks,
    brackets: callRules,
    operators: [{ text: "?->", others: "{$" }, { text: "->", others: "{$" }, { text: "::", others: "{$", words: ["class"] }],
    declared: [],
    keyWords: [],
  },
  {
    languageIds: ["ruby"],
    marks: rubyMarks,
    brackets: callRules,
    operators: [{ text: "&.", others: "(" }, { text: "::" }, { text: ".", others: "(" }],
    declared: [],
    keyWords: [],
  },
];

/** The rules of a language; undefined where there are none, and so no monitor. */
export function monitorRulesOf(languageId: string): MonitorRules | undefined {
  return monitorRules.find(({ languageIds }) => languageIds.includes(languageId));
}

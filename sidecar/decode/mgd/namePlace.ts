// Owns whether a name that can be asked for stands at the end of a code, and which: behind a member operator, as the key of an
// object literal, as a named argument, an import, the value of a case or of a string. Pure. Knows no answer and no token.
import type { CodeScanner } from "./codeScanner";
import type { MonitorRules } from "./monitorRules";
import type { Lead } from "./nameMask";

export interface NamePlace {
  readonly kind: "member" | "key" | "argument" | "import" | "case" | "quoted";
  /** What of the name is there. */
  readonly typed: string;
  /** Where the name begins, in units of what the scanner has read. */
  readonly startUtf16: number;
  /** Where the blanks before the name begin: the same for all that is typed of it. */
  readonly originUtf16: number;
  readonly lead: Lead;
  /** Characters with which something else may begin there, "" for none; undefined where anything may that is no name. */
  readonly others: string | undefined;
  /** Words that may stand there beside the names. */
  readonly words: readonly string[];
  /** The quote that ends the name; undefined where any character does that is none of a name. */
  readonly quote: string | undefined;
  /** The code that the answer depends on: an operand of plain names, else undefined. */
  readonly receiver: string | undefined;
}

/** The name under way at the end of what `scanner` has read; undefined where there is none, or where it is declared. */
export function placeAt(scanner: CodeScanner, rules: MonitorRules, text: () => string, restOfLine: string): NamePlace | undefined {
  if (scanner.mode === "string") return quotedPlace(scanner, rules);
  if (scanner.mode !== "code" || scanner.code === "") return undefined;
  const typed = nameAtEnd.exec(scanner.code.slice(-nameUtf16Max))?.[0] ?? "";
  const before = scanner.code.slice(0, scanner.code.length - typed.length);
  const startUtf16 = scanner.length - typed.length;
  const place = { typed, startUtf16, originUtf16: startUtf16 - (before.length - before.trimEnd().length), quote: undefined };
  const member = memberPlace(before, rules, text, scanner.frame !== undefined);
  if (member !== undefined) return { ...place, ...member, lead: typed === "" ? member.lead : "none" };
  const other = otherKind(scanner, before, rules, restOfLine);
  if (other === undefined) return undefined;
  const lead = typed === "" ? "any" : "none";
  return { ...place, kind: other, lead, others: undefined, words: other === "key" ? rules.keyWords : [], receiver: undefined };
}

/** The plain operand that the code ends with, names and the points between them, where one may be dereferenced next. */
export function operandAt({ mode, code }: CodeScanner): string | undefined {
  return mode === "code" ? receiverAtEnd.exec(code.slice(-nameUtf16Max))?.[0] : undefined;
}

type Kind = Pick<NamePlace, "kind" | "lead" | "others" | "words" | "receiver">;

function memberPlace(code: string, rules: MonitorRules, text: () => string, isInBrackets: boolean): Kind | undefined {
  const before = code.trimEnd();
  const blank = code.slice(before.length);
  const operator = rules.operators.find((candidate) => before.endsWith(candidate.text));
  if (operator === undefined || (blank !== "" && !(operator.lead === "line" && blank.includes("\n")))) return undefined;
  const operand = before.slice(0, before.length - operator.text.length);
  const nearOperand = operand.slice(-nameUtf16Max);
  if (!operandAtEnd.test(nearOperand) || (digitAtEnd.test(nearOperand.slice(-1)) && numberAtEnd.test(nearOperand))) return undefined;
  const declares = ({ code: declared, outsideBrackets, within }: MonitorRules["declared"][number]): boolean =>
    !(isInBrackets && outsideBrackets === true) && declared.test(before) && isWithin(within, text);
  if (rules.declared.some(declares)) return undefined;
  const receiver = receiverAtEnd.exec(nearOperand)?.[0];
  const lead: Lead = operator.lead === "line" ? (blank === "" ? "line" : "any") : "none";
  const { others = "", words = [] } = operator;
  return { kind: "member", lead, others, words, receiver: receiver === undefined ? undefined : receiver + operator.text };
}

/** Whether the nearest function before the end of the text has such a name. */
function isWithin(within: MonitorRules["declared"][number]["within"], text: () => string): boolean {
  if (within === undefined) return true;
  const nearest = [...text().matchAll(within.functions)].at(-1)?.[1];
  return nearest !== undefined && within.named.test(nearest);
}

function otherKind(scanner: CodeScanner, before: string, rules: MonitorRules, restOfLine: string): "key" | "argument" | "import" | "case" | undefined {
  const { frame } = scanner;
  const { imported, cases } = rules;
  if (imported?.code.test(before) === true && (imported.restOfLine === undefined || imported.restOfLine.test(restOfLine))) return "import";
  const isItemStart = /[{(,]\s*$/.test(before.slice(-nameUtf16Max));
  if (isItemStart && frame?.role === "members" && /[{,]\s*$/.test(before)) return "key";
  if (isItemStart && frame?.role === "call" && frame.isNamed && rules.namedArgument !== undefined && /,\s*$/.test(before)) return "argument";
  return cases?.test(before) === true ? "case" : undefined;
}

function quotedPlace(scanner: CodeScanner, rules: MonitorRules): NamePlace | undefined {
  const { content, code } = scanner;
  if (rules.quoted === undefined || quotedUtf16Max < content.length || /[\\\n]/.test(content) || !rules.quoted.test(code)) return undefined;
  const common = { kind: "quoted", words: [], lead: "none", others: "", receiver: undefined } as const;
  const startUtf16 = scanner.length - content.length;
  return { ...common, typed: content, startUtf16, originUtf16: startUtf16, quote: code.slice(-1) };
}

const nameUtf16Max = 100;
const quotedUtf16Max = 80;
/** A name that is there in part; a private one begins with its mark. */
const nameAtEnd = /#?[\p{ID_Start}_$][\p{ID_Continue}$\u200c\u200d]*$|#$/u;
/** What an operator can follow. */
const operandAtEnd = /[\p{ID_Continue}$)\]}"'`!?>](?:\s*\n\s*)?$/u;
const digitAtEnd = /[\d_]/;
/** The point of `1.` is none of an operator. */
const numberAtEnd = /(?:^|[^\p{ID_Continue}$.)\]])\d[\d_]*$/u;
const receiverAtEnd = /(?<![\p{ID_Continue}$.?!)\]>:-])[\p{ID_Start}_$][\p{ID_Continue}$.]*$/u;

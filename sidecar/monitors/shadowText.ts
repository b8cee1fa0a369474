// Owns the shadow of a document: the text as it would stand with what has been generated so far, made easy on a language
// server that must understand code that isn't finished. Pure; nobody but a server of ours sees it.
import type { MonitorQuestion } from "../decode/mgd/memberSource";
import { closersAllowed, openedIn } from "../decode/bracketScan";
import { marksOf } from "../decode/languageMarks";
import { utf16, type Utf16Offset } from "../text/frames";
import { nameStart } from "../protocol/nameStart";

export interface Shadow {
  readonly text: string;
  /** Where the server is asked. */
  readonly place: Utf16Offset;
  /** The place stands between quotes. */
  readonly quoted: boolean;
  /** A name that no code has stands at the place: what the server knows of it holds for every name that isn't there. */
  readonly hasStandIn: boolean;
  /** Where the operands stand that are asked about beside, each with a stand-in behind it; none where the text wouldn't bear them. */
  readonly besides: readonly Beside[];
}

export interface Beside {
  readonly operand: string;
  /** Behind its operator. */
  readonly place: Utf16Offset;
}

/** Begins as no name does that somebody wrote. */
const standIn = "zzPalimpsest";
/** Of what stands before a place, as much as may say that a stand-in does harm. */
const operandUtf16Max = 200;
/** How far brackets are looked for: further away a rough reading errs more than it finds. */
const reachUtf16 = 4_000;
const closersMax = 12;
const dereference = /(?:\.|->|::)\s*#?$/;
const closers: Readonly<Record<string, string>> = { "(": ")", "[": "]", "{": "}" };

/**
 * What is there of the name is left out, so that the server doesn't go by it; behind the place a stand-in for the name
 * keeps the next line from being read as part of this one. What is open is closed, as the paper does: what follows would be
 * read as part of it, and the methods there be no members. What is asked about beside stands there as arguments of the
 * stand-in: a text that a server has read already costs it a tenth of one that has changed.
 * @param text of the document at the question's version @param mayStandIn whether the server lists all names in front of one, behind that text
 */
export function shadowOf(text: string, question: MonitorQuestion, mayStandIn: (before: string) => boolean): Shadow {
  const { cursor, continuation, kind, languageId } = question;
  const whole = text.slice(0, cursor) + continuation;
  const after = text.slice(cursor);
  const lineStart = whole.lastIndexOf("\n") + 1;
  const name = nameStart(whole.slice(lineStart));
  const before = kind === "member" ? whole.slice(0, lineStart + name.offset) : whole;
  const quoted = kind === "member" && name.quoted;
  const hasStandIn = kind === "member" && !quoted && dereference.test(before) && mayStandIn(before.slice(-operandUtf16Max));
  const quote = quoted ? before.slice(-1) : "";
  const quoteToClose = after.split("\n", 1)[0]?.includes(quote) === true ? "" : quote;
  const closing = quoteToClose + closersOf(kind === "member" && quoted ? before.slice(cursor, -1) : before.slice(cursor), languageId);
  const beside = hasStandIn && bearsArguments(before, after) ? (question.beside ?? []) : [];
  const own = before + (hasStandIn ? standIn : "") + argumentsOf(beside) + closing;
  const besides = placesOf(beside, before.length + standIn.length);
  return { text: own + (quoted ? "" : usersClosers(own, after, languageId)) + after, place: utf16(before.length), quoted, hasStandIn, besides };
}

/** Whether the name at a place may be that of a call: not where it is assigned to, nor where a module is named. */
function bearsArguments(before: string, after: string): boolean {
  const line = before.slice(before.lastIndexOf("\n") + 1);
  return !/^[ \t]*(?:import|export|from|package|use|using)\b/.test(line) && /^[\s)\]};,]*$/.test(after.split("\n", 1)[0] ?? "");
}

function argumentsOf(operands: readonly string[]): string {
  return operands.length === 0 ? "" : `(${operands.map((operand) => operand + standIn).join(", ")})`;
}

/** The places of the operands among the arguments that begin at `startUtf16`. */
function placesOf(operands: readonly string[], startUtf16: number): readonly Beside[] {
  let end = startUtf16 + 1;
  return operands.map((operand) => {
    const place = utf16(end + operand.length);
    end = place + standIn.length + 2;
    return { operand, place };
  });
}

/** Closers for what stands open in front of the place and isn't closed behind it. */
function usersClosers(before: string, after: string, languageId: string): string {
  const reach = before.length <= reachUtf16 ? before : before.slice(before.indexOf("\n", before.length - reachUtf16) + 1);
  const missing = closersAllowed(reach, after.slice(0, reachUtf16), marksOf(languageId));
  return missing.length <= closersMax ? missing : "";
}

/** Closers for what the continuation opens. */
function closersOf(continuation: string, languageId: string): string {
  return openedIn(continuation, marksOf(languageId)).toReversed().map(({ character }) => closers[character] ?? "").join("");
}

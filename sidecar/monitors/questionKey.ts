// Owns which questions of the monitor are equal, and by which key what is told beside an answer is kept. Pure.
import type { MonitorQuestion } from "../decode/mgd/memberSource";
import { nameStart } from "../protocol/nameStart";

/** Questions with one key have one answer: what is there of the name makes no difference to which names are legal. */
export function questionKey({ uri, version, cursor, kind, continuation }: MonitorQuestion): string {
  const lineStart = continuation.lastIndexOf("\n") + 1;
  const name = nameStart(continuation.slice(lineStart));
  const asked = kind === "member" && !name.quoted ? continuation.slice(0, lineStart + name.offset) : continuation;
  return JSON.stringify([uri, version, cursor, kind, asked]);
}

/** Of what is told of an operand beside the answer to a question. */
export function besideKey(question: MonitorQuestion, operand: string): string {
  return `${questionKey(question)} ${operand}`;
}

// Owns which outcome a request ends in before the engine is asked, from what stands against it. Pure.
import { limits } from "../base/limits";
import type { Outcome } from "../protocol/data";
import type { Session } from "./session";

/** Why the document as it is can't be completed in; undefined where it can. */
export function refusalOf(session: Session): Outcome | undefined {
  if (session.outOfStep) return { kind: "outOfStep" };
  switch (session.document.condition) {
    case "tooLarge":
      return { kind: "documentTooLarge", detail: `more than ${limits.documentUtf16Max} characters` };
    case "binary":
      return { kind: "documentBinary" };
    case "held":
      return undefined;
  }
}

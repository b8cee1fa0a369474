// Owns which position encoding is agreed with the client. Pure; what the encodings mean is text/lines.ts's knowledge.
import type { PositionEncoding } from "../session/events";

/** UTF-16 wherever the client lets us choose: it is what JavaScript strings count in. */
export function chooseEncoding(offered: readonly string[] | undefined): PositionEncoding {
  if (offered === undefined || offered.includes("utf-16")) return "utf-16";
  if (offered.includes("utf-8")) return "utf-8";
  return offered.includes("utf-32") ? "utf-32" : "utf-16";
}

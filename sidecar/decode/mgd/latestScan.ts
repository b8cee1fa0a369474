// Owns the scanner of the latest text that was read: while one types, the next request needs the last line read, not the rest.
import { CodeScanner } from "./codeScanner";
import type { MonitorRules } from "./monitorRules";

export class LatestScan {
  private latest: { readonly rules: MonitorRules; readonly lines: string; readonly scanner: CodeScanner } | undefined;

  /** A scanner that has read `text`; the caller's own. */
  scannerBehind(text: string, rules: MonitorRules): CodeScanner {
    const lineStart = text.lastIndexOf("\n") + 1;
    const { latest } = this;
    const isKnown = latest !== undefined && latest.rules === rules && latest.lines.length <= lineStart && text.startsWith(latest.lines);
    const scanner = isKnown ? latest.scanner.clone() : new CodeScanner(rules.marks, rules.brackets);
    scanner.read(text.slice(scanner.length, lineStart));
    this.latest = { rules, lines: text.slice(0, lineStart), scanner: scanner.clone() };
    scanner.read(text.slice(lineStart));
    return scanner;
  }
}

// Owns one measurement: a file that fills the cache, lines inserted far above the cursor, and the time to the first token, split.
// Drives the sessions that serve the editor; knows no llama.cpp.
import type { Clock } from "../../../sidecar/base/clock";
import { createSessions } from "../../../sidecar/session/sessions";
import type { Sessions } from "../../../sidecar/session/sessions";
import { UsageError } from "../usageError";
import type { MeteredEngine } from "./meteredEngine";

/** Milliseconds from the edit to the first token, and what they were spent on. */
export interface InsertionTimes {
  readonly totalMs: number;
  readonly decodeMs: number;
  /** Text, layout, plan, ledger, sampling: all but the engine's calls. */
  readonly ownMs: number;
  /** Calls of the engine that compute nothing: positions, copies, shifts, logits. */
  readonly callsMs: number;
  readonly tokensRead: number;
  readonly decodes: number;
  readonly cellsShifted: number;
}

const uri = "src/filled.ts";
/** Some ten tokens of the random models' vocabulary. */
const line = "  const name = val(name);\n";
const insertedLines = 3;
/** Room for the inserted lines, sentinels, path and a completion. */
const tokensSpared = 192;

export class InsertionMeasurement {
  private readonly sessions: Sessions;
  private readonly lineCount: number;
  private version = 1;

  constructor(private readonly engine: MeteredEngine, private readonly clock: Clock) {
    const lineTokens = engine.tokenise(line).length;
    this.lineCount = Math.floor((engine.capabilities.contextLength - tokensSpared) / lineTokens);
    this.sessions = createSessions(engine, {
      policy: "patch",
      clock,
      completionTokensMax: 1,
      modelStatus: () => ({ state: { kind: "ready" }, name: "", path: "", contextLength: 0, shiftRefusal: undefined, threads: 0 }),
    });
  }

  /** Fills the cache with the file. */
  open(): void {
    this.sessions.apply({ kind: "open", uri, languageId: "typescript", version: 1, text: line.repeat(this.lineCount), atMs: this.clock.nowMs() });
    this.engine.isFilling = true;
    this.complete(0, this.clock.nowMs());
    this.engine.isFilling = false;
  }

  /** Inserts lines at a fifth of the file, asks at three fifths, and takes them out again, untimed. */
  insert(): InsertionTimes {
    const place = { line: Math.floor(this.lineCount / 5), character: 0 };
    this.engine.resetMeter();
    const startMs = this.clock.nowMs();
    this.change(place, place, line.repeat(insertedLines));
    const { totalMs, cellsShifted } = this.complete(insertedLines, startMs);
    const { decodeMs, otherMs, tokens, decodes } = this.engine.chargeBeforeToken;
    this.change(place, { line: place.line + insertedLines, character: 0 }, "");
    this.complete(0, this.clock.nowMs());
    return { totalMs, decodeMs, ownMs: totalMs - decodeMs - otherMs, callsMs: otherMs, tokensRead: tokens, decodes, cellsShifted };
  }

  close(): void {
    this.sessions.close();
  }

  private change(start: { readonly line: number; readonly character: number }, end: typeof start, text: string): void {
    this.version += 1;
    this.sessions.apply({ kind: "change", uri, version: this.version, changes: [{ range: { start, end }, text }], atMs: this.clock.nowMs() });
  }

  /** Time from `startMs` to the first token, and the cells that moved. */
  private complete(linesInserted: number, startMs: number): { readonly totalMs: number; readonly cellsShifted: number } {
    const before = this.sessions.statistics().totals.cellsShifted;
    const place = { line: Math.floor((this.lineCount * 3) / 5) + linesInserted, character: line.length - 1 };
    const reply = this.sessions.complete({ uri, place, invoked: true, atMs: startMs }, () => undefined);
    const outcome = reply.kind === "answer" ? reply.answer.outcome.kind : reply.fault.kind;
    const ends = ["shown", "nothingToSay", "cutToNothing", "outsideBlock", "unopenedCloser", "unfinished", "syntaxError", "tooShort", "lowConfidence"];
    if (!ends.includes(outcome)) throw new UsageError(`the file could not be completed in: ${outcome}`);
    const { totals, recent } = this.sessions.statistics();
    return { totalMs: recent.at(-1)?.editToFirstTokenMs ?? 0, cellsShifted: totals.cellsShifted - before };
  }
}

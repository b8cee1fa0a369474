// Owns what a measured model says of the others on this machine: time goes by the bytes that a token makes it read. Pure.

/** What `sidecar.js --measure` prints. */
export interface Measured {
  readonly modelName: string;
  readonly fileBytes: number;
  readonly tokensReadPerSecond: number;
  readonly tokensWrittenPerSecond: number;
  readonly shiftRefusal?: string;
  readonly fillsInTheMiddle: boolean;
}

/** A line of code, and what is read again for it after an edit elsewhere. */
const lineTokens = 12;
const patchTokens = 90;

/** @throws Error where it is none */
export function parseMeasured(line: string): Measured {
  const value = JSON.parse(line) as Partial<Measured>;
  const { fileBytes, tokensReadPerSecond, tokensWrittenPerSecond } = value;
  const isWhole = [fileBytes, tokensReadPerSecond, tokensWrittenPerSecond].every((number) => typeof number === "number" && number > 0);
  if (!isWhole) throw new Error(`no measurement: ${line.slice(0, 80)}`);
  return value as Measured;
}

/** Milliseconds to a suggested line after an edit elsewhere in the file, for a model with a file of `fileBytes`. */
export function expectedLineMs(measured: Measured, fileBytes: number): number {
  const measuredMs = 1_000 * (patchTokens / measured.tokensReadPerSecond + lineTokens / measured.tokensWrittenPerSecond);
  return (measuredMs * fileBytes) / measured.fileBytes;
}

/** As a person reads it: as coarse as it is sure. */
export function shownDuration(ms: number): string {
  if (ms < 1_000) return `${Math.max(10, Math.round(ms / 10) * 10)} ms`;
  return `${ms < 10_000 ? (ms / 1_000).toFixed(1) : Math.round(ms / 1_000)} s`;
}

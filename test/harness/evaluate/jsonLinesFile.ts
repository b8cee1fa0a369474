// Owns a file that grows by one JSON value a line, and survives being cut off in the middle of one.
// Knows nothing of what the values mean.
import { closeSync, existsSync, openSync, readFileSync, writeSync } from "node:fs";

export class JsonLinesFile {
  private readonly file: number;

  /** Opens for appending. Pairs with close(). */
  constructor(path: string) {
    const isTorn = existsSync(path) && !/(^|\n)$/.test(readFileSync(path, "utf8"));
    this.file = openSync(path, "a");
    // A process that was killed may have left half a line: what comes next must not be glued to it.
    if (isTorn) writeSync(this.file, "\n");
  }

  append(value: unknown): void {
    writeSync(this.file, JSON.stringify(value) + "\n");
  }

  close(): void {
    closeSync(this.file);
  }
}

/** The values of a file, none where it isn't there. A line that isn't whole is passed over: half an object is no JSON. */
export function readJsonLines(path: string): readonly unknown[] {
  if (!existsSync(path)) return [];
  return readFileSync(path, "utf8").split("\n").flatMap((line) => {
    if (line === "") return [];
    try {
      return [JSON.parse(line) as unknown];
    } catch {
      return [];
    }
  });
}

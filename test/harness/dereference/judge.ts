// Owns the verdict on a generation: what a compiler finds wrong in the file with it that it didn't find in the original.
import type { DiagnosticsServer, JudgedText } from "./diagnosticsServer";

/** Says what is wrong in texts; undefined where nothing can be said. */
export type Compiler = Pick<DiagnosticsServer, "errorsIn" | "close">;

/** Names that nothing uses: the rest of a method that is written otherwise is not wrong for that. */
const unusedCodes = new Set(["6133", "6138", "6192", "6196", "6198", "6199", "6205"]);

/** Verdicts on texts of one file, each text asked about once. */
export class FileJudge {
  private readonly known = new Map<string, readonly string[] | undefined>();

  constructor(private readonly compiler: Compiler, private readonly original: JudgedText) {}

  /** Errors that `text` has more often than the original; undefined where the compiler doesn't say. */
  async newErrors(text: string): Promise<readonly string[] | undefined> {
    const before = await this.errorsIn(this.original.text);
    const after = await this.errorsIn(text);
    return before === undefined || after === undefined ? undefined : errorsAdded(before, after);
  }

  private async errorsIn(text: string): Promise<readonly string[] | undefined> {
    if (!this.known.has(text)) this.known.set(text, await this.compiler.errorsIn({ ...this.original, text }));
    return this.known.get(text);
  }
}

/** What `after` has more often than `before`, without reports of unused names. */
export function errorsAdded(before: readonly string[], after: readonly string[]): readonly string[] {
  const left = new Map<string, number>();
  for (const error of before) left.set(error, (left.get(error) ?? 0) + 1);
  return after.filter((error) => {
    const count = left.get(error) ?? 0;
    left.set(error, count - 1);
    return count <= 0 && !unusedCodes.has(error.split(" ")[0] ?? "");
  });
}

// Owns the error for what was asked wrongly: it is printed without a stack, and the harness ends with code 2.

/** What was asked can't be done as it was put. The message says what can. */
export class UsageError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "UsageError";
  }
}

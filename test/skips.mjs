// Owns skipped tests: each is told of with its reason and counted; with CI set in the environment it is a failed one.

const forbidden = ["1", "true"].includes(process.env.CI ?? "");

export class Skips {
  count = 0;

  /** `failed` takes the name and the detail of a failed test. */
  constructor(failed) {
    this.failed = failed;
  }

  take(name, reason) {
    if (forbidden) return this.failed(name, `skipped, and in CI nothing may be: ${reason}`);
    this.count += 1;
    console.log(`  SKIPPED ${name}: ${reason}`);
  }

  /** What the last line of the run says of them. */
  get summary() {
    return this.count > 0 ? ` (${this.count} skipped)` : "";
  }
}

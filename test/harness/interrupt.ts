// Owns Ctrl+C and the terminating signal: the first asks for an orderly end with what there is, the second ends at once.

export class Interrupt {
  private count = 0;
  private readonly listener = (): void => {
    this.count += 1;
    if (this.count > 1) process.exit(130);
  };

  // Pairs with close().
  constructor() {
    process.on("SIGINT", this.listener);
    process.on("SIGTERM", this.listener);
  }

  get asked(): boolean {
    return this.count > 0;
  }

  close(): void {
    process.off("SIGINT", this.listener);
    process.off("SIGTERM", this.listener);
  }
}

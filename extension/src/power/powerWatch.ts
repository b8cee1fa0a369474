// Owns when the power source is looked at: now and then, and only while a setting goes by it. Knows neither system nor editor.
import type { PowerSource } from "./powerSource";

export interface PowerWatchParts {
  readonly read: () => Promise<PowerSource>;
  /** Calls `action` after a while unless what it gives is called first. */
  readonly schedule: (delayMs: number, action: () => void) => () => void;
  readonly onChange: (source: PowerSource) => void;
  readonly everyMs: number;
}

export class PowerWatch {
  private source: PowerSource = "mains";
  private cancel: (() => void) | undefined;
  private round = 0;

  constructor(private readonly parts: PowerWatchParts) {}

  current(): PowerSource {
    return this.source;
  }

  /** Begins to watch, or ends: unwatched, the machine counts as on mains. */
  watch(isWanted: boolean): void {
    if (isWanted === (this.cancel !== undefined)) return;
    this.round += 1;
    if (isWanted) {
      this.cancel = () => undefined;
      void this.look(this.round);
      return;
    }
    this.cancel?.();
    this.cancel = undefined;
    this.become("mains");
  }

  private async look(round: number): Promise<void> {
    // A system that can't be read is one without a battery.
    const source = await this.parts.read().catch(() => "mains" as const);
    if (round !== this.round) return;
    this.cancel = this.parts.schedule(this.parts.everyMs, () => void this.look(round));
    this.become(source);
  }

  private become(source: PowerSource): void {
    if (source === this.source) return;
    this.source = source;
    this.parts.onChange(source);
  }
}

// Owns that a wrong setting is told of, once each: its message stands until the value changes. Knows no editor.
import type { SettingFault } from "../../sidecar/protocol/settingRule";

export class SettingFaults {
  private told = new Set<string>();

  constructor(private readonly tell: (fault: SettingFault) => void) {}

  /** All that is wrong now. What has been mended and is broken again is told of again. */
  follow(faults: readonly SettingFault[]): void {
    const { told } = this;
    this.told = new Set(faults.map(({ message }) => message));
    for (const fault of faults) if (!told.has(fault.message)) this.tell(fault);
  }
}

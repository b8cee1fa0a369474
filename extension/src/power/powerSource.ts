// Owns whether the machine runs on its battery, as each system tells it. The editor's own interface for that is only
// proposed. Reads through what it is given, so that it can be asked about any system.

export type PowerSource = "battery" | "mains";

export interface SystemReader {
  readonly platform: NodeJS.Platform;
  /** The names in a folder; none where there is none. */
  readonly list: (folder: string) => Promise<readonly string[]>;
  /** A small file's text without white space around it; undefined where there is none. */
  readonly text: (path: string) => Promise<string | undefined>;
  /** What a program prints; undefined where it can't be run. */
  readonly run: (program: string, args: readonly string[]) => Promise<string | undefined>;
}

/** A system that says nothing runs on mains: most that can't be asked have no battery. */
export async function powerSource(system: SystemReader): Promise<PowerSource> {
  switch (system.platform) {
    case "linux":
      return fromSupplies(await supplies(system));
    case "darwin":
      // pmset -g batt: "Now drawing from 'Battery Power'"
      return /'Battery Power'/.test((await system.run("pmset", ["-g", "batt"])) ?? "") ? "battery" : "mains";
    case "win32": {
      // Win32_Battery.BatteryStatus: 1 discharging, 4 low, 5 critical; 2 and the others are some kind of mains.
      const command = "(Get-CimInstance -ClassName Win32_Battery).BatteryStatus";
      const said = (await system.run("powershell.exe", ["-NoProfile", "-NonInteractive", "-Command", command])) ?? "";
      const statuses = said.split(/\s+/).filter((word) => word !== "");
      return statuses.length > 0 && statuses.every((status) => ["1", "4", "5"].includes(status)) ? "battery" : "mains";
    }
    default:
      return "mains";
  }
}

interface Supply {
  readonly type: string | undefined;
  /** "Device": it feeds a mouse or a headset, not the machine. */
  readonly scope: string | undefined;
  readonly online: string | undefined;
  readonly status: string | undefined;
}

const supplyFolder = "/sys/class/power_supply";

/** https://docs.kernel.org/power/power_supply_class.html */
async function supplies(system: SystemReader): Promise<readonly Supply[]> {
  const names = await system.list(supplyFolder);
  return Promise.all(names.map(async (name) => {
    const read = (attribute: string): Promise<string | undefined> => system.text(`${supplyFolder}/${name}/${attribute}`);
    const [type, scope, online, status] = await Promise.all([read("type"), read("scope"), read("online"), read("status")]);
    return { type, scope, online, status };
  }));
}

function fromSupplies(all: readonly Supply[]): PowerSource {
  const ofMachine = all.filter(({ scope }) => scope !== "Device");
  if (ofMachine.some(({ type, online }) => type !== "Battery" && online !== undefined && online !== "0")) return "mains";
  return ofMachine.some(({ type, status }) => type === "Battery" && status === "Discharging") ? "battery" : "mains";
}

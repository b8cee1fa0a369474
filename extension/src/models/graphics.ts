// Owns whether a graphics card is there that an engine could compute on, told by the files of its driver. Loads none.
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";

export type GraphicsVariant = "cuda" | "vulkan";

export interface FileView {
  readonly platform: NodeJS.Platform;
  readonly arch: string;
  readonly exists: (path: string) => boolean;
  readonly list: (folder: string) => readonly string[];
}

export const thisMachine: FileView = {
  platform: process.platform,
  arch: process.arch,
  exists: existsSync,
  list: (folder) => (existsSync(folder) ? readdirSync(folder) : []),
};

/** The variants for which there are a driver and an engine, the faster first. A Mac needs none: its engine has Metal. */
export function graphicsVariants({ platform, arch, exists, list }: FileView): readonly GraphicsVariant[] {
  if (arch !== "x64") return [];
  if (platform === "win32") {
    const folder = "C:\\Windows\\System32";
    return [...(exists(`${folder}\\nvcuda.dll`) ? ["cuda" as const] : []), ...(exists(`${folder}\\vulkan-1.dll`) ? ["vulkan" as const] : [])];
  }
  if (platform !== "linux") return [];
  const hasLoader = ["/usr/lib/x86_64-linux-gnu", "/usr/lib64", "/usr/lib"].some((folder) => exists(join(folder, "libvulkan.so.1")));
  const hasCard = list("/dev/dri").some((name) => name.startsWith("renderD"));
  return [...(exists("/proc/driver/nvidia/version") ? ["cuda" as const] : []), ...(hasLoader && hasCard ? ["vulkan" as const] : [])];
}

/** Where the computing can be moved to from where it is set to be now: back to the processor too, whatever has become of the card. */
export function computeChoices(view: FileView, now: string): readonly ("cpu" | GraphicsVariant)[] {
  return [...graphicsVariants(view), ...(now === "cpu" ? [] : ["cpu" as const])];
}

/** The folder of the engine's package below the extension's own. */
export function enginePackage(variant: GraphicsVariant, { platform }: FileView): string {
  return `@node-llama-cpp/${platform === "win32" ? "win" : "linux"}-x64-${variant}`;
}

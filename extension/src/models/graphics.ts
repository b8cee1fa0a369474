// Owns whether a graphics card is there that an engine could compute on, told by the files of its driver. Loads none.
import { access, readdir } from "node:fs/promises";

export type GraphicsVariant = "cuda" | "vulkan";

export interface FileView {
  readonly platform: NodeJS.Platform;
  readonly arch: string;
  readonly exists: (path: string) => Promise<boolean>;
  /** Nothing where there is no such folder. */
  readonly list: (folder: string) => Promise<readonly string[]>;
}

export const thisMachine: FileView = {
  platform: process.platform,
  arch: process.arch,
  exists: (path) => access(path).then(() => true, () => false),
  list: (folder) => readdir(folder).catch(() => []),
};

/** The variants for which there are a driver and an engine, the faster first. A Mac needs none: its engine has Metal. */
export async function graphicsVariants(view: FileView): Promise<readonly GraphicsVariant[]> {
  const [cuda, vulkan] = view.arch === "x64" ? await Promise.all([hasCuda(view), hasVulkan(view)]) : [false, false];
  return [...(cuda ? ["cuda" as const] : []), ...(vulkan ? ["vulkan" as const] : [])];
}

/** Where the computing can be moved to from where it is set to be now: back to the processor too, whatever has become of the card. */
export async function computeChoices(view: FileView, now: string): Promise<readonly ("cpu" | GraphicsVariant)[]> {
  return [...(await graphicsVariants(view)), ...(now === "cpu" ? [] : ["cpu" as const])];
}

const windowsFolder = "C:\\Windows\\System32";
const loaderFolders = ["/usr/lib/x86_64-linux-gnu", "/usr/lib64", "/usr/lib"];

async function hasCuda({ platform, exists }: FileView): Promise<boolean> {
  if (platform === "win32") return exists(`${windowsFolder}\\nvcuda.dll`);
  return platform === "linux" && (await exists("/proc/driver/nvidia/version"));
}

async function hasVulkan({ platform, exists, list }: FileView): Promise<boolean> {
  if (platform === "win32") return exists(`${windowsFolder}\\vulkan-1.dll`);
  if (platform !== "linux") return false;
  const loaders = await Promise.all(loaderFolders.map((folder) => exists(`${folder}/libvulkan.so.1`)));
  return loaders.includes(true) && (await list("/dev/dri")).some((name) => name.startsWith("renderD"));
}

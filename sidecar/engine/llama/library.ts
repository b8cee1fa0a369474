// Owns where the llama.cpp libraries are: which npm package fits this machine, which files in it, which release they are.
// Loads nothing; knows no FFI.
import { existsSync, readFileSync, readdirSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { knownReleases } from "./layout";

/** Where the computing is done. `cpu` on a Mac with Apple silicon includes Metal: there is one package. */
export const gpuVariants = ["cpu", "cuda", "vulkan"] as const;
export type GpuVariant = (typeof gpuVariants)[number];

export function isGpuVariant(name: string): name is GpuVariant {
  return gpuVariants.some((variant) => variant === name);
}

export interface Machine {
  readonly platform: NodeJS.Platform;
  readonly arch: string;
}

/** The files of one llama.cpp build, absolute paths. */
export interface LibraryFiles {
  readonly folder: string;
  readonly release: string;
  /** What the build was made for, as its metadata says it. Metal counts as `cpu`: its package is the only one of its machine. */
  readonly variant: GpuVariant;
  readonly ggmlBase: string;
  readonly ggml: string;
  readonly llama: string;
  /** Folders with further backends, where a GPU variant keeps them in a package of its own: for drivers that its first one is too new for. */
  readonly extraFolders: readonly string[];
}

/** No library, or one that we can't use. The message says what to do. */
export class LibraryError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "LibraryError";
  }
}

/** The npm packages with prebuilt libraries, by platform, processor and variant, as node-llama-cpp publishes them. */
const packages: Readonly<Record<string, Partial<Record<GpuVariant, string>>>> = {
  "linux-x64": { cpu: "linux-x64", cuda: "linux-x64-cuda", vulkan: "linux-x64-vulkan" },
  "linux-arm64": { cpu: "linux-arm64" },
  "linux-arm": { cpu: "linux-armv7l" },
  "linux-riscv64": { cpu: "linux-riscv64" },
  "darwin-arm64": { cpu: "mac-arm64-metal" },
  "darwin-x64": { cpu: "mac-x64" },
  "win32-x64": { cpu: "win-x64", cuda: "win-x64-cuda", vulkan: "win-x64-vulkan" },
  "win32-arm64": { cpu: "win-arm64" },
};
const scope = "@node-llama-cpp";
export const packageVersion = "3.22.1";
/** Platforms for which the version above has no package that could be checked; the structs of both are the same. */
const otherVersions: Readonly<Record<string, string>> = { "mac-arm64-metal": "3.21.1", "mac-x64": "3.21.1", "win-x64": "3.21.1", "win-arm64": "3.21.1" };

/** The version that is pinned of a package of libraries, by its full name. */
export function packageVersionOf(name: string): string {
  return otherVersions[name.slice(scope.length + 1)] ?? packageVersion;
}

/** @throws LibraryError where nobody publishes libraries for the machine. */
export function packageName({ platform, arch }: Machine, variant: GpuVariant): string {
  const found = packages[`${platform}-${arch}`];
  if (found === undefined) {
    throw new LibraryError(
      `There are no prebuilt llama.cpp libraries for ${platform} on ${arch}. ` +
      `Build llama.cpp ${knownReleases[0]} and give its folder with --library.`,
    );
  }
  const name = found[variant];
  if (name === undefined) {
    throw new LibraryError(`There is no ${variant} build of llama.cpp for ${platform} on ${arch}: use ${Object.keys(found).join(" or ")}.`);
  }
  return `${scope}/${name}`;
}

/**
 * Finds the package: in `fetchedFolder`, where a client fetches engines for graphics cards to, else by walking up from
 * `startFolder` through the node_modules folders, as Node does. @throws LibraryError where it isn't installed.
 */
export function locateLibrary(startFolder: string, variant: GpuVariant = "cpu", machine: Machine = process, fetchedFolder?: string): LibraryFiles {
  const name = packageName(machine, variant);
  const fetched = variant === "cpu" ? undefined : fetchedFolder;
  const home = fetched !== undefined && existsSync(join(fetched, "node_modules", name)) ? fetched : startFolder;
  const bins = folderAbove(home, join("node_modules", name, "bins"));
  if (bins === undefined) {
    const remedy = fetched === undefined
      ? `run npm install ${name}@${packageVersionOf(name)} --no-save in the folder of Palimpsest`
      : "choose the graphics card in “Palimpsest: Choose Model…”, which gets them";
    throw new LibraryError(`The llama.cpp libraries for this machine (${variant}) are not installed: ${remedy}.`);
  }
  const extension = folderAbove(home, join("node_modules", `${name}-ext`, "bins"));
  const extraFolders = extension === undefined ? [] : subfolders(extension).flatMap((folder) => [folder, ...subfolders(folder)]);
  const folder = subfolders(bins).find((candidate) => existsSync(join(candidate, metadataName)));
  if (folder === undefined) throw new LibraryError(`The package ${name} is damaged: no libraries in ${bins}. Remove it and install it again.`);
  return openFolder(folder, machine.platform, extraFolders);
}

/** The libraries in a folder that the user names. @throws LibraryError where they are missing or of an unknown release. */
export function openFolder(folder: string, platform: NodeJS.Platform = process.platform, extraFolders: readonly string[] = []): LibraryFiles {
  const absolute = resolve(folder);
  if (!existsSync(absolute) || !statSync(absolute).isDirectory()) throw new LibraryError(`The folder of the llama.cpp libraries, ${absolute}, does not exist.`);
  const names = readdirSync(absolute);
  const file = (stem: string): string => {
    const name = names.find((candidate) => libraryPattern(stem, platform).test(candidate));
    if (name === undefined) throw new LibraryError(`No ${stem} library in ${absolute}: install the package again, or give another folder with --library.`);
    return join(absolute, name);
  };
  const { release, variant } = buildOf(absolute);
  if (!knownReleases.includes(release)) {
    throw new LibraryError(
      `The libraries in ${absolute} are llama.cpp ${release}; this version of Palimpsest knows ${knownReleases.join(", ")}. ` +
        "Install the package versions named in its package.json, or a Palimpsest that knows this release.",
    );
  }
  return { folder: absolute, release, variant, ggmlBase: file("ggml-base"), ggml: file("ggml"), llama: file("llama"), extraFolders };
}

const metadataName = "_nlcBuildMetadata.json";

/** The file names carry a variant and a version: libllama.v0.5.0.so, libllama.vulkan.v0.5.0.so, libllama.dylib, llama.v0.5.0.dll. */
function libraryPattern(stem: string, platform: NodeJS.Platform): RegExp {
  const version = String.raw`(\.(${gpuVariants.join("|")}))?(\.v?\d[\w.]*)?`;
  if (platform === "win32") return new RegExp(`^(lib)?${stem}${version}\\.dll$`, "i");
  return platform === "darwin" ? new RegExp(`^lib${stem}${version}\\.dylib$`) : new RegExp(`^lib${stem}(${version}\\.so|\\.so${version})$`);
}

function buildOf(folder: string): { readonly release: string; readonly variant: GpuVariant } {
  const path = join(folder, metadataName);
  if (!existsSync(path)) throw new LibraryError(`${path} is missing, so that the release of the libraries beside it is not known: install the package again.`);
  try {
    const metadata: unknown = JSON.parse(readFileSync(path, "utf8"));
    const options = field(metadata, "buildOptions");
    const release = field(field(options, "llamaCpp"), "release");
    const gpu = field(options, "gpu");
    if (typeof release === "string") return { release, variant: typeof gpu === "string" && isGpuVariant(gpu) ? gpu : "cpu" };
  } catch {
    // Not JSON: the message below says it.
  }
  throw new LibraryError(`${path} names no llama.cpp release: install the package again.`);
}

function field(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}

function folderAbove(start: string, relative: string): string | undefined {
  for (let folder = resolve(start); ; folder = dirname(folder)) {
    const candidate = join(folder, relative);
    if (existsSync(candidate)) return candidate;
    if (dirname(folder) === folder) return undefined;
  }
}

function subfolders(folder: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory()).map((entry) => join(folder, entry.name));
}

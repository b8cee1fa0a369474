// Owns bringing an engine for the graphics card onto this machine: room on the disk, npm's work in a folder aside, what came
// held against what was wanted, and only then a place where the sidecar looks. Nothing half done stays. Knows no editor.
import { lstat, mkdir, readdir, readFile, rename, rm, statfs, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { engineFolderName, engineVersion } from "../../../../sidecar/protocol/engineFolder";
import type { GraphicsVariant } from "../graphics";
import { type EnginePackage, enginePackages, wantedOf } from "./enginePackage";
import { fileErrorText, missingText, noNpmText, npmErrorText, otherPackageText, shortageText } from "./installFaults";
import { findNpm, npmInstall, type NpmPlaces, trustedPath } from "./npmClient";

export type InstallOutcome =
  | { readonly kind: "done" }
  | { readonly kind: "cancelled" }
  /** A sentence that says what to do. */
  | { readonly kind: "failed"; readonly message: string };

export interface InstallerParts {
  /** Where engines lie; made when the first is fetched. */
  readonly folder: string;
  readonly places: () => NpmPlaces;
  /** Of the editor; empty where it has none. */
  readonly proxy: () => string;
  /** Bytes that may still be written to the disk that holds a folder. */
  readonly bytesFree?: (folder: string) => Promise<number>;
  readonly processId?: number;
  readonly log: (line: string) => void;
}

export interface InstallWatch {
  readonly progress: (bytes: number, bytesAll: number) => void;
  readonly signal: AbortSignal;
}

/** Left free on the disk. */
const spareBytes = 256_000_000;
/** npm keeps what it fetched, packed, besides what it unpacks from it. */
const packedShare = 0.6;
const lookMs = 300;
const partEnding = ".part";

interface Running {
  readonly outcome: Promise<InstallOutcome>;
  readonly ending: AbortController;
}

export class EngineInstaller {
  private readonly ending = new AbortController();
  private readonly running = new Map<GraphicsVariant, Running>();

  constructor(private readonly parts: InstallerParts) {}

  get folder(): string {
    return this.parts.folder;
  }

  /** Whether it is here, as far as its folder says: a trial tells whether it works. */
  async has(variant: GraphicsVariant): Promise<boolean> {
    const packages = enginePackages(variant, this.parts.places().platform);
    const there = await Promise.all(packages.map(({ name }) => exists(join(this.place(variant), "node_modules", name))));
    return there.every((isThere) => isThere);
  }

  /** A sentence where it could not be deleted: then all of it is still there. */
  async remove(variant: GraphicsVariant): Promise<string | undefined> {
    try {
      await this.moveAway(variant);
    } catch (error) {
      return fileErrorText(error);
    }
    await this.clear(this.placeBefore(variant));
    return undefined;
  }

  /** Ends what is being fetched: nobody waits for it any more. */
  dispose(): void {
    this.ending.abort();
  }

  /**
   * What was there under the same name is replaced once the new one is whole. One that is under way already is joined: only the
   * first hears how far it has come, and any of them cancels it for all.
   */
  async install(variant: GraphicsVariant, { progress, signal }: InstallWatch): Promise<InstallOutcome> {
    const running = this.running.get(variant) ?? this.begin(variant, progress);
    const cancel = (): void => running.ending.abort();
    signal.addEventListener("abort", cancel, { once: true });
    if (signal.aborted) cancel();
    return running.outcome.finally(() => signal.removeEventListener("abort", cancel));
  }

  private begin(variant: GraphicsVariant, progress: InstallWatch["progress"]): Running {
    const ending = new AbortController();
    const signal = AbortSignal.any([ending.signal, this.ending.signal]);
    const running = { ending, outcome: this.installNow(variant, { progress, signal }).finally(() => this.running.delete(variant)) };
    this.running.set(variant, running);
    return running;
  }

  private async installNow(variant: GraphicsVariant, watch: InstallWatch): Promise<InstallOutcome> {
    const { platform } = this.parts.places();
    const packages = enginePackages(variant, platform);
    const npm = await findNpm(this.parts.places());
    if (npm === undefined) return { kind: "failed", message: noNpmText(packages, join(this.place(variant), "node_modules")) };
    const aside = this.placeAside(variant);
    try {
      await mkdir(this.folder, { recursive: true });
      await this.clearLeftovers();
      const shortage = await this.shortage(packages);
      if (shortage !== undefined) return { kind: "failed", message: shortage };
      return await this.installAside(variant, npm, aside, packages, watch);
    } catch (error) {
      return { kind: "failed", message: fileErrorText(error) };
    } finally {
      await this.clear(aside);
    }
  }

  private async installAside(
    variant: GraphicsVariant, npm: string, aside: string, packages: readonly EnginePackage[], { progress, signal }: InstallWatch,
  ): Promise<InstallOutcome> {
    await rm(aside, { recursive: true, force: true });
    await mkdir(aside);
    // So that npm takes this folder for a project, and none above it.
    await writeFile(join(aside, "package.json"), JSON.stringify({ name: "palimpsest-engine", private: true }));
    if (signal.aborted) return { kind: "cancelled" };
    const run = npmInstall(npm, aside, packages.map(wantedOf), { path: await trustedPath(this.parts.places()), proxy: this.parts.proxy() });
    signal.addEventListener("abort", () => run.stop(), { once: true });
    const bytesAll = sumOfBytes(packages);
    const looking = setInterval(() => void bytesIn(aside).then((bytes) => progress(Math.min(bytes, bytesAll), bytesAll)), lookMs);
    const end = await run.ended.finally(() => clearInterval(looking));
    if (signal.aborted) return { kind: "cancelled" };
    if (!end.ok) {
      this.parts.log(`npm ended with ${end.code ?? "no code"}: ${end.lastWords}`);
      return { kind: "failed", message: npmErrorText(end, packages) };
    }
    const fault = await faultIn(aside, packages);
    if (fault !== undefined) return { kind: "failed", message: fault };
    await this.replace(variant, aside);
    await this.clearOtherVersions(variant);
    return { kind: "done" };
  }

  /** Where the old one can't be moved, as Windows has it with libraries in use, it stays as it was. */
  private async replace(variant: GraphicsVariant, aside: string): Promise<void> {
    const isMoved = await this.moveAway(variant);
    try {
      await rename(aside, this.place(variant));
    } catch (error) {
      if (isMoved) await rename(this.placeBefore(variant), this.place(variant));
      throw error;
    }
    await this.clear(this.placeBefore(variant));
  }

  /** In one step: an engine is there whole or not at all. False where there was none. */
  private async moveAway(variant: GraphicsVariant): Promise<boolean> {
    if (!(await exists(this.place(variant)))) return false;
    await this.clear(this.placeBefore(variant));
    await rename(this.place(variant), this.placeBefore(variant));
    return true;
  }

  private place(variant: GraphicsVariant): string {
    return join(this.folder, engineFolderName(variant));
  }

  /** Where the new one becomes whole. */
  private placeAside(variant: GraphicsVariant): string {
    const { processId = process.pid } = this.parts;
    return `${this.place(variant)}.${processId}${partEnding}`;
  }

  /** Where the old one waits to be deleted. */
  private placeBefore(variant: GraphicsVariant): string {
    const { processId = process.pid } = this.parts;
    return `${this.place(variant)}.before.${processId}${partEnding}`;
  }

  /** What can't be deleted stays for a later window. */
  private async clear(path: string): Promise<void> {
    await rm(path, { recursive: true, force: true }).catch((error: unknown) => this.parts.log(`${path} stays: ${String(error)}`));
  }

  /** A sentence where there isn't room enough. */
  private async shortage(packages: readonly EnginePackage[]): Promise<string | undefined> {
    const { bytesFree = bytesFreeAt } = this.parts;
    const free = await bytesFree(this.folder);
    const wanted = (1 + packedShare) * sumOfBytes(packages) + spareBytes;
    return wanted <= free ? undefined : shortageText(free, wanted);
  }

  /** Of windows that ended in the middle of it. */
  private async clearLeftovers(): Promise<void> {
    for (const name of await readdir(this.folder)) {
      const owner = new RegExp(`\\.(\\d+)\\${partEnding}$`).exec(name)?.[1];
      if (owner !== undefined && !isAlive(Number(owner))) await this.clear(join(this.folder, name));
    }
  }

  /**
   * The system keeps what a window with another version of the extension has loaded; begun anew, that window is without an engine
   * for the card, says so, and the processor computes.
   */
  private async clearOtherVersions(variant: GraphicsVariant): Promise<void> {
    for (const name of await readdir(this.folder)) {
      if (!name.startsWith(`${variant}-`) || name === engineFolderName(variant) || name.endsWith(partEnding)) continue;
      await this.clear(join(this.folder, name));
    }
  }
}

/** What npm put there, by the list that it writes: whether all that was wanted has come, and as it must be. */
async function faultIn(folder: string, packages: readonly EnginePackage[]): Promise<string | undefined> {
  const listed = await readFile(join(folder, "package-lock.json"), "utf8").then((text) => JSON.parse(text) as unknown, () => undefined);
  for (const { name, integrity } of packages) {
    const entry = fieldOf(fieldOf(listed, "packages"), `node_modules/${name}`);
    const isThere = await exists(join(folder, "node_modules", name, "bins"));
    if (!isThere || fieldOf(entry, "version") !== engineVersion) {
      return missingText(name);
    }
    if (integrity !== undefined && fieldOf(entry, "integrity") !== integrity) {
      return otherPackageText(name);
    }
  }
  return undefined;
}

async function bytesFreeAt(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}

/** Files come and go meanwhile: what is gone counts nothing. */
async function bytesIn(folder: string): Promise<number> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const bytes = await Promise.all(entries.map((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? bytesIn(path) : lstat(path).then(({ size }) => size, () => 0);
  }));
  return bytes.reduce((sum, count) => sum + count, 0);
}

async function exists(path: string): Promise<boolean> {
  return lstat(path).then(() => true, () => false);
}

function sumOfBytes(packages: readonly EnginePackage[]): number {
  return packages.reduce((sum, { bytes }) => sum + bytes, 0);
}

function isAlive(processId: number): boolean {
  try {
    process.kill(processId, 0);
    return true;
  } catch (error) {
    // Another user's, but there.
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? (value as Readonly<Record<string, unknown>>)[name] : undefined;
}

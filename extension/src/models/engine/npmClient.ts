// Owns the user's own npm: where it is, how it is run and ended, and what its error codes mean. It asks the registry, through
// the proxy and with the certificates that it is set to. Knows no package.
import { type ChildProcess, spawn } from "node:child_process";
import { access, constants, realpath } from "node:fs/promises";
import { delimiter, isAbsolute, join, relative, sep } from "node:path";

export interface NpmPlaces {
  readonly platform: NodeJS.Platform;
  /** As in the environment. */
  readonly path: string;
  /** Of the workspace: no program of theirs is run. */
  readonly folders: readonly string[];
}

export interface NpmRun {
  readonly ended: Promise<NpmEnd>;
  stop(): void;
}

export interface NpmEnd {
  readonly ok: boolean;
  /** Such as E404; undefined where it said none. */
  readonly code: string | undefined;
  /** The last of what it said. */
  readonly lastWords: string;
}

/** The npm that a terminal would find; undefined where there is none. */
export async function findNpm(places: NpmPlaces): Promise<string | undefined> {
  const names = places.platform === "win32" ? ["npm.cmd", "npm.exe"] : ["npm"];
  for (const folder of (await trustedPath(places)).split(delimiter)) {
    for (const name of names) {
      const file = join(folder, name);
      if ((await isProgram(file)) && !(await isBelowAny(file, places.folders))) return file;
    }
  }
  return undefined;
}

/** The folders on PATH that programs are taken from: npm is a script itself, and looks there for the node that runs it. */
export async function trustedPath({ path, folders }: NpmPlaces): Promise<string> {
  // What depends on where one stands is nobody's choice.
  const entries = path.split(delimiter).filter((entry) => isAbsolute(entry));
  const nodes = ["node", "node.exe"];
  const leadIn = await Promise.all(entries.map(async (entry) => {
    const below = await Promise.all([entry, ...nodes.map((name) => join(entry, name))].map((file) => isBelowAny(file, folders)));
    return below.includes(true);
  }));
  return entries.filter((_, index) => leadIn[index] === false).join(delimiter);
}

const lastWordsMax = 4_000;

export interface NpmSurroundings {
  /** Where it finds programs. */
  readonly path: string;
  /** The editor's own; empty: what npm and the environment are set to. */
  readonly proxy: string;
}

/** Installs packages into a folder that has a package.json of its own. Nothing of theirs is run. */
export function npmInstall(npm: string, folder: string, packages: readonly string[], { path, proxy }: NpmSurroundings): NpmRun {
  const args = [
    "install", ...packages, "--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier", "--no-progress", "--loglevel=error",
    "--save", "--save-exact", "--global=false", "--workspaces=false", "--package-lock=true", "--dry-run=false",
  ];
  const viaProxy = proxy === "" ? {} : { HTTP_PROXY: proxy, HTTPS_PROXY: proxy, http_proxy: proxy, https_proxy: proxy };
  const isShellScript = npm.endsWith(".cmd");
  // A shell script of Windows is run by its shell; all arguments are words of this program, without a blank or a quote.
  const child = spawn(isShellScript ? `"${npm}"` : npm, args, {
    cwd: folder, env: { ...process.env, PATH: path, ...viaProxy }, shell: isShellScript, detached: process.platform !== "win32",
    stdio: ["ignore", "pipe", "pipe"], windowsHide: true,
  });
  let said = "";
  const hear = (text: string): void => void (said = (said + text).slice(-lastWordsMax));
  child.stdout.setEncoding("utf8").on("data", hear);
  child.stderr.setEncoding("utf8").on("data", hear);
  const ended = new Promise<NpmEnd>((resolve) => {
    child.once("error", ({ message }) => resolve({ ok: false, code: undefined, lastWords: message }));
    child.once("close", (exitCode) => resolve({ ok: exitCode === 0, code: errorCode(said), lastWords: firstComplaint(said) }));
  });
  return { ended, stop: () => endWithChildren(child) };
}

/** npm 10 and newer say `npm error code E404`, older ones `npm ERR! code E404`. */
export function errorCode(said: string): string | undefined {
  return /^npm (?:error|ERR!) code (\w+)/m.exec(said)?.[1];
}

/** What says more than the code, on one line. */
function firstComplaint(said: string): string {
  const lines = said.split("\n").map((line) => line.replace(/^npm (?:error|ERR!)\s*/, "").trim()).filter((line) => line !== "");
  const found = lines.find((line) => !/^(?:code|errno|syscall|path)\b/.test(line)) ?? "";
  return found.slice(0, 300);
}

/** npm may be a script that has started the true one. */
function endWithChildren(child: ChildProcess): void {
  const { pid } = child;
  if (pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  if (process.platform === "win32") {
    const taskkill = join(process.env["SystemRoot"] ?? "C:\\Windows", "System32", "taskkill.exe");
    spawn(taskkill, ["/pid", String(pid), "/T", "/F"], { stdio: "ignore", windowsHide: true }).on("error", () => child.kill());
    return;
  }
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // The group ended meanwhile.
    child.kill("SIGKILL");
  }
}

async function isProgram(file: string): Promise<boolean> {
  return access(file, constants.X_OK).then(() => true, () => false);
}

/** Links are followed: a link from outside into the workspace leads into it. */
async function isBelowAny(file: string, folders: readonly string[]): Promise<boolean> {
  const real = (path: string): Promise<string> => realpath(path).catch(() => path);
  const files = [file, await real(file)];
  for (const folder of folders) {
    const parents = [folder, await real(folder)];
    if (files.some((path) => parents.some((parent) => isBelow(path, parent)))) return true;
  }
  return false;
}

function isBelow(path: string, parent: string): boolean {
  const way = relative(parent, path);
  return way !== ".." && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}

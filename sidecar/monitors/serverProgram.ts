// Owns finding the program of a language server: by its absolute path, on PATH, or, ready-made, where packages lie.
// Where the workspace isn't trusted, none is: a server runs what the folders it reads tell it to (plugins, build scripts), and whoever
// wrote these would be let in.
import { accessSync, constants, realpathSync, statSync } from "node:fs";
import { basename, delimiter, dirname, extname, isAbsolute, join, relative, sep } from "node:path";
import type { ServerChoice } from "./monitorSettings";
import { mannerOf, readyServer, type ServerManner } from "./readyServers";

export interface ServerProgram {
  /** Two servers with one key are one. */
  readonly key: string;
  /** For people. */
  readonly name: string;
  readonly file: string;
  readonly arguments: readonly string[];
  readonly manner: ServerManner;
}

export type FoundProgram = { readonly kind: "found"; readonly program: ServerProgram } | { readonly kind: "missing"; readonly reason: string };

export interface ProgramPlaces {
  /** Of the workspace, as paths. */
  readonly folders: readonly string[];
  readonly trustWorkspace: boolean;
  /** As in the environment. */
  readonly path: string;
}

export function findProgram(choice: ServerChoice, places: ProgramPlaces): FoundProgram {
  if (!places.trustWorkspace) return { kind: "missing", reason: "the workspace is not trusted" };
  if (choice.kind === "ready") return readyProgram(choice.name, places);
  const [program = "", ...rest] = choice.words;
  const file = isAbsolute(program) ? program : onPath(program, places);
  if (file === undefined) {
    const isPath = /[\\/]/.test(program);
    return { kind: "missing", reason: `${program} ${isPath ? "is not an absolute path" : "is not on PATH outside the workspace"}` };
  }
  if (!isProgram(file)) return { kind: "missing", reason: `${file} is not a program that can be run` };
  return found(basename(program), file, rest, mannerOf(realPath(file), rest));
}

function readyProgram(name: string, places: ProgramPlaces): FoundProgram {
  const server = readyServer(name);
  if (server === undefined) return { kind: "missing", reason: `there is no ready-made server ${name}` };
  const inWorkspace = places.folders.flatMap((folder) => server.inModules.map((path) => join(folder, "node_modules", path)));
  const onMachine = server.onPath.flatMap(({ program, from }) => {
    const file = onPath(program, places);
    if (file === undefined) return [];
    return from === undefined ? [file] : from.map((path) => join(dirname(realPath(file)), path)).filter((path) => !isBelowAny(path, places.folders));
  });
  const file = [...inWorkspace, ...onMachine].find(isProgram);
  if (file !== undefined) return found(name, file, server.arguments, server.manner);
  return { kind: "missing", reason: `${name} is neither in node_modules of the workspace nor on PATH` };
}

function found(name: string, file: string, args: readonly string[], manner: ServerManner): FoundProgram {
  return { kind: "found", program: { key: JSON.stringify([file, ...args]), name, file, arguments: args, manner } };
}

/** A folder of the workspace, or one that depends on where one stands, is not looked in though PATH may name it. */
function onPath(program: string, { path, folders }: ProgramPlaces): string | undefined {
  if (program === "" || /[\\/]/.test(program)) return undefined;
  const endings = process.platform === "win32" ? [".exe", ".cmd", ".bat", ""] : [""];
  for (const folder of path.split(delimiter)) {
    if (!isAbsolute(folder)) continue;
    for (const ending of endings) {
      const file = join(folder, program + ending);
      if (isProgram(file) && !isBelowAny(file, folders)) return file;
    }
  }
  return undefined;
}

/** Links are followed: a link from outside into the workspace leads into it. */
function isBelowAny(file: string, folders: readonly string[]): boolean {
  return folders.some((folder) => [file, realPath(file)].some((path) => [folder, realPath(folder)].some((parent) => isBelow(path, parent))));
}

function isBelow(path: string, parent: string): boolean {
  const way = relative(parent, path);
  return way !== ".." && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}

function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

/** Node's own programs needn't be executable: Node is what runs them. */
function isProgram(file: string): boolean {
  try {
    if (!statSync(file).isFile()) return false;
    if (!isNodeScript(file)) accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

export function isNodeScript(file: string): boolean {
  return [".js", ".mjs", ".cjs"].includes(extname(realPath(file)));
}

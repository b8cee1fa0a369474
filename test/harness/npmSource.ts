// Owns the fetching of one published package: `npm pack` of what the user names, unpacked in memory, nothing run.
// The only part of the harness that uses the network, and only when asked to.
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { gunzipSync } from "node:zlib";
import type { FileSet } from "./folderSource";
import { UsageError } from "./usageError";

/** @param spec `NAME@VERSION` @throws UsageError where it isn't one, or npm can't fetch it */
export function npmFiles(spec: string): FileSet {
  if (!/^(@[a-z0-9][\w.-]*\/)?[a-z0-9][\w.-]*@[\w.^~+-]+$/i.test(spec)) {
    throw new UsageError(`"${spec}" is no package with a version; write it as NAME@VERSION`);
  }
  const folder = mkdtempSync(join(tmpdir(), "palimpsest-"));
  try {
    const [command, ...args] = npmCommand();
    execFileSync(command, [...args, "pack", spec, "--ignore-scripts", "--pack-destination", folder], { cwd: folder, stdio: ["ignore", "ignore", "pipe"] });
    const archive = readdirSync(folder).find((name) => name.endsWith(".tgz"));
    if (archive === undefined) throw new UsageError(`npm packed nothing for ${spec}`);
    const files = untar(gunzipSync(readFileSync(join(folder, archive))));
    return { paths: [...files.keys()], read: (path) => files.get(path) };
  } catch (error) {
    if (error instanceof UsageError) throw error;
    const said = error instanceof Error && "stderr" in error ? String(error.stderr).trim() : String(error);
    throw new UsageError(`npm can't fetch ${spec}: ${said}`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** npm is a script of Node's: it is run by this Node, so that no shell is needed on any system. */
function npmCommand(): readonly [string, ...string[]] {
  const folder = dirname(process.execPath);
  const scripts = [
    process.env["npm_execpath"] ?? "",
    join(folder, "node_modules/npm/bin/npm-cli.js"),
    join(folder, "../lib/node_modules/npm/bin/npm-cli.js"),
  ];
  const script = scripts.find((path) => path.endsWith("npm-cli.js") && existsSync(path));
  return script === undefined ? ["npm"] : [process.execPath, script];
}

const blockBytes = 512;

/**
 * The regular files of a tar archive (POSIX.1-1988 with ustar prefixes and pax paths) as text, by their path without
 * the archive's top folder.
 */
export function untar(archive: Uint8Array): ReadonlyMap<string, string> {
  const files = new Map<string, string>();
  const text = (start: number, end: number): string => Buffer.from(archive.subarray(start, end)).toString("utf8").replace(/\0[^]*$/, "");
  let paxPath: string | undefined;
  for (let header = 0; header + blockBytes <= archive.length && archive[header] !== 0; ) {
    const size = Number.parseInt(text(header + 124, header + 136).trim() || "0", 8);
    const kind = text(header + 156, header + 157);
    const prefix = text(header + 257, header + 262) === "ustar" ? text(header + 345, header + 500) : "";
    const named = text(header, header + 100);
    const body = header + blockBytes;
    if (kind === "x") paxPath = /^\d+ path=(.*)$/m.exec(text(body, body + size))?.[1];
    else {
      const path = paxPath ?? (prefix === "" ? named : `${prefix}/${named}`);
      paxPath = undefined;
      if (kind === "0" || kind === "") files.set(path.replace(/^[^/]*\//, ""), Buffer.from(archive.subarray(body, body + size)).toString("utf8"));
    }
    header = body + Math.ceil(size / blockBytes) * blockBytes;
  }
  return files;
}

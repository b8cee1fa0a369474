// Owns the rules about package.json, its lockfile and the documents that must follow the code. Reads no file itself.
import { createHash } from "node:crypto";

const groups = ["dependencies", "optionalDependencies", "devDependencies", "overrides"] as const;

/** Name and version of every package that the manifest names; nested overrides are flattened. */
export function declaredPackages(manifest: unknown): readonly (readonly [name: string, version: string])[] {
  return groups.flatMap((group) => flattened(recordOf(recordOf(manifest)[group])));
}

/** Two installs of one commit must be the same. */
export function checkPinned(manifest: unknown): readonly string[] {
  return declaredPackages(manifest)
    .filter(([, version]) => !/^\d+\.\d+\.\d+(?:-[\w.]+)?$/.test(version))
    .map(([name, version]) => `package.json pins ${name} to ${JSON.stringify(version)}: write one version`);
}

/** Packages of a scope that serve one purpose may share a line as `@scope/*`. */
export function checkReasons(manifest: unknown, architecture: string): readonly string[] {
  const explained = (name: string): boolean =>
    [name, `${name.split("/")[0] ?? ""}/*`].some((written) => architecture.includes(`\`${written}\``));
  return declaredPackages(manifest)
    .filter(([name]) => !explained(name))
    .map(([name]) => `ARCHITECTURE.md gives no reason for the dependency \`${name}\``);
}

/** Every package comes from the public registry. */
export function checkLockfile(lockfile: string): readonly string[] {
  const hosts = [...lockfile.matchAll(/"resolved":\s*"([^"]*)"/g)].map((match) => match[1] ?? "");
  return hosts
    .filter((url) => !url.startsWith("https://registry.npmjs.org/"))
    .map((url) => `package-lock.json takes a package from ${url.split("/").slice(0, 3).join("/")}`);
}

/** Changes whenever a message or its data does. */
export function protocolHash(sources: readonly string[]): string {
  return createHash("sha256").update(sources.join("\0")).digest("hex").slice(0, 16);
}

export function checkProtocol(documentation: string, hash: string): readonly string[] {
  const written = /<!-- protocol: (\w+) -->/.exec(documentation)?.[1];
  if (written === hash) return [];
  return [`docs/protocol.md describes ${written ?? "no version"}: read it against sidecar/protocol, then write <!-- protocol: ${hash} -->`];
}

function flattened(entries: Readonly<Record<string, unknown>>): readonly (readonly [string, string])[] {
  return Object.entries(entries).flatMap(([name, version]) =>
    typeof version === "string" ? [[name, version] as const] : flattened(recordOf(version)),
  );
}

function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}

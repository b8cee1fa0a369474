// Makes the VSIX of each platform: stages what .vscodeignore names with the engine of that platform, and has vsce pack it.
// `node package.mjs [--target linux-x64]…`; the files come to out/. Expects dist/ to be built; owns no other logic.
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, sep } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL(".", import.meta.url));
const out = join(root, "out");
const vsce = "@vscode/vsce@3.9.2";
const vsixMegabytesMax = 120;

/** What the Marketplace calls a platform, what npm calls it, and the package with its build of llama.cpp. */
const targets = {
  "linux-x64": { os: "linux", cpu: "x64", engine: "linux-x64" },
  "linux-arm64": { os: "linux", cpu: "arm64", engine: "linux-arm64" },
  "darwin-x64": { os: "darwin", cpu: "x64", engine: "mac-x64" },
  "darwin-arm64": { os: "darwin", cpu: "arm64", engine: "mac-arm64-metal" },
  "win32-x64": { os: "win32", cpu: "x64", engine: "win-x64" },
  "win32-arm64": { os: "win32", cpu: "arm64", engine: "win-arm64" },
};

const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
const lock = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8"));

/** Runs a command to its end; throws with what it said if it fails. */
function run(command, args, cwd) {
  // What an outer `npm run` exports (npm_config_…) would overrule the options given here.
  const env = Object.fromEntries(Object.entries(process.env).filter(([key]) => !key.toLowerCase().startsWith("npm_")));
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd, env, encoding: "utf8", shell: process.platform === "win32" });
  if (status !== 0) throw new Error(`${command} ${args.join(" ")} ended with ${status ?? error?.message}:\n${stderr}${stdout}`.trimEnd());
  return stdout;
}

/** The files that a pattern with `*` and `**` names, relative to the root. */
function filesNamed(pattern) {
  const folder = pattern.split("/").filter((part, index, parts) => !parts.slice(0, index + 1).join("/").includes("*") && index < parts.length - 1).join("/");
  const source = pattern.replaceAll(".", "\\.").replaceAll(/\*\*|\*/g, (stars) => (stars === "**" ? ".*" : "[^/]*"));
  if (!existsSync(join(root, folder))) return [];
  return readdirSync(join(root, folder), { recursive: pattern.includes("**") })
    .map((name) => join(folder, String(name)).split(sep).join("/"))
    .filter((path) => new RegExp(`^${source}$`).test(path) && statSync(join(root, path)).isFile());
}

/** Copies the files that .vscodeignore names, except packages: those are installed for the target. */
function copyShipped(stage) {
  const patterns = readFileSync(join(root, ".vscodeignore"), "utf8").split("\n")
    .filter((line) => line.startsWith("!") && !line.startsWith("!node_modules/") && line !== "!package.json")
    .map((line) => line.slice(1));
  for (const pattern of patterns) {
    const paths = filesNamed(pattern);
    if (paths.length === 0) throw new Error(`${pattern} of .vscodeignore names no file: run npm run build, or mend the line`);
    for (const path of paths) {
      mkdirSync(dirname(join(stage, path)), { recursive: true });
      cpSync(join(root, path), join(stage, path));
    }
  }
  cpSync(join(root, ".vscodeignore"), join(stage, ".vscodeignore"));
}

/** Only what isn't in the bundles is a dependency of the package: the foreign-function interface and one engine. */
function writeManifest(stage, engine) {
  const { devDependencies, scripts, optionalDependencies, bin, files, ...shipped } = manifest;
  const dependencies = { koffi: manifest.dependencies.koffi };
  // npm holds what is required against the machine it runs on, and only what is optional against the one it is told of.
  const engines = { [engine]: optionalDependencies[engine] };
  writeFileSync(join(stage, "package.json"), JSON.stringify({ ...shipped, dependencies, optionalDependencies: engines }, undefined, 2) + "\n");
}

/** Parts of the engine's package that node-llama-cpp loads and we don't; what is for a C library that the engine isn't built for; papers. */
const notNeeded = new RegExp(`(?:^|/)(?:${[
  "llama-addon\\.node", "(?:lib)?llama-common\\.[^/]*", "musl_[^/]*/koffi\\.node",
  "koffi/(?:CHANGELOG|README)\\.md", "koffi/index\\.d\\.ts", "koffi/cnoke\\.cjs",
].join("|")})$`);

/** Installs the packages of the target and holds their checksums against the lockfile, where it has them. */
function installFor(stage, { os, cpu }) {
  run("npm", ["install", `--os=${os}`, `--cpu=${cpu}`, "--libc=glibc", "--omit=dev", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"], stage);
  const installed = JSON.parse(readFileSync(join(stage, "package-lock.json"), "utf8")).packages;
  for (const [path, { integrity }] of Object.entries(installed)) {
    const locked = lock.packages[path]?.integrity;
    if (path === "" || locked === undefined || locked === integrity) continue;
    throw new Error(`${path} has the checksum ${integrity}, package-lock.json says ${locked}`);
  }
  const folder = join(stage, "node_modules");
  const surplus = readdirSync(folder, { recursive: true }).map(String).filter((name) => notNeeded.test(name.split(sep).join("/")));
  for (const name of surplus) rmSync(join(folder, name));
}

function packageFor(name) {
  const target = targets[name];
  const engine = `@node-llama-cpp/${target.engine}`;
  const stage = join(out, "stage", name);
  rmSync(stage, { recursive: true, force: true });
  mkdirSync(stage, { recursive: true });
  writeManifest(stage, engine);
  installFor(stage, target);
  if (!existsSync(join(stage, "node_modules", engine))) throw new Error(`npm has not installed ${engine}: the registry in use may lack it`);
  copyShipped(stage);
  const vsix = join(out, `${manifest.name}-${name}-${manifest.version}.vsix`);
  run("npx", ["--yes", vsce, "package", "--target", name, "--out", vsix, "--no-rewrite-relative-links"], stage);
  const megabytes = statSync(vsix).size / 1_000_000;
  if (vsixMegabytesMax < megabytes) throw new Error(`${vsix} has ${megabytes.toFixed(1)} MB, ${vsixMegabytesMax} are allowed`);
  console.log(`${name}: ${vsix}, ${megabytes.toFixed(1)} MB`);
}

const named = process.argv.flatMap((word, index) => (word === "--target" ? [process.argv[index + 1]] : []));
const unknown = named.filter((name) => targets[name] === undefined);
if (unknown.length > 0) {
  console.error(`no target ${unknown.join(", ")}: there are ${Object.keys(targets).join(", ")}`);
  process.exit(2);
}
for (const name of named.length > 0 ? named : Object.keys(targets)) {
  try {
    console.log(`${name} …`);
    packageFor(name);
  } catch (error) {
    console.error(`${name} was not made: ${error.message}`);
    process.exitCode = 1;
  }
}

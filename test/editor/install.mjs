// Owns getting a real VS Code for the editor tests: code-server (VS Code as a server) and the Node it needs, from npm,
// into .editor/ of this checkout. Knows nothing of the tests. Doing it again does nothing.
// `node test/editor/install.mjs` installs; the file .editor/installed.json then says where everything is.
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const codeServerVersion = "4.139.1";
const nodeVersion = "24.21.0";
const stepMsMax = 10 * 60_000;

const root = fileURLToPath(new URL("../..", import.meta.url));
/** Several checkouts can share one installation by naming it in the environment. */
const folder = process.env.PALIMPSEST_EDITOR ?? join(root, ".editor");
const stampPath = join(folder, "installed.json");

/** Installs what is missing; resolves with the content of the stamp, throws an Error that says what to do. */
export async function installEditor() {
  const present = readStamp();
  if (present !== undefined) return present;
  const nodePackage = `node-linux-${process.arch}`;
  if (process.platform !== "linux" || !["x64", "arm64"].includes(process.arch)) {
    throw new Error(
      `There is no ready-made code-server for ${process.platform}-${process.arch} on npm. ` +
        "Run the same suite in desktop VS Code instead: npm run test:desktop",
    );
  }
  const startedMs = Date.now();
  console.log(`Installing VS Code (code-server ${codeServerVersion}) into ${folder}: about a minute, 800 MB, once.`);
  mkdirSync(folder, { recursive: true });
  rmSync(stampPath, { force: true });
  writeFileSync(
    join(folder, "package.json"),
    JSON.stringify({
      name: "palimpsest-editor",
      private: true,
      dependencies: { "code-server": codeServerVersion, [nodePackage]: nodeVersion },
      allowScripts: { "code-server": false, argon2: false },
    }),
  );
  const node24 = join(folder, "node_modules", nodePackage);
  const vscode = join(folder, "node_modules/code-server/lib/vscode");
  const install = ["install", "--omit=dev", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
  await step(1, "code-server and Node 24", "npm", install, folder);
  await step(2, "the editor's own packages", "npm", install, vscode);
  await step(3, "its built-in extensions", "npm", install, join(vscode, "extensions"));
  await buildLogger(node24, vscode);
  const link = join(vscode, "bin/remote-cli/code-server");
  rmSync(link, { force: true });
  symlinkSync("code-linux.sh", link);
  const stamp = {
    codeServerVersion,
    nodeVersion,
    node: join(node24, "bin/node"),
    entry: join(folder, "node_modules/code-server/out/node/entry.js"),
  };
  writeFileSync(stampPath, JSON.stringify(stamp, undefined, 2) + "\n");
  console.log(`VS Code is installed (${seconds(startedMs)}).`);
  return stamp;
}

/** The stamp of a complete installation of these very versions, or undefined. */
function readStamp() {
  if (!existsSync(stampPath)) return undefined;
  const stamp = JSON.parse(readFileSync(stampPath, "utf8"));
  const current = stamp.codeServerVersion === codeServerVersion && stamp.nodeVersion === nodeVersion;
  return current && existsSync(stamp.node) && existsSync(stamp.entry) ? stamp : undefined;
}

/**
 * The one package that has to be compiled: without it VS Code runs, but extensions lose their log channels.
 * It is built for Node 24, whose headers stand in its package, whatever `nodedir` the user's npm names;
 * and with scripts on, whatever this checkout's .npmrc says.
 */
async function buildLogger(node24, vscode) {
  if (spawnSync("g++", ["--version"]).status !== 0 || spawnSync("make", ["--version"]).status !== 0) {
    console.log("[4/4] the logger: left out (needs g++ and make); extensions' log channels will stay empty.");
    return;
  }
  const environment = { PATH: `${join(node24, "bin")}:${process.env.PATH}`, npm_config_nodedir: node24 };
  const rebuild = ["rebuild", "@vscode/spdlog", "--ignore-scripts=false", "--loglevel=error"];
  await step(4, "the logger (compiled)", "npm", rebuild, vscode, environment);
  const check = `require(${JSON.stringify(join(vscode, "node_modules/@vscode/spdlog"))})`;
  if (spawnSync(join(node24, "bin/node"), ["-e", check]).status !== 0) {
    throw new Error("VS Code's logger was compiled but does not load. Remove .editor/ and try again.");
  }
}

/** Runs one command to its end with a dot every three seconds; throws with its output if it fails or never ends. */
async function step(number, name, command, args, cwd, environment = {}) {
  const startedMs = Date.now();
  process.stdout.write(`[${number}/4] ${name} .`);
  const dots = setInterval(() => process.stdout.write("."), 3_000);
  // What an outer `npm run` exports (npm_config_…) would overrule the options given here.
  const inherited = Object.entries(process.env).filter(([key]) => !key.toLowerCase().startsWith("npm_"));
  const child = spawn(command, args, {
    cwd,
    env: { ...Object.fromEntries(inherited), ...environment },
    stdio: ["ignore", "pipe", "pipe"],
    timeout: stepMsMax,
    killSignal: "SIGKILL",
  });
  let output = "";
  child.stdout.on("data", (chunk) => (output += chunk));
  child.stderr.on("data", (chunk) => (output += chunk));
  const status = await new Promise((resolve) => {
    child.once("error", (error) => {
      output += error.message;
      resolve(-1);
    });
    child.once("close", (code, signal) => resolve(code ?? signal));
  });
  clearInterval(dots);
  console.log(status === 0 ? ` ${seconds(startedMs)}` : " FAILED");
  if (status !== 0) throw new Error(`${command} ${args.join(" ")} (in ${cwd}) ended with ${status}:\n${output}`);
}

function seconds(sinceMs) {
  return `${((Date.now() - sinceMs) / 1000).toFixed(1)} s`;
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  try {
    await installEditor();
  } catch (error) {
    console.error(error.message);
    process.exitCode = 1;
  }
}

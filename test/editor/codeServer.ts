// Owns a running VS Code server in a temporary folder: its settings, its extensions, its port and its end.
// Knows nothing of browsers. Everything that it started has ended when stop() is done, or when this process dies.
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { condition } from "./condition";

const startMsMax = 60_000;
const stopMsMax = 10_000;

type Settings = Readonly<Record<string, unknown>>;

export interface CodeServerOptions {
  /** Extension folders, each holding a package.json; they are installed under their map key. */
  readonly extensions?: Readonly<Record<string, string>>;
  /** A folder for installed extensions that exists already; by default a new one. */
  readonly extensionsFolder?: string;
  readonly settings?: Settings;
  /** Settings of the machine: see setForMachine. */
  readonly machineSettings?: Settings;
  readonly environment?: Readonly<Record<string, string>>;
  readonly arguments?: readonly string[];
  /** Whether the editor asks which folders are trusted; by default all are. */
  readonly workspaceTrust?: boolean;
}

export interface CodeServer {
  readonly port: number;
  /** The process group of all that it starts, extension hosts and their children included. */
  readonly group: number;
  readonly folder: string;
  readonly logPath: string;
  stop(): Promise<void>;
}

/** What keeps VS Code from greeting, updating and telling, and nothing that changes how suggestions behave. */
const quietSettings = {
  "security.workspace.trust.enabled": false,
  "telemetry.telemetryLevel": "off",
  "workbench.startupEditor": "none",
  "workbench.secondarySideBar.defaultVisibility": "hidden",
  "workbench.tips.enabled": false,
  // What starts late takes the keyboard for a moment: that must not close the palette.
  "workbench.quickOpen.closeOnFocusLost": false,
  "extensions.autoCheckUpdates": false,
  "extensions.autoUpdate": false,
  "extensions.ignoreRecommendations": true,
  "update.mode": "none",
  "chat.disableAIFeatures": true,
  "typescript.disableAutomaticTypeAcquisition": true,
  "npm.autoDetect": "off",
  "git.enabled": false,
  // The server saves by itself otherwise, and never shows that a file is unsaved.
  "files.autoSave": "off",
  "files.simpleDialog.enable": true,
};

export async function startCodeServer(options: CodeServerOptions = {}): Promise<CodeServer> {
  const installed = readInstallation();
  const folder = mkdtempSync(join(tmpdir(), "palimpsest-editor-"));
  const extensionsFolder = options.extensionsFolder ?? join(folder, "extensions");
  const userFolder = join(folder, "user");
  mkdirSync(join(userFolder, "User"), { recursive: true });
  mkdirSync(extensionsFolder, { recursive: true });
  writeFileSync(join(folder, "config.yaml"), "");
  const trust = options.workspaceTrust === true ? { "security.workspace.trust.enabled": true, "security.workspace.trust.startupPrompt": "never" } : {};
  writeFileSync(join(userFolder, "User/settings.json"), JSON.stringify({ ...quietSettings, ...trust, ...options.settings }));
  if (options.machineSettings !== undefined) setForMachine({ folder }, options.machineSettings);
  for (const [name, target] of Object.entries(options.extensions ?? {})) symlinkSync(target, join(extensionsFolder, name));

  const logPath = join(folder, "server.log");
  const log = openSync(logPath, "a");
  const endWithStarter = join(process.cwd(), "test/editor/endWithStarter.mjs");
  const flags = [
    ["--config", join(folder, "config.yaml")],
    ["--bind-addr", "127.0.0.1:0"],
    ["--auth", "none"],
    ["--user-data-dir", userFolder],
    ["--extensions-dir", extensionsFolder],
    ["--disable-telemetry", "--disable-update-check"],
    options.workspaceTrust === true ? [] : ["--disable-workspace-trust"],
    ["--disable-getting-started-override", "--disable-proxy"],
    options.arguments ?? [],
  ].flat();
  const child = spawn(process.execPath, [endWithStarter, installed.node, installed.entry, ...flags], {
    detached: true,
    stdio: ["pipe", log, log],
    env: {
      ...process.env,
      // The user's own VS Code settings are neither read nor written, and no gallery is asked.
      HOME: folder,
      XDG_DATA_HOME: join(folder, "data"),
      XDG_CONFIG_HOME: join(folder, "configuration"),
      EXTENSIONS_GALLERY: '{"serviceUrl":"","itemUrl":"","resourceUrlTemplate":"","controlUrl":"","recommendationsUrl":""}',
      ...options.environment,
    },
  });
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const stop = async (): Promise<void> => {
    child.stdin?.destroy();
    let timer: NodeJS.Timeout | undefined;
    const tooLong = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error(`code-server did not end within ${stopMsMax} ms`)), stopMsMax);
    });
    await Promise.race([ended, tooLong]).finally(() => clearTimeout(timer));
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  };
  try {
    const port = await condition("code-server answers", startMsMax, () => {
      if (child.exitCode !== null || child.signalCode !== null) {
        throw new Error(`code-server ended before it answered:\n${readFileSync(logPath, "utf8")}`);
      }
      return listeningPort(readFileSync(logPath, "utf8"));
    });
    // A program that answers has a process id.
    return { port, group: child.pid ?? 0, folder, logPath, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** In a window of a remote machine, as here, settings of the machine stand beside the user's; no folder can set them. */
export function setForMachine({ folder }: Pick<CodeServer, "folder">, settings: Settings): void {
  const machineFolder = join(folder, "user/Machine");
  mkdirSync(machineFolder, { recursive: true });
  writeFileSync(join(machineFolder, "settings.json"), JSON.stringify(settings));
}

/** The address of the workbench with `folder` open and `file` in the first editor. `payload` is VS Code's own. */
export function workbenchUrl(
  server: CodeServer,
  open: {
    readonly folder?: string;
    readonly workspace?: string;
    readonly file?: string;
    readonly payload?: readonly (readonly [string, string])[];
  },
): string {
  const url = new URL(`http://127.0.0.1:${server.port}/`);
  if (open.workspace !== undefined) url.searchParams.set("workspace", open.workspace);
  if (open.folder !== undefined) url.searchParams.set("folder", open.folder);
  const payload = [...(open.payload ?? [])];
  if (open.file !== undefined) payload.push(["openFile", remoteUri(server, open.file)]);
  if (payload.length > 0) url.searchParams.set("payload", JSON.stringify(payload));
  return url.toString();
}

/** What the workbench in the browser calls a path of the server's machine. */
export function remoteUri(server: CodeServer, path: string): string {
  return `vscode-remote://127.0.0.1:${server.port}${path}`;
}

interface Installation {
  readonly node: string;
  readonly entry: string;
}

export function installationPath(): string {
  return join(process.env["PALIMPSEST_EDITOR"] ?? join(process.cwd(), ".editor"), "installed.json");
}

function readInstallation(): Installation {
  // Written by install.mjs, which this file trusts.
  return JSON.parse(readFileSync(installationPath(), "utf8")) as Installation;
}

function listeningPort(log: string): number | undefined {
  const match = /HTTP server listening on http:\/\/127\.0\.0\.1:(\d+)/.exec(log);
  return match?.[1] === undefined ? undefined : Number(match[1]);
}

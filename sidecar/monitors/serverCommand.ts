// Owns what a process is made with for a language server's program: the program itself, Node for a script of Node's, and on
// Windows its shell for a shell script, which can't be run otherwise. Starts nothing.
import { isNodeScript, type ServerProgram } from "./serverProgram";

export interface ServerCommand {
  readonly file: string;
  readonly arguments: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  /** Whether the arguments are one command line that must reach the program as it stands. */
  readonly isVerbatim: boolean;
}

export interface CommandSystem {
  readonly platform: NodeJS.Platform;
  /** Node's own program, or the editor's. */
  readonly execPath: string;
  readonly env: NodeJS.ProcessEnv;
}

export function serverCommand({ file, arguments: args }: Pick<ServerProgram, "file" | "arguments">, system: CommandSystem): ServerCommand {
  const { platform, execPath, env } = system;
  if (isNodeScript(file)) {
    // The editor's own program is Electron: the variable makes it plain Node.
    return { file: execPath, arguments: [file, ...args], env: { ...env, ELECTRON_RUN_AS_NODE: "1" }, isVerbatim: false };
  }
  if (platform !== "win32" || !/\.(?:cmd|bat)$/i.test(file)) return { file, arguments: args, env, isVerbatim: false };
  const line = [escapeForShell(file), ...args.map((arg) => escapeForShell(escapeForShell(quoted(arg))))].join(" ");
  return { file: env["ComSpec"] ?? env["comspec"] ?? "cmd.exe", arguments: ["/d", "/s", "/c", `"${line}"`], env, isVerbatim: true };
}

/** As a program of Windows takes its command line apart again: backslashes count double before a quote. */
function quoted(argument: string): string {
  return `"${argument.replace(/(\\*)"/g, '$1$1\\"').replace(/(\\*)$/, "$1$1")}"`;
}

/** The shell takes nothing of it for its own. Arguments need it twice: a script hands them to a program through the shell again. */
function escapeForShell(text: string): string {
  return text.replace(/[()\][%!^"`<>&|;, *?]/g, "^$&");
}

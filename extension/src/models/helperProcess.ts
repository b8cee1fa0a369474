// Owns a program of ours that is run once, with lines of output and an end: started, listened to, ended when nobody wants it.
// Knows neither what it does nor the editor.
import { spawn } from "node:child_process";

export interface HelperRun {
  /** Settles with the last of what it said on standard error, and whether it ended well. */
  readonly ended: Promise<{ readonly ok: boolean; readonly lastWords: string }>;
  stop(): void;
}

const lastWordsMax = 600;

/** @param firstLine what it is to read, for what must not stand among the arguments; its input stays open while somebody wants it */
export function runHelper(script: string, args: readonly string[], onLine: (line: string) => void, firstLine?: string): HelperRun {
  // The editor's own program is Electron: the variable makes it plain Node.
  const env = { ...process.env, ELECTRON_RUN_AS_NODE: "1" };
  const child = spawn(process.execPath, [script, ...args], { env, stdio: ["pipe", "pipe", "pipe"], windowsHide: true });
  let rest = "";
  let lastWords = "";
  child.stdin.on("error", () => undefined);
  if (firstLine !== undefined) child.stdin.write(`${firstLine}\n`);
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    const lines = (rest + chunk).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) onLine(line);
  });
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => (lastWords = (lastWords + chunk).slice(-lastWordsMax)));
  const ended = new Promise<{ ok: boolean; lastWords: string }>((resolve) => {
    child.once("error", (error) => resolve({ ok: false, lastWords: error.message }));
    child.once("close", (code) => resolve({ ok: code === 0, lastWords: lastWords.trim().split("\n").at(-1) ?? "" }));
  });
  return { ended, stop: () => void child.kill("SIGKILL") };
}

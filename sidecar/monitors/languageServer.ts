// Owns the life of one language server: started in the background, greeted, watched, started again with a pause, ended with
// all that it started. Knows how to make a process; what is asked of it is serverQuestions.ts's.
import { type ChildProcess, spawn } from "node:child_process";
import { homedir } from "node:os";
import { join } from "node:path";
import type { Clock } from "../base/clock";
import { limits } from "../base/limits";
import { NoAnswer, ServerConversation, type Schedule } from "./serverConversation";
import { ServerDocuments } from "./serverDocuments";
import type { OrphanWatch } from "./orphanWatch";
import { RestartPause } from "./restartPause";
import { serverCommand } from "./serverCommand";
import type { ServerProgram } from "./serverProgram";

export type ServerState =
  | { readonly kind: "starting" }
  | { readonly kind: "ready"; readonly pid: number }
  | { readonly kind: "waiting"; readonly reason: string; readonly delayMs: number }
  /** It is not started again. */
  | { readonly kind: "failed"; readonly reason: string }
  | { readonly kind: "stopped" };

export interface WorkspaceFolder {
  readonly uri: string;
  readonly name: string;
}

export interface LanguageServerParts {
  readonly program: ServerProgram;
  readonly folders: readonly WorkspaceFolder[];
  readonly clock: Clock;
  readonly schedule: Schedule;
  readonly orphans: OrphanWatch;
  /** Something that a person may want to know. */
  readonly log: (message: string) => void;
  /** It has been greeted: what it should know can be said. */
  readonly onReady: () => void;
}

/** One process from its start to its end. */
export interface ServerRun {
  readonly conversation: ServerConversation;
  readonly documents: ServerDocuments;
}
interface Run extends ServerRun {
  readonly child: ChildProcess;
  readonly ended: Promise<void>;
  readonly startedMs: number;
  /** The end of what it said on standard error. */
  lastWords: string;
  answered: boolean;
}

const lastWordsUtf16 = 300;

export class LanguageServer {
  private current: ServerState = { kind: "stopped" };
  private run: Run | undefined;
  private cancelRestart: (() => void) | undefined;
  private readonly pause = new RestartPause();
  private restartCount = 0;

  constructor(private readonly parts: LanguageServerParts) {}

  get name(): string {
    return this.parts.program.name;
  }
  get program(): ServerProgram {
    return this.parts.program;
  }
  get state(): ServerState {
    return this.current;
  }
  get restarts(): number {
    return this.restartCount;
  }

  /** What can be asked; undefined while it starts or is down. */
  ready(): ServerRun | undefined {
    return this.current.kind === "ready" ? this.run : undefined;
  }

  start(): void {
    if (this.current.kind === "stopped") this.launch();
  }

  /** Settles when its process is gone: asked first, then killed with all that it started. */
  async stop(): Promise<void> {
    this.cancelRestart?.();
    const run = this.run;
    this.run = undefined;
    this.current = { kind: "stopped" };
    if (run === undefined) return;
    run.conversation.notify("exit", undefined);
    run.conversation.close("is being stopped");
    run.child.stdin?.end();
    await Promise.race([run.ended, new Promise<void>((resolve) => void this.parts.schedule(limits.monitorStopMs, resolve))]);
    kill(run.child);
    await run.ended;
  }

  private launch(): void {
    this.current = { kind: "starting" };
    let child: ChildProcess;
    try {
      child = startProcess(this.parts.program);
    } catch (error) {
      return this.fall(`could not be started: ${messageOf(error)}`, 0);
    }
    const { stdin, stdout } = child;
    if (stdin === null || stdout === null) return this.fall("has no pipes", 0);
    const conversation = new ServerConversation({
      input: stdin,
      output: stdout,
      clock: this.parts.clock,
      schedule: this.parts.schedule,
      configuration: this.parts.program.manner.configuration,
      folders: this.parts.folders,
      over: (reason) => this.end(run, reason),
    });
    const documents = new ServerDocuments((method, params) => conversation.notify(method, params));
    const ended = this.watch(child, (reason) => this.end(run, reason));
    const run: Run = { child, conversation, documents, ended, startedMs: this.parts.clock.nowMs(), lastWords: "", answered: false };
    this.run = run;
    child.stderr?.setEncoding("utf8");
    child.stderr?.on("data", (text: string) => (run.lastWords = (run.lastWords + text).slice(-lastWordsUtf16)));
    if (child.pid !== undefined) this.parts.orphans.guard(child.pid);
    void this.greet(run);
  }

  /** Settles when the process is gone, whatever the cause. */
  private watch(child: ChildProcess, over: (reason: string) => void): Promise<void> {
    return new Promise((resolve) => {
      child.once("error", (error) => {
        if (child.pid !== undefined) return;
        // Without a pid there is no process, and no exit will be told.
        resolve();
        over(`could not be started: ${error.message}`);
      });
      child.once("exit", (code, signal) => {
        // What it started must not stay behind it.
        kill(child);
        if (child.pid !== undefined) this.parts.orphans.release(child.pid);
        resolve();
        over(signal === null ? `ended with code ${code ?? 0}` : `was ended by ${signal}`);
      });
    });
  }

  private async greet(run: Run): Promise<void> {
    try {
      const hello = await run.conversation.request("initialize", initializeParams(this.parts.folders), limits.monitorStartMs);
      if (this.run !== run) return;
      run.documents.sync = syncOf(hello);
      run.answered = true;
      run.conversation.notify("initialized", {});
      this.current = { kind: "ready", pid: run.child.pid ?? 0 };
      this.parts.onReady();
    } catch (error) {
      if (!(error instanceof NoAnswer)) throw error;
      this.end(run, error.message);
    }
  }

  /** The first reason stands. */
  private end(run: Run, reason: string): void {
    if (this.run !== run) return;
    this.run = undefined;
    run.conversation.close(reason);
    kill(run.child);
    const lastLine = run.lastWords.trim().split("\n").at(-1) ?? "";
    this.fall(lastLine === "" ? reason : `${reason} (${lastLine})`, run.answered ? this.parts.clock.nowMs() - run.startedMs : 0);
  }

  private fall(reason: string, ranMs: number): void {
    const delayMs = this.pause.afterFall(ranMs);
    this.parts.log(`The language server ${this.name} ${reason}; it is ${delayMs === undefined ? "not started again" : `started again in ${delayMs} ms`}.`);
    if (delayMs === undefined) {
      this.current = { kind: "failed", reason };
      return;
    }
    this.current = { kind: "waiting", reason, delayMs };
    this.cancelRestart = this.parts.schedule(delayMs, () => {
      this.restartCount += 1;
      this.launch();
    });
  }
}

/** The head of a process group of its own where there are such; never in a folder of the workspace, in which some look for programs. */
function startProcess(program: ServerProgram): ChildProcess {
  const { file, arguments: args, env, isVerbatim } = serverCommand(program, process);
  return spawn(file, [...args], {
    cwd: homedir(),
    stdio: ["pipe", "pipe", "pipe"],
    detached: process.platform !== "win32",
    windowsHide: true,
    windowsVerbatimArguments: isVerbatim,
    env,
  });
}

/** With all that it started. */
function kill(child: ChildProcess): void {
  if (child.pid === undefined) return;
  if (process.platform === "win32") {
    // A shell that runs a script would leave what it runs behind. Where that program is missing, the head alone is ended.
    if (child.exitCode === null && child.signalCode === null) {
      const taskkill = join(process.env["SystemRoot"] ?? "C:\\Windows", "System32", "taskkill.exe");
      spawn(taskkill, ["/pid", String(child.pid), "/T", "/F"], { stdio: "ignore", windowsHide: true }).on("error", () => child.kill("SIGKILL"));
    }
    return;
  }
  try {
    process.kill(-child.pid, "SIGKILL");
  } catch {
    // The group is gone.
  }
}

function initializeParams(folders: readonly WorkspaceFolder[]): object {
  return {
    processId: process.pid,
    clientInfo: { name: "palimpsest" },
    rootUri: folders[0]?.uri ?? null,
    workspaceFolders: folders.length === 0 ? null : folders,
    capabilities: {
      general: { positionEncodings: ["utf-16"] },
      workspace: { configuration: true, workspaceFolders: true },
      textDocument: {
        completion: { completionItem: { snippetSupport: false, insertReplaceSupport: false }, contextSupport: true },
        signatureHelp: { signatureInformation: { parameterInformation: { labelOffsetSupport: true } } },
        hover: { contentFormat: ["plaintext"] },
        definition: {},
      },
    },
  };
}

function syncOf(hello: unknown): "incremental" | "full" {
  const incremental = 2;
  const sync = fieldOf(fieldOf(hello, "capabilities"), "textDocumentSync");
  return sync === incremental || fieldOf(sync, "change") === incremental ? "incremental" : "full";
}

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? (value as Readonly<Record<string, unknown>>)[name] : undefined;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

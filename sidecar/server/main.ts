// Owns the composition: reads the flags, chooses the engine, joins connection, dispatch and engine thread, and ends them.
// The same bundle is the engine thread's program: there, this file only hands over to engineWorker.ts.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import { version } from "../../package.json";
import { realClock } from "../base/clock";
import type { PositionEncoding } from "../session/events";
import { ClientProcess } from "./clientProcess";
import { ipcChannel, serve, stdioChannel } from "./connection";
import { Dispatch } from "./dispatch";
import { type EngineThreadConfig, statusAtStart } from "./engineMessages";
import { EngineThread } from "./engineThread";
import { type OpenSessions, runEngineWorker } from "./engineWorker";
import { helpText, parseFlags, type ServeFlags } from "./flags";
import { Interrupts } from "./interrupts";

const embeddedModel = join(__dirname, "..", "sidecar", "models", "palimpsest-nano-50m-q8_0.gguf");

const openSessions: OpenSessions = (config) => {
  if (!existsSync(config.modelPath)) throw new Error(`The model ${config.modelPath} is not there. Give the path of a GGUF file with --model.`);
  throw new Error("This build has no engine.");
};

/** One server from its first message to its end. */
class Server {
  private engine: EngineThread | undefined;
  private isEnding = false;
  private readonly client = new ClientProcess(() => this.end(1));
  private readonly dispatch: { current: Dispatch | undefined } = { current: undefined };

  constructor(private readonly flags: ServeFlags) {}

  start(): void {
    if (this.flags.clientProcessId !== undefined) this.client.watch(this.flags.clientProcessId);
    this.endWithChannel();
    const channel = this.flags.transport === "stdio" ? stdioChannel(process.stdin, process.stdout) : ipcChannel();
    const life = {
      begin: (params: { readonly processId: number | undefined }, encoding: PositionEncoding) => {
        if (params.processId !== undefined) this.client.watch(params.processId);
        this.startEngine(encoding);
      },
      end: (exitCode: number) => this.end(exitCode),
    };
    serve(channel, version, life, (outward) => {
      const dispatch = new Dispatch(() => this.mustHaveEngine(), outward, realClock, this.flags.policy);
      this.dispatch.current = dispatch;
      return dispatch;
    }, (line) => process.stderr.write(`palimpsest: ${line}\n`));
  }

  private startEngine(positionEncoding: PositionEncoding): void {
    const interrupts = new Interrupts();
    const { contextTokens, threads, policy, verify } = this.flags;
    const modelPath = this.flags.modelPath ?? embeddedModel;
    const config: EngineThreadConfig = { modelPath, contextTokens, threads, policy, verify, positionEncoding, interrupts: interrupts.buffer, timeOriginMs: performance.timeOrigin };
    const worker = new Worker(__filename, { workerData: config, stdout: true });
    // Standard output belongs to LSP: what a library prints on the engine thread goes to the log.
    worker.stdout.pipe(process.stderr);
    const status = statusAtStart(modelPath, contextTokens, threads);
    const { current: dispatch } = this.dispatch;
    if (dispatch === undefined) throw new Error("a dispatch is there before the connection listens");
    this.engine = new EngineThread(worker, interrupts, status, dispatch);
    dispatch.modelStatus(status);
  }

  private mustHaveEngine(): EngineThread {
    if (this.engine === undefined) throw new Error("no message but initialize comes before initialize");
    return this.engine;
  }

  private endWithChannel(): void {
    const gone = () => this.end(1);
    if (this.flags.transport === "stdio") {
      process.stdin.on("end", gone);
      process.stdin.on("close", gone);
      process.stdout.on("error", gone);
    } else process.on("disconnect", gone);
    process.on("SIGTERM", gone);
    process.on("uncaughtException", (error) => {
      process.stderr.write(`palimpsest: ${error.stack ?? error.message}\n`);
      this.end(1);
    });
  }

  /** Ends the engine thread, then the process; the process in any case, since a native call can't be stopped from here. */
  private end(exitCode: number): void {
    if (this.isEnding) return;
    this.isEnding = true;
    const closed = this.engine?.close() ?? Promise.resolve(true);
    void closed.then((inTime) => {
      if (inTime) process.exit(exitCode);
      process.kill(process.pid, "SIGKILL");
    });
  }
}

function main(): void {
  const command = parseFlags(process.argv.slice(2));
  switch (command.kind) {
    case "help":
      process.stdout.write(helpText);
      return;
    case "version":
      process.stdout.write(`${version}\n`);
      return;
    case "bad":
      process.stderr.write(`${command.message}\n`);
      process.exitCode = 2;
      return;
    case "probeLibrary":
      process.stderr.write(`--probe-library ${command.folder}: this build has no engine.\n`);
      process.exitCode = 1;
      return;
    case "serve":
      new Server(command.flags).start();
      return;
  }
}

if (isMainThread) main();
else if (parentPort !== null) void runEngineWorker(parentPort, workerData as EngineThreadConfig, openSessions);

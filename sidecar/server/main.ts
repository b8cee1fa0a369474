#!/usr/bin/env node
// Owns the composition: reads the flags, chooses the engine, joins connection, dispatch and engine thread, and ends them.
// The same bundle is the engine thread's program: there, this file only hands over to engineWorker.ts.
import { join } from "node:path";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import { type Grammar, Grammars } from "../../grammars/grammars";
import { version } from "../../package.json";
import { setVerify } from "../base/invariants";
import { realClock } from "../base/clock";
import { locateLibrary, openFolder } from "../engine/llama/library";
import { openLlamaEngine } from "../engine/llama/llamaEngine";
import { probeLibrary, runProbe } from "../engine/llama/probe";
import type { ModelStatus } from "../protocol/data";
import type { PositionEncoding } from "../session/events";
import { createSessions } from "../session/sessions";
import { ClientWatch } from "./clientWatch";
import { ipcChannel, serve, stdioChannel } from "./connection";
import { Dispatch } from "./dispatch";
import type { EngineThreadConfig } from "./engineMessages";
import { EngineThread } from "./engineThread";
import { type OpenSessions, runEngineWorker } from "./engineWorker";
import { helpText, parseFlags, type ServeFlags } from "./flags";
import { Interrupts } from "./interrupts";
import { statusAtStart } from "./modelStatus";

const embeddedModel = join(__dirname, "..", "sidecar", "models", "palimpsest-nano-50m-q8_0.gguf");

/** llama.cpp with the model that the flags name. The library is tried in a child process first: a broken one ends its process. */
const openSessions: OpenSessions = async (config, watch) => {
  const library = config.libraryFolder === undefined ? locateLibrary(__dirname, config.gpu) : openFolder(config.libraryFolder);
  await probeLibrary(library, __filename);
  watch.progress(0.1);
  setVerify(config.verify);
  const threads = config.threads === undefined ? {} : { threadsMax: config.threads };
  const engine = openLlamaEngine({ library, modelPath: config.modelPath, contextLength: config.contextTokens, ...threads });
  const { modelName, shift } = engine.capabilities;
  const status = (): ModelStatus => ({
    state: { kind: "ready" },
    name: modelName,
    path: config.modelPath,
    // It falls where memory runs short.
    contextLength: engine.capabilities.contextLength,
    shiftRefusal: shift.kind === "fixed" ? shift.reason : undefined,
    threads: engine.threads,
  });
  const grammars = grammarSource(new Grammars(join(__dirname, "grammars"), watch.trouble));
  const sessions = createSessions(engine, {
    policy: config.policy,
    encoding: config.positionEncoding,
    modelStatus: status,
    grammars,
    completionTokensMax: config.completionTokens,
    repetitionPenalty: config.repetitionPenalty,
  });
  return { sessions, status: status(), close: () => engine.close() };
};

/** A grammar is loaded when a document first asks for it, and is at hand from the next time on. */
function grammarSource(grammars: Grammars): (languageId: string) => Grammar | undefined {
  const loaded = new Map<string, Grammar | undefined>();
  return (languageId) => {
    if (!loaded.has(languageId)) {
      loaded.set(languageId, undefined);
      void grammars.load(languageId).then((grammar) => loaded.set(languageId, grammar));
    }
    return loaded.get(languageId);
  };
}

/** One server from its first message to its end. */
class Server {
  private engine: EngineThread | undefined;
  private isEnding = false;
  private exitCodeWhenGone = 1;
  private readonly client = new ClientWatch(() => this.end(this.exitCodeWhenGone));
  private readonly dispatch: { current: Dispatch | undefined } = { current: undefined };

  constructor(private readonly flags: ServeFlags) {}

  start(): void {
    if (this.flags.clientProcessId !== undefined) this.client.watchProcess(this.flags.clientProcessId);
    this.client.watchChannel(this.flags.transport);
    this.endWithSignals();
    const channel = this.flags.transport === "stdio" ? stdioChannel(process.stdin, process.stdout) : ipcChannel();
    const life = {
      begin: (params: { readonly processId: number | undefined }, encoding: PositionEncoding) => {
        if (params.processId !== undefined) this.client.watchProcess(params.processId);
        this.startEngine(encoding);
      },
      shutDown: () => {
        this.exitCodeWhenGone = 0;
      },
      end: (exitCode: number) => this.end(exitCode),
    };
    serve(channel, version, life, (outward) => {
      const dispatch = new Dispatch(() => this.mustHaveEngine(), outward, realClock, this.flags.policy);
      this.dispatch.current = dispatch;
      return dispatch;
    });
  }

  private startEngine(positionEncoding: PositionEncoding): void {
    const interrupts = new Interrupts();
    const { contextTokens, threads, completionTokens, policy, repetitionPenalty, verify, libraryFolder, gpu } = this.flags;
    const modelPath = this.flags.modelPath ?? embeddedModel;
    const shared = { interrupts: interrupts.buffer, timeOriginMs: performance.timeOrigin };
    const wishes = { contextTokens, threads, completionTokens, policy, repetitionPenalty, verify };
    const config: EngineThreadConfig = { modelPath, libraryFolder, gpu, positionEncoding, ...wishes, ...shared };
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

  private endWithSignals(): void {
    process.on("SIGTERM", () => this.end(this.exitCodeWhenGone));
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
      process.exitCode = runProbe(command.folder);
      return;
    case "serve":
      new Server(command.flags).start();
      return;
  }
}

if (isMainThread) main();
else if (parentPort !== null) void runEngineWorker(parentPort, workerData as EngineThreadConfig, openSessions);

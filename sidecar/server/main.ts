#!/usr/bin/env node
// Owns the composition: reads the flags, chooses the engine, joins connection, dispatch and engine thread, and ends them.
// The same bundle is the engine thread's program: there, this file only hands over to engineWorker.ts.
import { statSync } from "node:fs";
import { join } from "node:path";
import { isMainThread, MessageChannel, parentPort, Worker, workerData } from "node:worker_threads";
import { Grammars } from "../../grammars/grammars";
import { version } from "../../package.json";
import { setVerify } from "../base/invariants";
import { limits } from "../base/limits";
import { realClock } from "../base/clock";
import { type LibraryFiles, locateLibrary, openFolder } from "../engine/llama/library";
import { openLlamaEngine } from "../engine/llama/llamaEngine";
import { probeLibrary, runProbe } from "../engine/llama/probe";
import { openLibrary } from "../engine/llama/symbols";
import { MonitorService } from "../monitors/monitorService";
import { readMonitorSettings } from "../monitors/monitorSettings";
import type { ModelStatus } from "../protocol/data";
import { engineFolderName } from "../protocol/engineFolder";
import type { InitializeParams } from "../protocol/validate";
import type { PositionEncoding } from "../session/events";
import { createSessions } from "../session/sessions";
import { suggestsAlike, type Tuning } from "../session/tuning";
import { ClientWatch } from "./clientWatch";
import { ClientSettings } from "./clientSettings";
import { type AskMembers, ipcChannel, serve, stdioChannel } from "./connection";
import { Dispatch, type EngineSide } from "./dispatch";
import { EngineHost, type EngineHostParts, type StandIn } from "./engineHost";
import type { EngineSetup, EngineThreadConfig } from "./engineMessages";
import { EngineThread } from "./engineThread";
import { type OpenSessions, runEngineWorker } from "./engineWorker";
import { helpText, parseFlags, type ServeFlags } from "./flags";
import { grammarSource } from "./grammarSource";
import { Interrupts } from "./interrupts";
import { measure } from "./measure";
import { MemberBudget } from "./memberBudget";
import { statusAtStart } from "./modelStatus";
import { MonitoredEngine, restingWith } from "./monitoredEngine";

const embeddedModel = join(__dirname, "..", "sidecar", "models", "palimpsest-nano-50m-q8_0.gguf");

function libraryOf({ libraryFolder, enginesFolder, gpu }: Pick<EngineSetup, "libraryFolder" | "enginesFolder" | "gpu">): LibraryFiles {
  const fetched = enginesFolder === undefined ? undefined : join(enginesFolder, engineFolderName(gpu));
  return libraryFolder === undefined ? locateLibrary(__dirname, gpu, process, fetched) : openFolder(libraryFolder);
}

/** llama.cpp with the model that the flags name. The library is tried in a child process first: a broken one ends its process. */
const openSessions: OpenSessions = async (config, watch) => {
  const library = libraryOf(config);
  await probeLibrary(library, __filename);
  watch.progress(0.1);
  setVerify(config.verify);
  let { tuning } = config;
  const { modelPath, contextTokens: contextLength, memoryBytesMax } = config;
  const bounds = { ...(memoryBytesMax === undefined ? {} : { memoryBytesMax }), ...(tuning.threadsMax === undefined ? {} : { threadsMax: tuning.threadsMax }) };
  const goesOn = (fraction: number): boolean => {
    watch.progress(0.1 + 0.8 * fraction);
    return !watch.ending();
  };
  const engine = openLlamaEngine({ library, modelPath, contextLength, goesOn, ...bounds });
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
    tuning: () => tuning,
    drafts: config.drafts,
    members: watch.members,
    memberBudgetMs: watch.memberBudgetMs,
  });
  const tune = (next: Tuning): void => {
    if (!suggestsAlike(tuning, next)) sessions.forgetSuggestions();
    tuning = next;
    engine.setThreadsMax(next.threadsMax);
  };
  return { sessions, status: status(), tune, giveMemoryBack: openLibrary(library).giveMemoryBack, close: () => engine.close() };
};

/** Without its graphics card first, then the embedded model: one that completes less well is better than none. */
function standInFor(setup: EngineSetup): StandIn | undefined {
  if (setup.libraryFolder === undefined && setup.gpu !== "cpu") return { setup: { ...setup, gpu: "cpu" }, told: "The processor computes instead." };
  if (setup.modelPath === embeddedModel) return undefined;
  return { setup: { ...setup, modelPath: embeddedModel }, told: "The embedded model serves instead, on the processor." };
}

/** Waiting for it keeps nothing alive. */
function scheduleAside(delayMs: number, action: () => void): () => void {
  const timer = setTimeout(action, delayMs);
  timer.unref();
  return () => clearTimeout(timer);
}

/** What a client's settings say of the monitor. */
function monitorIn(settings: unknown): unknown {
  return typeof settings === "object" && settings !== null && "monitor" in settings ? settings.monitor : undefined;
}

/** One server from its first message to its end. */
class Server {
  private engine: EngineHost | undefined;
  private monitor: MonitorService | undefined;
  private side: EngineSide | undefined;
  private readonly memberBudget = new MemberBudget(-1);
  private readonly settings: ClientSettings;
  private isEnding = false;
  private exitCodeWhenGone = 1;
  private readonly client = new ClientWatch(() => this.end(this.exitCodeWhenGone));
  private readonly dispatch: { current: Dispatch | undefined } = { current: undefined };

  constructor(private readonly flags: ServeFlags) {
    this.settings = new ClientSettings(flags, embeddedModel);
  }

  start(): void {
    if (this.flags.clientProcessId !== undefined) this.client.watchProcess(this.flags.clientProcessId);
    this.client.watchChannel(this.flags.transport);
    this.endWithSignals();
    const channel = this.flags.transport === "stdio" ? stdioChannel(process.stdin, process.stdout) : ipcChannel();
    const life = {
      begin: (params: InitializeParams, encoding: PositionEncoding, askMembers: AskMembers) => {
        if (params.processId !== undefined) this.client.watchProcess(params.processId);
        this.settings.inFolders(params.folders);
        this.follow(params.initializationOptions);
        this.startMonitor(params, encoding, askMembers);
        this.startEngine(encoding);
      },
      configure: (settings: unknown) => {
        this.follow(settings);
        this.configureMonitor(monitorIn(settings));
        this.engine?.configure(this.settings.setup, this.tuning, this.settings.unloadAfterMs);
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

  /** Tells what is wrong with settings, takes the rest. */
  private follow(settings: unknown): void {
    const dispatch = this.mustHaveDispatch();
    for (const { message } of this.settings.take(settings)) dispatch.settingFault(message);
    dispatch.exclude(this.settings.whyExcluded);
  }

  /** Language servers start with the first document that they serve. */
  private startMonitor(params: InitializeParams, encoding: PositionEncoding, askMembers: AskMembers): void {
    const { settings, faults } = readMonitorSettings(monitorIn(params.initializationOptions), this.flags.monitor);
    this.tellFaults(faults);
    this.monitor = new MonitorService({
      settings,
      folders: params.folders.map((uri) => ({ uri, name: uri.split("/").at(-1) ?? uri })),
      encoding,
      path: process.env["PATH"] ?? "",
      clock: realClock,
      schedule: scheduleAside,
      log: (message) => this.mustHaveDispatch().trouble(message),
      askEditor: params.answersMembers ? askMembers : undefined,
    });
  }

  private get tuning(): Tuning {
    return { ...this.settings.tuning, memberSources: this.mustHaveMonitor().sourcesInUse };
  }

  private configureMonitor(settings: unknown): void {
    const { faults, needsTexts } = this.mustHaveMonitor().configure(settings);
    this.tellFaults(faults);
    this.setMemberBudget();
    if (needsTexts) this.mustHaveDispatch().textsLost("other language servers are asked for legal names");
  }

  private setMemberBudget(): void {
    const { isOff, settings } = this.mustHaveMonitor();
    this.memberBudget.set(isOff ? -1 : settings.budgetMs);
  }

  private tellFaults(faults: readonly string[]): void {
    for (const message of faults) this.mustHaveDispatch().settingFault(message);
  }

  private startEngine(positionEncoding: PositionEncoding): void {
    const dispatch = this.mustHaveDispatch();
    const monitor = this.mustHaveMonitor();
    const { setup, unloadAfterMs } = this.settings;
    this.setMemberBudget();
    const start: EngineHostParts["start"] = (wanted, tuned, listener, sequence) => {
      const interrupts = new Interrupts();
      const shared = { interrupts: interrupts.buffer, timeOriginMs: performance.timeOrigin };
      const { port1, port2: members } = new MessageChannel();
      monitor.serve(port1, interrupts.bell);
      const config: EngineThreadConfig = { ...wanted, tuning: tuned, positionEncoding, ...shared, members };
      const resourceLimits = { maxYoungGenerationSizeMb: limits.youngMegabytesMax };
      const worker = new Worker(__filename, { workerData: config, stdout: true, transferList: [members], resourceLimits });
      worker.on("exit", this.memberBudget.tell(interrupts));
      // Standard output belongs to LSP: what a library prints on the engine thread goes to the log.
      worker.stdout.pipe(process.stderr);
      return new EngineThread(worker, interrupts, statusAtStart(wanted.modelPath, wanted.contextTokens, tuned.threadsMax), listener, sequence);
    };
    const parts = { start, listener: restingWith(monitor, dispatch), standInFor, nowMs: () => realClock.nowMs(), schedule: scheduleAside };
    this.engine = new EngineHost(parts, setup, this.tuning, unloadAfterMs);
    this.side = new MonitoredEngine(this.engine, monitor);
    dispatch.modelStatus(this.engine.status);
  }

  private mustHaveDispatch(): Dispatch {
    if (this.dispatch.current === undefined) throw new Error("a dispatch is there before the connection listens");
    return this.dispatch.current;
  }

  private mustHaveMonitor(): MonitorService {
    if (this.monitor === undefined) throw new Error("the monitor is there before the engine");
    return this.monitor;
  }

  private mustHaveEngine(): EngineSide {
    if (this.side === undefined) throw new Error("no message but initialize comes before initialize");
    return this.side;
  }

  private endWithSignals(): void {
    // Where nobody reads what is said any more, each try to say so would fail in turn, for ever, and nothing else would get on.
    process.stderr.on("error", () => undefined);
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
    void Promise.all([closed, this.monitor?.close()]).then(([inTime]) => {
      if (inTime) process.exit(exitCode);
      process.kill(process.pid, "SIGKILL");
    });
  }
}

async function runMeasure(seconds: number, { modelPath = embeddedModel, threads, ...flags }: Omit<ServeFlags, "transport">): Promise<void> {
  try {
    const library = libraryOf(flags);
    await probeLibrary(library, __filename);
    const engine = openLlamaEngine({ library, modelPath, contextLength: 1_024, ...(threads === undefined ? {} : { threadsMax: threads }) });
    const measured = measure(engine, statSync(modelPath).size, realClock, realClock.nowMs() + 1_000 * seconds);
    engine.close();
    process.stdout.write(`${JSON.stringify(measured)}\n`);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
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
    case "measure":
      void runMeasure(command.seconds, command.flags);
      return;
    case "serve":
      new Server(command.flags).start();
      return;
  }
}

if (isMainThread) main();
else if (parentPort !== null) void runEngineWorker(parentPort, workerData as EngineThreadConfig, openSessions);

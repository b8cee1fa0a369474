// Owns the life of the sidecar's process: start, watch, start again with back-off, stop, and leave none behind.
// Knows neither the editor nor what is said over the pipes: `connect` does that.
import type { ChildProcess } from "node:child_process";
import { RestartDelays } from "./restartDelays";
import { limits } from "./limits";

export type SidecarState =
  | { readonly kind: "stopped" }
  | { readonly kind: "starting" }
  | { readonly kind: "running"; readonly pid: number }
  | { readonly kind: "waiting"; readonly delayMs: number; readonly reason: string }
  | { readonly kind: "failed"; readonly reason: string };

/** A sidecar that has answered `initialize`. */
export interface SidecarConnection {
  /** Says goodbye; settles when it was said or could not be. */
  stop(): Promise<void>;
}

/** A start that would fail the same way again: it is not tried again. */
export class HopelessStart extends Error {}

export interface SidecarParts<Connection extends SidecarConnection> {
  /** Starts a process with piped stdin, stdout and stderr. It must exit when its stdin closes. */
  readonly spawn: () => ChildProcess;
  /** Greets it; rejects where it can't be spoken with. */
  readonly connect: (child: ChildProcess) => Promise<Connection>;
  /** Told after each change. `connection` is there while the state is running. */
  readonly onState: (state: SidecarState, connection: Connection | undefined) => void;
  readonly log: (line: string) => void;
  readonly nowMs: () => number;
  /** Calls `action` after a while unless what it gives is called first. */
  readonly schedule: (delayMs: number, action: () => void) => () => void;
}

/** One process from its start to its end. */
interface Run<Connection> {
  readonly child: ChildProcess;
  readonly ended: Promise<string>;
  connection: Connection | undefined;
  lastWords: string;
}

export class SidecarSupervisor<Connection extends SidecarConnection> {
  private readonly backoff = new RestartDelays(limits.steadyMs);
  private state: SidecarState = { kind: "stopped" };
  private run: Run<Connection> | undefined;
  private cancelRetry: (() => void) | undefined;
  /** Settles when every process that was told to go has gone. */
  private leaving: Promise<unknown> = Promise.resolve();
  /** Stops asked for, those of restarts included: the newest has the last word. */
  private stops = 0;

  constructor(private readonly parts: SidecarParts<Connection>) {}

  current(): SidecarState {
    return this.state;
  }

  connection(): Connection | undefined {
    return this.state.kind === "running" ? this.run?.connection : undefined;
  }

  pid(): number | undefined {
    return this.run?.child.pid;
  }

  /** Starts where nothing runs; else does nothing. */
  start(): void {
    if (this.state.kind === "starting" || this.state.kind === "running") return;
    this.cancelRetry?.();
    this.cancelRetry = undefined;
    this.launch();
  }

  /** Stops what runs and starts afresh, the row of waits included; unless it is stopped or restarted again meanwhile. */
  async restart(): Promise<void> {
    const stopped = this.stop();
    const { stops } = this;
    await stopped;
    if (stops !== this.stops) return;
    this.backoff.reset();
    this.start();
  }

  /** Settles when no process is left: asked first, then ended, then killed. */
  async stop(): Promise<void> {
    this.stops += 1;
    this.cancelRetry?.();
    this.cancelRetry = undefined;
    const run = this.run;
    this.run = undefined;
    this.become({ kind: "stopped" });
    if (run !== undefined) this.leaving = Promise.all([this.leaving, this.end(run)]);
    await this.leaving;
  }

  private async end(run: Run<Connection>): Promise<void> {
    if (run.connection !== undefined) await this.within(limits.stopMsMax, Promise.race([run.connection.stop(), run.ended]));
    run.child.stdin?.end();
    if (await this.within(run.connection === undefined ? 0 : limits.stopMsMax / 4, run.ended)) return;
    run.child.kill("SIGKILL");
    await run.ended;
  }

  private launch(): void {
    this.become({ kind: "starting" });
    let child: ChildProcess;
    try {
      child = this.parts.spawn();
    } catch (error) {
      this.fall(`could not be started: ${messageOf(error)}`, 0, false);
      return;
    }
    const run: Run<Connection> = { child, ended: endOf(child), connection: undefined, lastWords: "" };
    this.run = run;
    child.stderr?.setEncoding("utf8");
    child.stderr?.on("data", (text: string) => {
      this.parts.log(text.trimEnd());
      run.lastWords = (run.lastWords + text).slice(-limits.lastWordsUtf16Max);
    });
    // A write to a process that has just ended is answered by `ended`, not by an exception.
    child.stdin?.on("error", () => undefined);
    void this.attend(run);
  }

  /** From the greeting to the end of one process. */
  private async attend(run: Run<Connection>): Promise<void> {
    const greeted = await this.greet(run);
    if (this.run !== run) return;
    if (greeted !== undefined) {
      run.child.kill("SIGKILL");
      await run.ended;
      if (this.run === run) this.fall(greeted.reason, 0, greeted.hopeless);
      return;
    }
    const runningSinceMs = this.parts.nowMs();
    this.become({ kind: "running", pid: run.child.pid ?? 0 });
    const end = await run.ended;
    if (this.run !== run) return;
    this.fall(end + afterwards(run.lastWords), this.parts.nowMs() - runningSinceMs, false);
  }

  /** Gives why the greeting failed, or undefined where it did not. */
  private async greet(run: Run<Connection>): Promise<{ readonly reason: string; readonly hopeless: boolean } | undefined> {
    let cancel: () => void = () => undefined;
    const late = new Promise<string>((resolve) => {
      cancel = this.parts.schedule(limits.startMsMax, () => resolve(`gave no answer in ${limits.startMsMax / 1_000} s`));
    });
    const greeting = this.parts.connect(run.child).then(
      (connection) => {
        run.connection = connection;
        return undefined;
      },
      (error: unknown) => error,
    );
    // The end of the process is the better reason where both come together.
    const first = await Promise.race([greeting, late, run.ended]);
    cancel();
    if (first === undefined) return undefined;
    if (first instanceof HopelessStart) return { reason: first.message, hopeless: true };
    const reason = typeof first === "string" ? first : `could not be greeted: ${messageOf(first)}`;
    return { reason: reason + afterwards(run.lastWords), hopeless: false };
  }

  private fall(reason: string, ranMs: number, hopeless: boolean): void {
    this.run = undefined;
    const delayMs = hopeless ? undefined : this.backoff.afterFall(ranMs);
    this.parts.log(`The sidecar ${reason}${delayMs === undefined ? "; not started again" : `; started again in ${delayMs} ms`}`);
    if (delayMs === undefined) {
      this.become({ kind: "failed", reason });
      return;
    }
    this.become({ kind: "waiting", delayMs, reason });
    this.cancelRetry = this.parts.schedule(delayMs, () => {
      this.cancelRetry = undefined;
      this.launch();
    });
  }

  private become(state: SidecarState): void {
    this.state = state;
    this.parts.onState(state, this.connection());
  }

  /** Whether a promise settles in time; its rejection counts as settling. */
  private within(delayMs: number, promise: Promise<unknown>): Promise<boolean> {
    return new Promise((resolve) => {
      const cancel = this.parts.schedule(delayMs, () => resolve(false));
      const settle = (): void => {
        cancel();
        resolve(true);
      };
      promise.then(settle, settle);
    });
  }
}

/** Settles with a sentence's end when the process has exited, whatever the cause; never rejects. */
function endOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    child.once("error", (error) => {
      // Without a pid there is no process, and no exit will be told.
      if (child.pid === undefined) resolve(`could not be started: ${error.message}`);
    });
    child.once("exit", (code, signal) => resolve(signal === null ? `ended with code ${code ?? 0}` : `was ended by ${signal}`));
  });
}

function afterwards(lastWords: string): string {
  const lastLine = lastWords.trim().split("\n").at(-1) ?? "";
  return lastLine === "" ? "" : ` (${lastLine})`;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

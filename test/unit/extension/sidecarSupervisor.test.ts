// The process watch against a shelf of bad sidecars, real processes all: what it says of them, when it tries again, and
// that none is left. Time that only passes (back-off, limits) is moved by hand.
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { test } from "node:test";
import { checkProtocol } from "../../../extension/src/protocolCheck";
import {
  HopelessStart, SidecarSupervisor, type SidecarConnection, type SidecarState,
} from "../../../extension/src/sidecarSupervisor";

type Name = "good" | "crash" | "hang" | "hangOnShutdown" | "late" | "wrongVersion";

/** Just enough of a client: one frame out, the answer to a request by its id. */
class Pipes implements SidecarConnection {
  constructor(private readonly child: ChildProcess) {}

  notify(method: string, id?: number): void {
    const body = JSON.stringify({ jsonrpc: "2.0", method, ...(id === undefined ? {} : { id, params: {} }) });
    this.child.stdin?.write(`Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
  }

  request(method: string, id: number): Promise<string> {
    return new Promise((resolve) => {
      let text = "";
      this.child.stdout?.on("data", (chunk: Buffer) => {
        text += chunk.toString();
        if (text.includes(`"id":${id}`) && text.trimEnd().endsWith("}")) resolve(text);
      });
      this.notify(method, id);
    });
  }

  async stop(): Promise<void> {
    await this.request("shutdown", 2);
    this.notify("exit");
  }
}

async function connect(child: ChildProcess): Promise<Pipes> {
  const pipes = new Pipes(child);
  const answer = await pipes.request("initialize", 1);
  const version = /"version":"([^"]*)"/.exec(answer)?.[1];
  const mismatch = checkProtocol(version, 1);
  if (mismatch !== undefined) throw new HopelessStart(mismatch);
  return pipes;
}

interface Timer {
  readonly delayMs: number;
  readonly action: () => void;
}

/** A watch over the named sidecar, with its states, its timers and every process that it started. */
class Watched {
  readonly states: SidecarState[] = [];
  readonly children: ChildProcess[] = [];
  readonly timers = new Set<Timer>();
  nowMs = 0;
  private waiting: (() => void)[] = [];
  readonly process: SidecarSupervisor<Pipes>;

  constructor(public name: Name) {
    this.process = new SidecarSupervisor<Pipes>({
      spawn: () => {
        const child = spawn(process.execPath, [join(process.cwd(), "test/support/sidecars", `${this.name}.mjs`)], { stdio: "pipe" });
        this.children.push(child);
        return child;
      },
      connect,
      onState: (state) => {
        this.states.push(state);
        this.wake();
      },
      log: () => undefined,
      nowMs: () => this.nowMs,
      schedule: (delayMs, action) => {
        const timer: Timer = { delayMs, action };
        this.timers.add(timer);
        this.wake();
        return () => this.timers.delete(timer);
      },
    });
  }

  async until(condition: () => boolean): Promise<void> {
    while (!condition()) await new Promise<void>((resolve) => this.waiting.push(resolve));
  }

  async state(kind: SidecarState["kind"]): Promise<SidecarState> {
    await this.until(() => this.process.current().kind === kind);
    return this.process.current();
  }

  /** Lets the timer of this length, once there is one, run out. */
  async pass(delayMs: number): Promise<void> {
    const find = (): Timer | undefined => [...this.timers].find((timer) => timer.delayMs === delayMs);
    await this.until(() => find() !== undefined);
    const timer = find();
    if (timer === undefined) return;
    this.timers.delete(timer);
    timer.action();
  }

  assertNoneLeft(): void {
    for (const child of this.children) assert.ok(child.exitCode !== null || child.signalCode !== null, `process ${child.pid} is left`);
  }

  private wake(): void {
    for (const resume of this.waiting.splice(0)) resume();
  }
}

const kinds = (watched: Watched): string => watched.states.map((state) => state.kind).join(" ");

test("one that behaves runs, and stops when it is asked", async () => {
  const watched = new Watched("good");
  watched.process.start();
  watched.process.start();
  const state = await watched.state("running");
  assert.ok(state.kind === "running" && state.pid === watched.process.pid());
  await watched.process.stop();
  assert.equal(kinds(watched), "starting running stopped");
  assert.equal(watched.children[0]?.exitCode, 0, "it ended by itself");
  watched.assertNoneLeft();
});

test("one that crashes is started again ever later, and given up in the end", async () => {
  const watched = new Watched("crash");
  watched.process.start();
  for (const delayMs of [500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]) {
    const state = await watched.state("waiting");
    assert.deepEqual(state, { kind: "waiting", delayMs, reason: "ended with code 3 (the library is missing)" });
    await watched.pass(delayMs);
  }
  const state = await watched.state("failed");
  assert.deepEqual(state, { kind: "failed", reason: "ended with code 3 (the library is missing)" });
  assert.equal(watched.children.length, 9);
  watched.name = "good";
  await watched.process.restart();
  await watched.state("running");
  await watched.process.stop();
  watched.assertNoneLeft();
});

test("one that falls after a steady run is started again at once, the wait being the first of the row", async () => {
  const watched = new Watched("crash");
  watched.process.start();
  await watched.state("waiting");
  watched.name = "good";
  await watched.pass(500);
  await watched.state("running");
  watched.nowMs += 60_000;
  watched.process.connection()?.notify("crash");
  assert.deepEqual(await watched.state("waiting"), { kind: "waiting", delayMs: 500, reason: "ended with code 7" });
  await watched.pass(500);
  await watched.state("running");
  watched.nowMs += 59_999;
  watched.process.connection()?.notify("crash");
  assert.deepEqual(await watched.state("waiting"), { kind: "waiting", delayMs: 1_000, reason: "ended with code 7" });
  await watched.process.stop();
  assert.equal(watched.timers.size, 0);
  watched.assertNoneLeft();
});

test("one that is killed from outside is started again", async () => {
  const watched = new Watched("good");
  watched.process.start();
  await watched.state("running");
  watched.children[0]?.kill("SIGKILL");
  assert.deepEqual(await watched.state("waiting"), { kind: "waiting", delayMs: 500, reason: "was ended by SIGKILL" });
  await watched.pass(500);
  await watched.state("running");
  assert.notEqual(watched.children[1]?.pid, watched.children[0]?.pid);
  await watched.process.stop();
  watched.assertNoneLeft();
});

test("one that never answers is killed and tried again", async () => {
  const watched = new Watched("hang");
  watched.process.start();
  await watched.pass(30_000);
  assert.deepEqual(await watched.state("waiting"), { kind: "waiting", delayMs: 500, reason: "gave no answer in 30 s" });
  watched.assertNoneLeft();
  await watched.pass(500);
  assert.equal(watched.process.current().kind, "starting");
  const stopped = watched.process.stop();
  await watched.pass(0);
  await stopped;
  watched.assertNoneLeft();
});

test("one that does not say goodbye is killed", async () => {
  const watched = new Watched("hangOnShutdown");
  watched.process.start();
  await watched.state("running");
  const stopped = watched.process.stop();
  await watched.pass(2_000);
  await watched.pass(500);
  await stopped;
  assert.equal(watched.children[0]?.signalCode, "SIGKILL");
  watched.assertNoneLeft();
});

test("one that is late is waited for", async () => {
  const watched = new Watched("late");
  watched.process.start();
  await watched.state("running");
  await watched.process.stop();
  assert.equal(kinds(watched), "starting running stopped");
  watched.assertNoneLeft();
});

test("one of another protocol is not tried again", async () => {
  const watched = new Watched("wrongVersion");
  watched.process.start();
  const state = await watched.state("failed");
  assert.ok(state.kind === "failed");
  assert.match(state.reason, /^speaks protocol 999, and this extension speaks 1/);
  assert.equal(watched.children.length, 1);
  watched.assertNoneLeft();
});

test("a program that is not there is told", async () => {
  const states: SidecarState[] = [];
  const watch = new SidecarSupervisor<Pipes>({
    spawn: () => spawn(join(process.cwd(), "no-such-program"), { stdio: "pipe" }),
    connect,
    onState: (state) => states.push(state),
    log: () => undefined,
    nowMs: () => 0,
    schedule: () => () => undefined,
  });
  const waiting = new Promise<void>((resolve) => {
    const timer = setInterval(() => {
      if (watch.current().kind !== "waiting") return;
      clearInterval(timer);
      resolve();
    }, 5);
  });
  watch.start();
  await waiting;
  const last = states.at(-1);
  assert.ok(last?.kind === "waiting");
  assert.match(last.reason, /^could not be started: .*ENOENT/);
  await watch.stop();
});

test("a stop while it starts leaves nothing behind", async () => {
  const watched = new Watched("late");
  watched.process.start();
  const stopped = watched.process.stop();
  await watched.pass(0);
  await stopped;
  assert.equal(kinds(watched), "starting stopped");
  watched.assertNoneLeft();
});

test("a stop that comes while it starts again is the last word", async () => {
  const watched = new Watched("hangOnShutdown");
  watched.process.start();
  await watched.state("running");
  const restarted = watched.process.restart();
  const stopped = watched.process.stop().then(() => watched.assertNoneLeft());
  await watched.pass(2_000);
  await watched.pass(500);
  await Promise.all([restarted, stopped]);
  assert.equal(watched.process.current().kind, "stopped");
  assert.equal(watched.children.length, 1, "nothing was started after the stop");
});

test("two restarts at once make one sidecar, after the old one is gone", async () => {
  const watched = new Watched("hangOnShutdown");
  watched.process.start();
  await watched.state("running");
  const restarted = Promise.all([watched.process.restart(), watched.process.restart()]);
  assert.equal(watched.children.length, 1);
  watched.name = "good";
  await watched.pass(2_000);
  assert.equal(watched.children.length, 1, "the old one is not gone yet");
  await watched.pass(500);
  await restarted;
  await watched.state("running");
  assert.equal(watched.children.length, 2);
  await watched.process.stop();
  watched.assertNoneLeft();
});

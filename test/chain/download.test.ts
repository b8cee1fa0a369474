// Owns the proof that the downloading program, as it is shipped, can be broken off and goes on where it was: by a server that
// cuts, by whoever cancels, and over the proxy that the environment names.
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, request, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout } from "node:timers/promises";
import type { DownloadNews, DownloadTask } from "../../extension/src/models/download/task";

const chunkBytes = 64_000;
const content = Buffer.alloc(12 * chunkBytes + 5, "the weights of another model ");
const sha256 = createHash("sha256").update(content).digest("hex");
/** What the server sends before it ends the connection, or falls silent. */
const firstBytes = 5 * chunkBytes + 100;

type Manner = "whole" | "cuts" | "fallsSilent";

class Rig {
  manner: Manner = "whole";
  /** The editor's setting; empty where it has none. */
  proxy = "";
  /** Of the file, since it was set to 0. */
  bytesAsked = 0;
  readonly folder = mkdtempSync(join(tmpdir(), "palimpsest-download-"));
  readonly path = join(this.folder, "model.gguf");
  readonly server = createServer((incoming, answer) => {
    const [, from = "0", to = ""] = /^bytes=(\d+)-(\d*)$/.exec(incoming.headers.range ?? "") ?? [];
    const first = Number(from);
    const part = content.subarray(first, to === "" ? content.length : Number(to) + 1);
    const range = { "content-range": `bytes ${first}-${first + part.length - 1}/${content.length}` };
    answer.writeHead(incoming.headers.range === undefined ? 200 : 206, { "content-length": part.length, "accept-ranges": "bytes", ...range });
    if (incoming.method === "HEAD") return void answer.end();
    this.bytesAsked += part.length;
    if (this.manner === "whole") return void answer.end(part);
    answer.write(part.subarray(0, firstBytes));
    if (this.manner === "cuts") void this.#cutWhenNoted(answer);
  });

  /** A stream that breaks drops what its reader hasn't taken yet, which on a busy machine may be everything, so the cut comes after chunks are noted. */
  async #cutWhenNoted(answer: ServerResponse): Promise<void> {
    while (!answer.destroyed && this.chunksNoted() < 5) await setTimeout(10);
    answer.destroy();
  }

  async url(): Promise<string> {
    if (!this.server.listening) await new Promise<void>((resolve) => this.server.listen(0, "127.0.0.1", resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/model.gguf`;
  }

  /** Runs the program to its end, or until `isEnough`. */
  async run(more: Partial<DownloadTask> = {}, env: NodeJS.ProcessEnv = {}, isEnough: () => boolean = () => false): Promise<DownloadNews | undefined> {
    const url = await this.url();
    const task: DownloadTask = { url, path: this.path, sha256, strictTls: true, triesMax: 0, retryMsMin: 1, chunkBytes, stallMsMax: 30_000, ...more };
    const child = spawn(process.execPath, [join(process.cwd(), "dist/download.js"), JSON.stringify(task)], { env: { ...process.env, ...env } });
    child.stdin.write(`${this.proxy}\n`);
    let last: DownloadNews | undefined;
    const timer = setInterval(() => isEnough() && child.kill("SIGKILL"), 10);
    await told(child, (news) => (last = news));
    clearInterval(timer);
    return last;
  }

  /** Chunks that the partial file says it has; the note stands behind the file's bytes. */
  chunksNoted(): number {
    const partial = `${this.path}.unchecked.ipull`;
    const note = existsSync(partial) ? readFileSync(partial).subarray(content.length).toString() : "";
    return /"chunks":\[([\d,]*)\]/.exec(note)?.[1]?.split(",").filter((state) => state === "2").length ?? 0;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
    rmSync(this.folder, { recursive: true, force: true });
  }
}

function told(child: ChildProcess, take: (news: DownloadNews) => void): Promise<void> {
  let rest = "";
  child.stdout?.on("data", (chunk: Buffer) => {
    const lines = (rest + chunk.toString()).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) take(JSON.parse(line) as DownloadNews);
  });
  return new Promise((resolve) => child.on("close", () => resolve()));
}

async function withRig(body: (rig: Rig) => Promise<void>): Promise<void> {
  const rig = new Rig();
  try {
    await body(rig);
  } finally {
    await rig.close();
  }
}

async function checkGoesOn(rig: Rig): Promise<void> {
  assert.ok(!existsSync(rig.path), "a part must not look like the model");
  rig.manner = "whole";
  rig.bytesAsked = 0;
  assert.deepEqual(await rig.run(), { kind: "done", checkedBy: "list" });
  assert.ok(readFileSync(rig.path).equals(content));
  assert.ok(0 < rig.bytesAsked && rig.bytesAsked < 0.7 * content.length, `${rig.bytesAsked} of ${content.length} bytes were asked for again`);
}

test("broken off by the server for good, it says so, and goes on the next time from what has arrived", () => withRig(async (rig) => {
  rig.manner = "cuts";
  const last = await rig.run();
  assert.equal(last?.kind, "failed");
  assert.match(last.message, /broke off.*What has arrived is kept/);
  await checkGoesOn(rig);
}));

test("cancelled by its starter, it goes on the next time from what has arrived", () => withRig(async (rig) => {
  rig.manner = "fallsSilent";
  await rig.run({}, {}, () => rig.chunksNoted() >= 5);
  await checkGoesOn(rig);
}));

/** The child's environment and the setting, made from the proxy's URL. */
function checkProxy(name: string, env: (url: string) => NodeJS.ProcessEnv, setting: (url: string) => string): void {
  test(name, () => withRig(async (rig) => {
    const authorizations: (string | undefined)[] = [];
    const proxy = createServer((incoming, answer) => {
      authorizations.push(incoming.headers["proxy-authorization"]);
      request(incoming.url ?? "", { method: incoming.method, headers: incoming.headers }, (from) => {
        answer.writeHead(from.statusCode ?? 500, from.headers);
        from.pipe(answer);
      }).end();
    });
    await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
    const url = `http://me:password@127.0.0.1:${(proxy.address() as AddressInfo).port}`;
    rig.proxy = setting(url);
    assert.deepEqual(await rig.run({}, { NO_PROXY: "", ...env(url) }), { kind: "done", checkedBy: "list" });
    assert.ok(authorizations.length >= 2, `the proxy was asked ${authorizations.length} times`);
    assert.deepEqual([...new Set(authorizations)], [`Basic ${Buffer.from("me:password").toString("base64")}`]);
    proxy.closeAllConnections();
    proxy.close();
  }));
}

checkProxy("the environment's proxy is obeyed", (url) => ({ HTTP_PROXY: url }), () => "");
checkProxy("the setting's proxy, password and all, comes by standard input, where no list of processes shows it", () => ({ HTTP_PROXY: "" }), (url) => url);

// Owns the tests of downloads, over a real HTTP server of this process: ranges, breaks, wrong checksums, missing files,
// redirects, proxies, a full disk. How it is broken off for good is tested with the program itself (test/chain).
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createServer, request, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { proxiedFetch, proxyFor } from "../../../extension/src/models/download/proxiedFetch";
import type { DownloadNews, DownloadTask } from "../../../extension/src/models/download/task";
import { transfer, type TransferParts } from "../../../extension/src/models/download/transfer";

const chunkBytes = 64_000;
const content = Buffer.alloc(10 * chunkBytes + 77, "the weights of a model ");
const sha256 = createHash("sha256").update(content).digest("hex");

/** What the server does; what it was asked. */
interface Behaviour {
  readonly status?: number;
  readonly takesRanges?: boolean;
  readonly etag?: string;
  readonly redirect?: boolean;
  /** Bodies that are cut after `cutBytes`, the first ones. */
  readonly cuts?: number;
  readonly cutBytes?: number;
  /** Whether what is cut stays open, and silent. */
  readonly stalls?: boolean;
  readonly damaged?: boolean;
}

interface Asked {
  readonly method: string;
  readonly range: string | undefined;
}

async function withServer(behaviour: Behaviour, body: (rig: { url: string; folder: string; path: string; asked: Asked[] }) => Promise<void>): Promise<void> {
  const asked: Asked[] = [];
  let cuts = behaviour.cuts ?? 0;
  const server = createServer((incoming, answer) => {
    asked.push({ method: incoming.method ?? "", range: incoming.headers.range });
    cuts = serve(behaviour, incoming, answer, cuts);
  });
  const port = await listening(server);
  const folder = mkdtempSync(join(tmpdir(), "palimpsest-download-"));
  try {
    await body({ url: `http://127.0.0.1:${port}/model.gguf`, folder, path: join(folder, "models", "model.gguf"), asked });
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    rmSync(folder, { recursive: true, force: true });
  }
}

function serve(behaviour: Behaviour, incoming: IncomingMessage, answer: ServerResponse, cuts: number): number {
  const { status = 200, takesRanges = true, etag, redirect = false, cutBytes = 0, stalls = false, damaged = false } = behaviour;
  if (redirect && incoming.url === "/model.gguf") {
    answer.writeHead(302, { location: "/cdn/model.gguf", "x-linked-etag": `"${etag ?? ""}"` }).end();
    return cuts;
  }
  if (status !== 200) {
    answer.writeHead(status).end();
    return cuts;
  }
  const [, first, last] = /^bytes=(\d+)-(\d*)$/.exec((takesRanges ? incoming.headers.range : undefined) ?? "") ?? [];
  const part = content.subarray(Number(first ?? 0), last === undefined || last === "" ? content.length : Number(last) + 1);
  const headers = { "content-length": part.length, ...(takesRanges ? { "accept-ranges": "bytes" } : {}), ...(etag === undefined || redirect ? {} : { etag: `"${etag}"` }) };
  answer.writeHead(first === undefined ? 200 : 206, first === undefined ? headers : { ...headers, "content-range": `bytes ${first}-${Number(first) + part.length - 1}/${content.length}` });
  if (incoming.method === "HEAD") {
    answer.end();
    return cuts;
  }
  const sent = damaged ? Buffer.from(part).fill("x", 0, 10) : part;
  if (cuts <= 0 || sent.length <= cutBytes) {
    answer.end(sent);
    return cuts;
  }
  answer.write(sent.subarray(0, cutBytes), () => void (stalls || answer.destroy()));
  return cuts - 1;
}

function listening(server: Server): Promise<number> {
  return new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve((server.address() as AddressInfo).port)));
}

interface Downloaded {
  readonly news: readonly DownloadNews[];
  readonly error: string | undefined;
}

async function download(url: string, path: string, more: Partial<DownloadTask> = {}, parts: Partial<TransferParts> = {}): Promise<Downloaded> {
  const news: DownloadNews[] = [];
  const task: DownloadTask = { url, path, sha256, strictTls: true, triesMax: 2, retryMsMin: 1, chunkBytes, stallMsMax: 30_000, ...more };
  const error = await transfer(task, {
    fetch: (address, options) => proxiedFetch(address, options, undefined, true),
    bytesFree: async () => 1e12, tell: (item) => news.push(item), ...parts,
  }).then(() => undefined, (failure: unknown) => (failure instanceof Error ? failure.message : String(failure)));
  return { news, error };
}

/** The whole file is there, and nothing else in its folder. */
function assertWhole(path: string): void {
  assert.ok(readFileSync(path).equals(content), "the file differs");
  assert.deepEqual(readdirSync(join(path, "..")), ["model.gguf"]);
}

for (const [name, behaviour] of Object.entries<Behaviour>({ "with ranges": {}, "without ranges": { takesRanges: false }, "over a redirect": { redirect: true, etag: sha256 } })) {
  test(`a file ${name} arrives whole, is checked, and its progress is told`, () => withServer(behaviour, async ({ url, path }) => {
    const { news, error } = await download(url, path);
    assert.equal(error, undefined);
    assertWhole(path);
    assert.deepEqual(news.at(-1), { kind: "done", checkedBy: "list" });
    const progress = news.flatMap((item) => (item.kind === "progress" && item.phase === "downloading" ? [item.bytes] : []));
    assert.ok(progress.length > 1 && progress.every((bytes, index) => bytes >= (progress[index - 1] ?? 0)), progress.join());
  }));
}

test("breaks on the way are gone on from, in the same run", () => withServer({ cuts: 2, cutBytes: 3 * chunkBytes }, async ({ url, path, asked }) => {
  assert.equal((await download(url, path)).error, undefined);
  assertWhole(path);
  const starts = asked.flatMap(({ range }) => (range === undefined ? [] : [Number(/\d+/.exec(range)?.[0])]));
  assert.ok(starts.some((start) => start >= 2 * chunkBytes), `nothing was gone on from: ${starts.join()}`);
}));

test("a server that falls silent is asked anew, in the same run", () => withServer({ cuts: 2, cutBytes: 3 * chunkBytes, stalls: true }, async ({ url, path }) => {
  assert.equal((await download(url, path, { stallMsMax: 300 })).error, undefined);
  assertWhole(path);
}));

test("one that is silent for good is given up, and what has arrived is kept", () => withServer({ cuts: 99, cutBytes: 3 * chunkBytes, stalls: true }, async ({ url, path, folder }) => {
  assert.match((await download(url, path, { stallMsMax: 200, triesMax: 0 })).error ?? "", /broke off: nothing arrived any more\. What has arrived is kept/);
  assert.ok(readdirSync(join(folder, "models")).length > 0);
}));

test("a file that arrives damaged is deleted", () => withServer({ damaged: true }, async ({ url, folder, path }) => {
  assert.match((await download(url, path)).error ?? "", /arrived damaged \(its checksum is wrong\)/);
  assert.deepEqual(readdirSync(join(folder, "models")), []);
}));

test("the server's SHA-256 is gone by where the list has none, and another than the list's is refused before a byte is moved", async () => {
  await withServer({ etag: sha256 }, async ({ url, path }) => {
    assert.deepEqual((await download(url, path, { sha256: undefined })).news.at(-1), { kind: "done", checkedBy: "server" });
  });
  await withServer({ etag: sha256, damaged: true }, async ({ url, path }) => {
    assert.match((await download(url, path, { sha256: undefined })).error ?? "", /damaged/);
  });
  await withServer({ redirect: true, etag: "0".repeat(64) }, async ({ url, path, asked }) => {
    assert.match((await download(url, path)).error ?? "", /another file/);
    assert.ok(asked.every(({ method }) => method === "HEAD"));
  });
  await withServer({ etag: "not a digest" }, async ({ url, path }) => {
    assert.deepEqual((await download(url, path, { sha256: undefined })).news.at(-1), { kind: "done", checkedBy: "nobody" });
  });
});

for (const [status, message] of [[404, /no such file/], [403, /doesn't give out/], [500, /try again later/]] as const) {
  test(`a server that answers with ${status}`, () => withServer({ status }, async ({ url, folder, path }) => {
    assert.match((await download(url, path)).error ?? "", message);
    assert.deepEqual(readdirSync(folder), []);
  }));
}

test("a server that isn't there", async () => {
  assert.match((await download("http://127.0.0.1:9/model.gguf", join(tmpdir(), "nowhere", "model.gguf"))).error ?? "", /can't be reached/);
});

test("a disk without room is told of before a byte is moved", () => withServer({}, async ({ url, path, asked }) => {
  const { error } = await download(url, path, {}, { bytesFree: async () => 1_000 });
  assert.match(error ?? "", /disk has 0\.0 GB free, the model needs 0\.3 GB/);
  assert.deepEqual(asked.map(({ method }) => method), ["HEAD"]);
}));

test("a proxy is asked in the server's place, with its password", () => withServer({}, async ({ url }) => {
  const through: string[] = [];
  const proxy = createServer((incoming, answer) => {
    through.push(`${incoming.url} ${incoming.headers["proxy-authorization"]}`);
    request(incoming.url ?? "", { method: incoming.method }, (from) => {
      answer.writeHead(from.statusCode ?? 500, from.headers);
      from.pipe(answer);
    }).end();
  });
  const port = await listening(proxy);
  const answer = await proxiedFetch(url, {}, new URL(`http://user:pass@127.0.0.1:${port}`), true);
  assert.ok(Buffer.from(await answer.arrayBuffer()).equals(content));
  assert.deepEqual(through, [`${url} Basic ${Buffer.from("user:pass").toString("base64")}`]);
  proxy.closeAllConnections();
  proxy.close();
}));

/** `given environment address proxy`, with - for nothing. */
for (const line of [
  "- - https://a.b/x -",
  "http://p:1 - https://a.b/x http://p:1/",
  "- HTTPS_PROXY=http://q:2 https://a.b/x http://q:2/",
  "- https_proxy=q:2 https://a.b/x http://q:2/",
  "- HTTP_PROXY=http://q:2 https://a.b/x -",
  "- HTTP_PROXY=http://q:2 http://a.b/x http://q:2/",
  "http://p:1 NO_PROXY=c.d,.a.b https://x.a.b/x -",
  "http://p:1 NO_PROXY=* https://x.a.b/x -",
  "http://p:1 NO_PROXY=xa.b https://a.b/x http://p:1/",
]) {
  test(`proxy ${line}`, () => {
    const [given = "", environment = "", address = "", expected = ""] = line.split(" ");
    const [name = "", value = ""] = environment.split("=");
    assert.equal(proxyFor(new URL(address), given === "-" ? undefined : given, { [name]: value })?.href ?? "-", expected);
  });
}

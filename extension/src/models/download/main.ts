// Owns the program that downloads one file and ends: the editor's own process neither hashes nor writes gigabytes, and to
// cancel is to end it. Its one argument is the task; the first line that it reads is the proxy, or empty: a password must not
// stand among the arguments, which every user of the machine can list. Each line that it prints is news of it.
import { statfs } from "node:fs/promises";
import { setPriority } from "node:os";
import { createInterface } from "node:readline";
import { messageOf } from "./remoteFile";
import { type FetchOptions, proxiedFetch, proxyFor } from "./proxiedFetch";
import type { DownloadNews, DownloadTask } from "./task";
import { transfer } from "./transfer";

/** Longer than it takes for the same error to come by the right way. */
const strayMs = 2_000;

const tell = (news: DownloadNews): void => void process.stdout.write(`${JSON.stringify(news)}\n`);

async function main(task: DownloadTask, proxy: string | undefined): Promise<void> {
  const fetch = (url: string, options: FetchOptions): Promise<Response> =>
    proxiedFetch(url, options, proxyFor(new URL(url), proxy, process.env), task.strictTls);
  // The downloader calls the global one, and this process is there for nothing else.
  globalThis.fetch = ((input, init) => fetch(String(input), (init ?? {}) as FetchOptions)) as typeof globalThis.fetch;
  try {
    await transfer(task, {
      fetch,
      bytesFree: async (folder) => {
        const { bavail, bsize } = await statfs(folder);
        return bavail * bsize;
      },
      tell,
    });
  } catch (error) {
    tell({ kind: "failed", message: messageOf(error) });
    process.exitCode = 1;
  }
  // A connection that is kept for reuse must not keep the program.
  process.exit();
}

// ipull rejects a promise of its own once more when its tries are used up; only what nothing else tells of is told here.
process.on("unhandledRejection", (error) => {
  setTimeout(() => {
    tell({ kind: "failed", message: messageOf(error) });
    process.exit(1);
  }, strayMs);
});
setPriority(10);
const lines = createInterface({ input: process.stdin });
lines.once("line", (proxy) => void main(JSON.parse(process.argv[2] ?? "null") as DownloadTask, proxy === "" ? undefined : proxy));
// Whoever started it is gone: nobody waits for the file.
lines.once("close", () => process.exit(1));

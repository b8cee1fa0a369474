// Owns one download from the first question to the checked file: room on the disk, the bytes, broken off and gone on with,
// and their checksum. The bytes are moved by ipull, which node-llama-cpp downloads with.
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, rename, rm, stat } from "node:fs/promises";
import { basename, dirname } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { downloadFile } from "ipull";
import { DownloadError, messageOf, remoteFile, type Fetch, type RemoteFile } from "./remoteFile";
import type { DownloadNews, DownloadTask } from "./task";

export interface TransferParts {
  readonly fetch: Fetch;
  /** Bytes that may still be written to the disk that holds a folder. */
  readonly bytesFree: (folder: string) => Promise<number>;
  readonly tell: (news: DownloadNews) => void;
}

/** Left free on the disk. */
const spareBytes = 256_000_000;
const partialEnding = ".ipull";
const writesMsMax = 500;

/** @throws DownloadError. Told of when it is done; a partial file stays for the next time, a wrong one doesn't. */
export async function transfer(task: DownloadTask, parts: TransferParts): Promise<void> {
  const file = await remoteFile(parts.fetch, task.url);
  const expected = task.sha256 ?? file.sha256;
  if (task.sha256 !== undefined && file.sha256 !== undefined && task.sha256 !== file.sha256) {
    throw new DownloadError("The server has another file than the one that was chosen (its checksum differs): nothing was downloaded.");
  }
  const unchecked = `${task.path}.unchecked`;
  await mkdir(dirname(task.path), { recursive: true });
  await checkRoom(dirname(task.path), file, unchecked, parts);
  await move(file, unchecked, task, parts.tell);
  const { size } = await stat(unchecked);
  const digest = await digestOf(unchecked, size, parts);
  if (size !== file.bytes || (expected !== undefined && digest !== expected)) {
    await rm(unchecked, { force: true });
    throw new DownloadError(`The file arrived damaged (its ${size === file.bytes ? "checksum" : "length"} is wrong) and was deleted: try again.`);
  }
  await rename(unchecked, task.path);
  parts.tell({ kind: "done", checkedBy: task.sha256 !== undefined ? "list" : file.sha256 !== undefined ? "server" : "nobody" });
}

async function checkRoom(folder: string, { bytes }: RemoteFile, unchecked: string, { bytesFree }: TransferParts): Promise<void> {
  const there = await stat(unchecked + partialEnding).then(({ blocks }) => blocks * 512, () => 0);
  const wanted = Math.max(0, bytes - there) + spareBytes;
  const free = await bytesFree(folder);
  if (wanted <= free) return;
  throw new DownloadError(`The disk has ${gigabytes(free)} free, the model needs ${gigabytes(wanted)}: make room, or choose a smaller model.`);
}

/** A connection on which nothing arrives any more is given up, and what is missing is asked for anew. */
async function move(file: RemoteFile, unchecked: string, task: DownloadTask, tell: TransferParts["tell"]): Promise<void> {
  for (let triesLeft = task.triesMax; !(await moved(file, unchecked, task, tell)); triesLeft -= 1) {
    if (triesLeft <= 0) throw brokeOff("nothing arrived any more");
  }
}

/** False where it stands still. */
async function moved(
  file: RemoteFile, unchecked: string, { triesMax, retryMsMin, chunkBytes, stallMsMax }: DownloadTask, tell: TransferParts["tell"],
): Promise<boolean> {
  const download = await downloadFile({
    url: file.url,
    directory: dirname(unchecked),
    fileName: basename(unchecked),
    cliProgress: false,
    chunkSize: chunkBytes,
    // With one, ipull begins anew instead of going on where it was.
    parallelStreams: 2,
    retry: { retries: triesMax, minTimeout: retryMsMin, maxTimeout: 20 * retryMsMin, factor: 2 },
    // It was asked for already.
    defaultFetchDownloadInfo: { length: file.bytes, acceptRange: file.takesRanges },
  });
  let stall: NodeJS.Timeout | undefined;
  const stalled = new Promise<false>((resolve) => (stall = setTimeout(() => resolve(false), stallMsMax)));
  let bytes = -1;
  download.on("progress", ({ transferredBytes }) => {
    if (transferredBytes !== bytes) stall?.refresh();
    bytes = transferredBytes;
    tell({ kind: "progress", phase: "downloading", bytes, bytesAll: file.bytes });
  });
  try {
    const isDone = await Promise.race([download.download().then(() => download.close()).then(() => true), stalled]);
    if (!isDone) await closed(download);
    return isDone;
  } catch (error) {
    await closed(download);
    if (isDiskFull(error)) throw new DownloadError("The disk is full: make room and choose the model again. What has arrived is kept.");
    throw brokeOff(messageOf(error));
  } finally {
    clearTimeout(stall);
  }
}

/** One that stands still may not close either: it has as long as its last writes take. */
async function closed(download: { close(): Promise<void> }): Promise<void> {
  const closing = download.close().catch(() => undefined);
  // ipull doesn't wait for its last writes: what has arrived, and the note of it, are still on their way to the disk.
  await Promise.race([closing, pause(writesMsMax)]);
  await pause(writesMsMax);
}

function brokeOff(why: string): DownloadError {
  return new DownloadError(`The download broke off: ${why}. What has arrived is kept: choose the model again to go on.`);
}

async function digestOf(path: string, bytesAll: number, { tell }: TransferParts): Promise<string> {
  const hash = createHash("sha256");
  let bytes = 0;
  let told = 0;
  for await (const chunk of createReadStream(path, { highWaterMark: 4_194_304 })) {
    hash.update(chunk as Buffer);
    bytes += (chunk as Buffer).length;
    if (bytes - told < bytesAll / 100) continue;
    told = bytes;
    tell({ kind: "progress", phase: "checking", bytes, bytesAll });
  }
  return hash.digest("hex");
}

function isDiskFull(error: unknown): boolean {
  return error instanceof Error && ((error as NodeJS.ErrnoException).code === "ENOSPC" || isDiskFull(error.cause));
}

function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(1)} GB`;
}

// Owns reading what sidecars have said: the files that tap.cjs writes, as JSON-RPC messages.
import { readFileSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import type { LedgerView, Statistics } from "../../sidecar/protocol/data";
import { type OutcomeParams, outcomeMethod } from "../../sidecar/protocol/messages";

const headerEnd = Buffer.from("\r\n\r\n");

/** The figures of the latest answer to `palimpsest/statistics` that any sidecar gave. */
export function latestStatistics(folder: string): Statistics | undefined {
  return latestResult(folder, (result) => "totals" in result && "documents" in result) as Statistics | undefined;
}

/** How often any sidecar was asked for its figures. */
export function statisticsTold(folder: string): number {
  return messagesBelow(folder).filter(({ result }) => isObject(result) && "totals" in result && "documents" in result).length;
}

/** The latest answer to `palimpsest/ledger`. */
export function latestLedger(folder: string): LedgerView | undefined {
  return latestResult(folder, (result) => "runs" in result && "text" in result) as LedgerView | undefined;
}

/** What became of the latest completion request that any sidecar told of. */
export function latestOutcome(folder: string): OutcomeParams | undefined {
  return outcomes(folder).at(-1);
}

/** The same of the latest few, for the message of a failure. */
export function latestOutcomes(folder: string, count: number): string {
  return outcomes(folder).slice(-count).map((params) => JSON.stringify(params)).join("\n");
}

function outcomes(folder: string): readonly OutcomeParams[] {
  return messagesBelow(folder).flatMap(({ method, params }) => (method === outcomeMethod ? [params as OutcomeParams] : []));
}

function latestResult(folder: string, fits: (result: object) => boolean): unknown {
  return messagesBelow(folder)
    .map(({ result }) => result)
    .findLast((result) => isObject(result) && fits(result));
}

interface RpcMessage {
  readonly method?: string;
  readonly params?: unknown;
  readonly result?: unknown;
}

/** All complete messages, sidecar after sidecar as they were started. */
function messagesBelow(folder: string): readonly RpcMessage[] {
  const files = readdirSync(folder).map((name) => join(folder, name));
  const startedMs = new Map(files.map((file) => [file, statSync(file).birthtimeMs]));
  return files.sort((left, right) => (startedMs.get(left) ?? 0) - (startedMs.get(right) ?? 0)).flatMap((file) => messagesOf(readFileSync(file)));
}

function messagesOf(bytes: Buffer): readonly RpcMessage[] {
  const messages: RpcMessage[] = [];
  for (let at = 0; ; ) {
    const bodyStart = bytes.indexOf(headerEnd, at) + headerEnd.length;
    if (bodyStart < headerEnd.length) return messages;
    const length = Number(/Content-Length: (\d+)/i.exec(bytes.toString("latin1", at, bodyStart))?.[1]);
    if (!(bodyStart + length <= bytes.length)) return messages;
    messages.push(JSON.parse(bytes.toString("utf8", bodyStart, bodyStart + length)) as RpcMessage);
    at = bodyStart + length;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

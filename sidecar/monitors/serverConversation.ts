// Owns what is said with one language server's process: requests with their answers, notifications, and the answers to what
// it asks itself. Whatever it does (floods, noise, silence, its end), it is told once through `over`, and nothing is left waiting.
// Knows no document and no completion.
import type { Readable, Writable } from "node:stream";
import type { Clock } from "../base/clock";
import { FrameReader } from "../base/framing";
import { limits } from "../base/limits";

export interface ConversationParts {
  readonly input: Writable;
  readonly output: Readable;
  readonly clock: Clock;
  /** Calls `action` after a while unless what it gives is called first. */
  readonly schedule: Schedule;
  /** Answers to `workspace/configuration`, by section. */
  readonly configuration: Readonly<Record<string, unknown>>;
  readonly folders: readonly { readonly uri: string; readonly name: string }[];
  /** It can't go on; `reason` is the end of a sentence that begins with the server's name. Called once. */
  readonly over: (reason: string) => void;
}
export type Schedule = (delayMs: number, action: () => void) => () => void;

/** Why a request has no result: the end of a sentence that begins with the server's name. */
export class NoAnswer extends Error {}

interface Pending {
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: NoAnswer) => void;
  readonly cancelTimer: () => void;
}

const errorCodes = { methodNotFound: -32601 } as const;

export class ServerConversation {
  private readonly frames = new FrameReader((frame) => (frame.kind === "value" ? this.take(frame.value) : this.noise()), limits.monitorMessageBytesMax);
  private readonly pending = new Map<number, Pending>();
  private lastId = 0;
  private ended: string | undefined;
  private noises = 0;
  private unasked = { sinceMs: 0, bytes: 0 };

  constructor(private readonly parts: ConversationParts) {
    parts.output.on("data", (chunk: Buffer) => this.read(chunk));
    // A write to a process that has just ended is answered by its end, not by an exception.
    parts.input.on("error", () => undefined);
  }

  /** Rejects with a NoAnswer: the server says no, or is gone. One that lets `msMax` pass is taken to hang. */
  request(method: string, params: unknown, msMax: number): Promise<unknown> {
    return new Promise((resolve, reject) => {
      if (this.ended !== undefined) return reject(new NoAnswer(this.ended));
      this.lastId += 1;
      const id = this.lastId;
      const cancelTimer = this.parts.schedule(msMax, () => this.end(`has not answered ${method} in ${msMax / 1_000} s`));
      this.pending.set(id, { resolve, reject, cancelTimer });
      this.send({ id, method, params });
    });
  }

  notify(method: string, params: unknown): void {
    if (this.ended === undefined) this.send({ method, params });
  }

  /** Nothing is taken in or sent from here on; `reason` is what all who wait are told. */
  close(reason: string): void {
    if (this.ended !== undefined) return;
    this.ended = reason;
    // What still comes is thrown away unread: a flood behind the end costs nothing.
    this.parts.output.removeAllListeners("data");
    this.parts.output.resume();
    for (const { reject, cancelTimer } of this.pending.values()) {
      cancelTimer();
      reject(new NoAnswer(reason));
    }
    this.pending.clear();
  }

  private end(reason: string): void {
    if (this.ended !== undefined) return;
    this.close(reason);
    this.parts.over(reason);
  }

  private send(message: object): void {
    const body = JSON.stringify({ jsonrpc: "2.0", ...message });
    this.parts.input.write(`Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
    if (limits.monitorUnreadBytesMax < this.parts.input.writableLength) this.end("does not read what it is sent");
  }

  private read(chunk: Buffer): void {
    const nowMs = this.parts.clock.nowMs();
    if (this.unasked.sinceMs + limits.monitorFloodMs < nowMs) this.unasked = { sinceMs: nowMs, bytes: 0 };
    this.unasked.bytes += chunk.length;
    const { monitorUnaskedBytesMax: bytesMax, monitorFloodMs } = limits;
    if (bytesMax < this.unasked.bytes) return this.end(`sent ${bytesMax / 2 ** 20} MB unasked in ${monitorFloodMs / 1_000} s`);
    this.frames.push(chunk);
  }

  private noise(): void {
    this.noises += 1;
    if (limits.monitorNoiseMax <= this.noises) this.end("sends what is no message");
  }

  private take(value: unknown): void {
    if (this.ended !== undefined || typeof value !== "object" || value === null) return;
    const { id, method, params, result, error } = value as Readonly<Record<string, unknown>>;
    if (typeof method === "string") {
      if (id !== undefined && id !== null) this.reply(id, method, params);
      return;
    }
    const pending = typeof id === "number" ? this.pending.get(id) : undefined;
    if (pending === undefined || typeof id !== "number") return;
    // What was asked for is no flood, however long it is.
    this.unasked = { sinceMs: this.parts.clock.nowMs(), bytes: 0 };
    this.pending.delete(id);
    pending.cancelTimer();
    if (error === undefined) pending.resolve(result ?? null);
    else pending.reject(new NoAnswer(`refuses: ${messageIn(error)}`));
  }

  private reply(id: unknown, method: string, params: unknown): void {
    switch (method) {
      case "workspace/configuration":
        return this.send({ id, result: itemsIn(params).map((section) => this.parts.configuration[section] ?? null) });
      case "workspace/workspaceFolders":
        return this.send({ id, result: this.parts.folders });
      case "workspace/applyEdit":
        return this.send({ id, result: { applied: false } });
      case "client/registerCapability":
      case "client/unregisterCapability":
      case "window/workDoneProgress/create":
      case "window/showMessageRequest":
        return this.send({ id, result: null });
      default:
        return this.send({ id, error: { code: errorCodes.methodNotFound, message: `${method} is not answered here.` } });
    }
  }
}

function itemsIn(params: unknown): readonly string[] {
  const items = typeof params === "object" && params !== null && "items" in params ? params.items : undefined;
  if (!Array.isArray(items)) return [];
  return items.map((item: unknown) => (typeof item === "object" && item !== null && "section" in item && typeof item.section === "string" ? item.section : ""));
}

function messageIn(error: unknown): string {
  return typeof error === "object" && error !== null && "message" in error ? String(error.message).slice(0, 200) : "no reason given";
}

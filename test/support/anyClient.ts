// Owns a client that knows nothing but JSON over pipes: it starts the bundled sidecar and speaks LSP to it by hand.
// Uses no library, so that what it proves holds for any client.
import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
export interface Message {
  readonly id?: string | number | null;
  readonly method?: string;
  readonly params?: unknown;
  readonly result?: unknown;
  readonly error?: { readonly code: number; readonly message: string };
}
/** What a model status or an outcome says. */
export interface State {
  readonly kind: string;
  readonly message?: string;
  readonly detail?: string;
}
export interface End {
  readonly code: number | null;
  readonly signal: string | null;
}

/** Where the project's root is: tests run from there. */
export const sidecarPath = join(process.cwd(), "dist/sidecar.js");

export class AnyClient {
  /** Everything the sidecar sent, in order. */
  readonly received: Message[] = [];
  readonly ended: Promise<End>;
  errors = "";
  /** Bytes on standard output that were no frame: there must be none. */
  stray = "";
  private readonly child: ChildProcess;
  private readonly waiting: { readonly accept: (message: Message) => boolean; readonly resolve: (message: Message) => void }[] = [];
  private buffer = Buffer.alloc(0);
  private lastId = 0;

  /** @param nodeFlags what Node is told beside: most clients tell it nothing. */
  constructor(args: readonly string[] = [], nodeFlags: readonly string[] = []) {
    this.child = spawn(process.execPath, [...nodeFlags, sidecarPath, "--stdio", ...args], { stdio: ["pipe", "pipe", "pipe"] });
    this.child.stdout?.on("data", (chunk: Buffer) => this.read(chunk));
    this.child.stderr?.on("data", (chunk: Buffer) => (this.errors += chunk.toString()));
    // A sidecar that has ended can't be written to; its end is what the test looks at.
    this.child.stdin?.on("error", () => undefined);
    this.ended = new Promise((resolve) => this.child.on("close", (code, signal) => resolve({ code, signal })));
  }

  get processId(): number {
    return this.child.pid ?? 0;
  }

  raw(bytes: string | Buffer): void {
    this.child.stdin?.write(bytes);
  }

  /** One frame around any text, JSON or not. */
  body(text: string): void {
    this.raw(`Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`);
  }

  send(message: object): void {
    this.body(JSON.stringify({ jsonrpc: "2.0", ...message }));
  }

  notify(method: string, params: unknown): void {
    this.send({ method, params });
  }

  nextId(): number {
    this.lastId += 1;
    return this.lastId;
  }

  /** The whole response, error or result. */
  request(method: string, params?: unknown, id: string | number = this.nextId()): Promise<Message> {
    const response = this.next((message) => message.id === id && message.method === undefined);
    this.send({ id, method, ...(params === undefined ? {} : { params }) });
    return response;
  }

  /** The first message from now on that `accept` takes. */
  next(accept: (message: Message) => boolean): Promise<Message> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ accept, resolve });
      void this.ended.then((end) => reject(new Error(`the sidecar ended (${end.code ?? end.signal}) before it answered: ${this.errors.slice(-500)}`)));
    });
  }

  notification<Params>(method: string, accept: (params: Params) => boolean = () => true): Promise<Params> {
    return this.next((message) => message.method === method && accept(message.params as Params)).then((message) => message.params as Params);
  }

  /** Says hello and waits until the model is ready, or has failed. */
  async begin(capabilities: object = {}): Promise<{ readonly hello: Message; readonly state: State }> {
    const hello = await this.request("initialize", { processId: process.pid, rootUri: null, capabilities });
    const settled = this.notification<{ state: State }>("palimpsest/modelStatus", ({ state }) => state.kind !== "loading");
    this.notify("initialized", {});
    return { hello, state: (await settled).state };
  }

  open(uri: string, text: string, version = 1, languageId = "typescript"): void {
    this.notify("textDocument/didOpen", { textDocument: { uri, languageId, version, text } });
  }

  /** Replaces nothing by `text` at a place. */
  insert(uri: string, version: number, line: number, character: number, text: string): void {
    const place = { line, character };
    this.notify("textDocument/didChange", { textDocument: { uri, version }, contentChanges: [{ range: { start: place, end: place }, text }] });
  }

  requestCompletion(uri: string, line: number, character: number, id: string | number = this.nextId()): Promise<Message> {
    return this.request("textDocument/inlineCompletion", { textDocument: { uri }, position: { line, character }, context: { triggerKind: 1 } }, id);
  }

  /** The response and the outcome told beside it. */
  async complete(uri: string, line: number, character: number): Promise<{ readonly response: Message; readonly outcome: State }> {
    const outcome = this.notification<{ uri: string; outcome: State }>("palimpsest/outcome", (params) => params.uri === uri);
    const response = await this.requestCompletion(uri, line, character);
    return { response, outcome: (await outcome).outcome };
  }

  async end(): Promise<End> {
    await this.request("shutdown");
    this.notify("exit", undefined);
    return this.ended;
  }

  closeInput(): void {
    this.child.stdin?.end();
  }
  /** As a client does that is killed: nobody writes, and nobody reads what the sidecar says. */
  vanish(): void {
    for (const stream of [this.child.stdin, this.child.stdout, this.child.stderr]) stream?.destroy();
  }
  kill(): void {
    this.child.kill("SIGKILL");
  }

  /** Resident memory of the sidecar; undefined where the system does not tell. */
  residentBytes(): number | undefined {
    if (process.platform !== "linux") return undefined;
    const pages = readFileSync(`/proc/${this.processId}/statm`, "utf8").split(" ")[1];
    return Number(pages) * 4_096;
  }

  private read(chunk: Buffer): void {
    this.buffer = Buffer.concat([this.buffer, chunk]);
    for (;;) {
      const end = this.buffer.indexOf("\r\n\r\n");
      if (end < 0) return;
      const header = this.buffer.toString("latin1", 0, end);
      const length = /^Content-Length: (\d+)$/.exec(header)?.[1];
      if (length === undefined) {
        this.stray += header;
        this.buffer = this.buffer.subarray(end + 4);
        continue;
      }
      const bodyEnd = end + 4 + Number(length);
      if (this.buffer.length < bodyEnd) return;
      const message = JSON.parse(this.buffer.toString("utf8", end + 4, bodyEnd)) as Message;
      this.buffer = this.buffer.subarray(bodyEnd);
      this.take(message);
    }
  }

  private take(message: Message): void {
    this.received.push(message);
    // A request of the sidecar's own: a client that shows nothing says yes.
    if (message.id !== undefined && message.method !== undefined) this.send({ id: message.id, result: null });
    const index = this.waiting.findIndex(({ accept }) => accept(message));
    if (index >= 0) this.waiting.splice(index, 1)[0]?.resolve(message);
  }
}

// Owns JSON-RPC and LSP's library: the only file that knows either. Messages go to dispatch, results and notices come back.
// Knows neither sessions nor the engine.
import type { Readable, Writable } from "node:stream";
import {
  AbstractMessageReader, type CancellationToken, type Connection, createConnection, createProtocolConnection, type DataCallback, type Disposable,
  ErrorCodes, type InitializeResult, LSPErrorCodes, type Message, type MessageReader, MessageType, type MessageWriter, ResponseError, TextDocumentSyncKind,
  type WorkDoneProgressServerReporter,
} from "vscode-languageserver";
import { IPCMessageReader, IPCMessageWriter, StreamMessageWriter } from "vscode-languageserver/node";
import type { ModelStatus } from "../protocol/data";
import {
  cursorMethod, dropCacheMethod, ledgerMethod, modelStatusMethod, outcomeMethod, protocolVersion, resyncMethod, statisticsMethod, structureMethod,
} from "../protocol/messages";
import { type InitializeParams, mustBeInitializeParams, ParamsError } from "../protocol/validate";
import type { PositionEncoding } from "../session/events";
import { type Cancellation, type Dispatch, type Outward, RequestError, type RequestFault } from "./dispatch";
import { EngineThreadError } from "./engineThread";
import { Envelope, errorCodes } from "./envelope";
import { FrameReader } from "./framing";
import { renderModel } from "./modelStatus";

/** A pair of ends to talk over. */
export interface Channel {
  readonly reader: MessageReader;
  readonly writer: MessageWriter;
}

/** What the composition root does when the connection says so. */
export interface ServerLife {
  /** The client has said who it is: from here on there may be a dispatch. */
  begin(params: InitializeParams, encoding: PositionEncoding): void;
  /** The client wants to end: that it goes from now on is no fault. */
  shutDown(): void;
  /** The connection is over, one way or another. */
  end(exitCode: number): void;
}

const faultCodes: Readonly<Record<RequestFault, number>> = {
  invalidParams: ErrorCodes.InvalidParams,
  requestCancelled: LSPErrorCodes.RequestCancelled,
};

export function stdioChannel(input: Readable, output: Writable): Channel {
  const writer = new StreamMessageWriter(output);
  return { reader: new DoorReader(writer, (take, failed) => {
    const frames = new FrameReader((frame) => (frame.kind === "value" ? take(frame.value) : failed(frame.reason)));
    input.on("data", (chunk: Buffer) => frames.push(chunk));
  }), writer };
}

export function ipcChannel(): Channel {
  const writer = new IPCMessageWriter(process);
  const inner = new IPCMessageReader(process);
  return { reader: new DoorReader(writer, (take) => void inner.listen((message) => take(message))), writer };
}

/**
 * Listens until the connection is over. The log goes to the client alone: a pipe for standard error that nobody reads
 * fills up, and then every write to it waits forever.
 */
export function serve(channel: Channel, version: string, life: ServerLife, makeDispatch: (outward: Outward) => Dispatch): void {
  let isShutDown = false;
  const connection: Connection = createConnection((logger) => createProtocolConnection(channel.reader, channel.writer, logger), {
    get shutdownReceived() {
      return isShutDown;
    },
    set shutdownReceived(received: boolean) {
      isShutDown = received;
    },
    initialize: () => undefined,
    exit: (code) => life.end(code),
  });
  const announcer = new Announcer(connection);
  const log = (message: string): void => send(connection, "window/logMessage", { type: MessageType.Warning, message });
  if (channel.reader instanceof DoorReader) channel.reader.log = log;
  const dispatch = makeDispatch({
    modelStatus: (status) => announcer.modelStatus(status),
    outcome: (params) => send(connection, outcomeMethod, params),
    resync: (params) => send(connection, resyncMethod, params),
    log,
  });

  connection.onInitialize((raw): InitializeResult => {
    const params = mustBeInitializeParams(raw);
    const encoding = chooseEncoding(params.positionEncodings);
    announcer.mayShowProgress = params.workDoneProgress;
    life.begin(params, encoding);
    return {
      serverInfo: { name: "palimpsest", version: `${version}/${protocolVersion}` },
      capabilities: {
        positionEncoding: encoding,
        textDocumentSync: { openClose: true, change: TextDocumentSyncKind.Incremental },
        inlineCompletionProvider: true,
      },
    };
  });
  connection.onInitialized(() => announcer.begin());
  connection.onShutdown(() => life.shutDown());
  wireNotifications(connection, dispatch);
  wireRequests(connection, dispatch);
  connection.listen();
}

function wireNotifications(connection: Connection, dispatch: Dispatch): void {
  const on = (method: string, take: (dispatch: Dispatch, params: unknown) => void): void => {
    connection.onNotification(method, (params: unknown) => dispatch.notify(() => take(dispatch, params), method, params));
  };
  on("textDocument/didOpen", (to, params) => to.didOpen(params));
  on("textDocument/didChange", (to, params) => to.didChange(params));
  on("textDocument/didClose", (to, params) => to.didClose(params));
  on(cursorMethod, (to, params) => to.cursor(params));
  on(structureMethod, (to, params) => to.structure(params));
}

function wireRequests(connection: Connection, dispatch: Dispatch): void {
  const asError = (error: unknown): unknown => {
    if (error instanceof ParamsError) return new ResponseError(ErrorCodes.InvalidParams, error.message);
    if (error instanceof RequestError) return new ResponseError(faultCodes[error.fault], error.message);
    if (error instanceof EngineThreadError) return new ResponseError(LSPErrorCodes.RequestFailed, error.message);
    return error;
  };
  const answer = async <Result>(result: Promise<Result>): Promise<Result> => result.catch((error: unknown) => Promise.reject(asError(error)));
  connection.languages.inlineCompletion.on(async (params, token) => {
    const { items } = await answer(dispatch.inlineCompletion(params, cancellationOf(token)));
    return { items: [...items] };
  });
  connection.onRequest(statisticsMethod, () => answer(dispatch.statistics()));
  connection.onRequest(ledgerMethod, (params: unknown) => answer(dispatch.ledger(params)));
  connection.onRequest(dropCacheMethod, (params: unknown) => answer(dispatch.dropCache(params)));
}

/** UTF-16 wherever the client lets us choose: it is what JavaScript strings count in. */
export function chooseEncoding(offered: readonly string[] | undefined): PositionEncoding {
  if (offered === undefined || offered.includes("utf-16")) return "utf-16";
  if (offered.includes("utf-8")) return "utf-8";
  return offered.includes("utf-32") ? "utf-32" : "utf-16";
}

/** Says how the model does: as our own notification, and as progress to a client that shows it. */
class Announcer {
  mayShowProgress = false;
  private hasBegun = false;
  private latest: ModelStatus | undefined;
  private progress: Promise<WorkDoneProgressServerReporter | undefined> | undefined;

  constructor(private readonly connection: Connection) {}

  /** Nothing unasked goes out before the client says `initialized`. */
  begin(): void {
    if (this.hasBegun) return;
    this.hasBegun = true;
    if (this.latest !== undefined) this.modelStatus(this.latest);
  }

  modelStatus(status: ModelStatus): void {
    this.latest = status;
    if (!this.hasBegun) return;
    send(this.connection, modelStatusMethod, status);
    if (this.mayShowProgress) this.show(status);
    if (status.state.kind !== "loading") this.connection.console.log(renderModel(status));
  }

  private show(status: ModelStatus): void {
    if (status.state.kind === "loading") {
      const percentage = Math.round(status.state.fraction * 100);
      this.progress ??= this.open(status.name, percentage);
      void this.progress.then((progress) => progress?.report(percentage));
      return;
    }
    void this.progress?.then((progress) => progress?.done());
    this.progress = undefined;
  }

  private async open(name: string, percentage: number): Promise<WorkDoneProgressServerReporter | undefined> {
    try {
      const progress = await this.connection.window.createWorkDoneProgress();
      progress.begin("Palimpsest", percentage, `Loading ${name}`, false);
      return progress;
    } catch {
      // The client refused: the status notification is enough.
      return undefined;
    }
  }
}

/** Lets through what has the shape of a message, and answers the rest on the spot. */
class DoorReader extends AbstractMessageReader {
  log: (message: string) => void = () => undefined;
  private readonly envelope = new Envelope();

  constructor(
    private readonly writer: MessageWriter,
    private readonly start: (take: (value: unknown) => void, failed: (reason: string) => void) => void,
  ) {
    super();
  }

  listen(callback: DataCallback): Disposable {
    this.start((value) => this.admit(value, callback), (reason) => {
      this.log(`${reason} was skipped`);
      this.write({ jsonrpc: "2.0", id: null, error: { code: errorCodes.parseError, message: reason } });
    });
    return { dispose: () => undefined };
  }

  private admit(value: unknown, callback: DataCallback): void {
    const admission = this.envelope.admit(value);
    switch (admission.kind) {
      case "pass":
        try {
          callback(cleaned(admission.message) as unknown as Message);
        } catch (error) {
          // The library throws at a request that is cancelled twice; whatever it is, the next message is another one.
          this.log(`a message was lost: ${error instanceof Error ? error.message : String(error)}`);
        }
        break;
      case "answer":
        this.write({ jsonrpc: "2.0", id: admission.id, error: { code: admission.code, message: admission.message } });
        break;
      case "drop":
        this.log(admission.reason);
        break;
    }
  }

  private write(message: object): void {
    this.writer.write(message as Message).catch(() => undefined);
  }
}

/** The library trusts the capabilities of `initialize`: it gets those that we have checked. */
function cleaned(message: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  if (message["method"] !== "initialize") return message;
  const { processId, positionEncodings, workDoneProgress } = mustBeInitializeParams(message["params"]);
  const capabilities = { window: { workDoneProgress }, general: positionEncodings === undefined ? {} : { positionEncodings } };
  return { ...message, params: { processId: processId ?? null, rootUri: null, capabilities } };
}

function cancellationOf(token: CancellationToken): Cancellation {
  return {
    get isCancelled() {
      return token.isCancellationRequested;
    },
    onCancel: (listener) => void token.onCancellationRequested(listener),
  };
}

/** A client that is gone can't be told: its going is noticed elsewhere. */
function send(connection: Connection, method: string, params: object): void {
  connection.sendNotification(method, params).catch(() => undefined);
}

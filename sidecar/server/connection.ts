// Owns the conversation in JSON-RPC and LSP: messages go to dispatch, results and notices come back.
// Knows neither sessions nor the engine; who comes in is doorReader.ts's, what is said of the model modelAnnouncer.ts's.
import type { Readable, Writable } from "node:stream";
import {
  type CancellationToken, CancellationTokenSource, type Connection, createConnection, createProtocolConnection, ErrorCodes, type InitializeResult,
  LSPErrorCodes, type MessageReader, MessageType, type MessageWriter, ResponseError, TextDocumentSyncKind,
} from "vscode-languageserver";
import { IPCMessageReader, IPCMessageWriter, StreamMessageWriter } from "vscode-languageserver/node";
import {
  activityMethod, cursorMethod, dropCacheMethod, ledgerMethod, membersMethod, type MembersParams, outcomeMethod, protocolVersion, resyncMethod,
  statisticsMethod, structureMethod,
} from "../protocol/messages";
import { settingsIn } from "../protocol/settings";
import { type InitializeParams, mustBeInitializeParams, ParamsError } from "../protocol/validate";
import type { PositionEncoding } from "../session/events";
import type { Cancellation, Dispatch, Outward } from "./dispatch";
import { RequestError, type RequestFault } from "./requestError";
import { DoorReader } from "./doorReader";
import { EngineThreadError } from "./engineThread";
import { FrameReader } from "../base/framing";
import { ModelAnnouncer } from "./modelAnnouncer";
import { chooseEncoding } from "./positionEncoding";

/** A pair of ends to talk over. */
export interface Channel {
  readonly reader: MessageReader;
  readonly writer: MessageWriter;
}

/** Sends `palimpsest/members`; the request is cancelled when `cancelled` settles. */
export type AskMembers = (params: MembersParams, cancelled: Promise<void>) => Promise<unknown>;

/** What the composition root does when the connection says so. */
export interface ServerLife {
  /** The client has said who it is: from here on there may be a dispatch, and the client may be asked for legal names. */
  begin(params: InitializeParams, encoding: PositionEncoding, askMembers: AskMembers): void;
  /** The client has new settings. */
  configure(settings: unknown): void;
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
  const announcer = new ModelAnnouncer(connection);
  const log = (message: string): void => send(connection, "window/logMessage", { type: MessageType.Warning, message });
  if (channel.reader instanceof DoorReader) channel.reader.log = log;
  const dispatch = makeDispatch({
    modelStatus: (status) => announcer.modelStatus(status),
    outcome: (params) => send(connection, outcomeMethod, params),
    activity: (params) => send(connection, activityMethod, params),
    resync: (params) => send(connection, resyncMethod, params),
    log,
    showMessage: (message) => send(connection, "window/showMessage", { type: MessageType.Warning, message: `Palimpsest: ${message}` }),
  });

  connection.onInitialize((raw): InitializeResult => {
    const params = mustBeInitializeParams(raw);
    const encoding = chooseEncoding(params.positionEncodings);
    announcer.mayShowProgress = params.workDoneProgress;
    life.begin(params, encoding, (asked, cancelled) => {
      const cancellation = new CancellationTokenSource();
      void cancelled.then(() => cancellation.cancel());
      return connection.sendRequest(membersMethod, asked, cancellation.token);
    });
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
  connection.onNotification("workspace/didChangeConfiguration", (params: unknown) => {
    const settings = settingsIn(params);
    if (settings !== undefined) life.configure(settings);
  });
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

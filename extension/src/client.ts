// Owns one conversation with one sidecar: the language client over its pipes, with our own messages typed.
// Knows nothing of the process beyond its pipes; sidecarProcess.ts decides when it lives.
import type { ChildProcess } from "node:child_process";
import type * as vscode from "vscode";
import {
  CloseAction, DidCloseTextDocumentNotification, DidOpenTextDocumentNotification, ErrorAction, LanguageClient,
  RevealOutputChannelOn, type Middleware,
} from "vscode-languageclient/node";
import type { LedgerView, ModelStatus, Statistics } from "../../sidecar/protocol/data";
import {
  cursorMethod, dropCacheMethod, ledgerMethod, modelStatusMethod, outcomeMethod, protocolVersion, resyncMethod,
  statisticsMethod, structureMethod,
  type CursorParams, type DropCacheParams, type DropCacheResult, type LedgerParams, type OutcomeParams,
  type ResyncParams, type StructureParams,
} from "../../sidecar/protocol/messages";
import { documentMiddleware, schemes, whyNotSent } from "./documents";
import { openDocument } from "./fromProto";
import { limits } from "./limits";
import { HopelessStart, type SidecarConnection } from "./sidecarProcess";
import { checkProtocol } from "./protocolCheck";

export interface ClientParts {
  readonly log: vscode.LogOutputChannel;
  readonly middleware: Pick<Middleware, "provideInlineCompletionItems">;
  readonly onModelStatus: (status: ModelStatus) => void;
  readonly onOutcome: (params: OutcomeParams) => void;
  /** The sidecar has the full text again and nothing else. */
  readonly onReopened: (uri: string) => void;
}

export class SidecarClient implements SidecarConnection {
  private constructor(
    private readonly client: LanguageClient,
    private readonly parts: ClientParts,
  ) {}

  /** Greets the sidecar; rejects with a HopelessStart where it speaks another version of the protocol. */
  static async connect(child: ChildProcess, parts: ClientParts): Promise<SidecarClient> {
    const { stdin, stdout } = child;
    if (stdin === null || stdout === null) throw new HopelessStart("has no pipes");
    const client = new LanguageClient(
      "palimpsest",
      "Palimpsest",
      // The process is watched and ended elsewhere: `detached` keeps the client's hands off it.
      () => Promise.resolve({ reader: stdout, writer: stdin, detached: true }),
      {
        documentSelector: schemes.map((scheme) => ({ scheme })),
        outputChannel: parts.log,
        revealOutputChannelOn: RevealOutputChannelOn.Never,
        middleware: { ...documentMiddleware, ...parts.middleware },
        initializationFailedHandler: () => false,
        errorHandler: {
          error: () => ({ action: ErrorAction.Continue, handled: true }),
          closed: () => ({ action: CloseAction.DoNotRestart, handled: true }),
        },
      },
    );
    const sidecar = new SidecarClient(client, parts);
    sidecar.listen();
    await client.start();
    const mismatch = checkProtocol(client.initializeResult?.serverInfo?.version, protocolVersion);
    if (mismatch !== undefined) {
      await sidecar.stop();
      throw new HopelessStart(mismatch);
    }
    return sidecar;
  }

  async stop(): Promise<void> {
    // A sidecar that is gone already can't be told goodbye.
    await this.client.stop(limits.stopMsMax).catch(() => undefined);
  }

  statistics(): Promise<Statistics> {
    return this.client.sendRequest<Statistics>(statisticsMethod);
  }

  ledger(uri: string): Promise<LedgerView> {
    const params: LedgerParams = { textDocument: { uri } };
    return this.client.sendRequest<LedgerView>(ledgerMethod, params);
  }

  /** Forgets the cells of one document, or of all. */
  async dropCache(uri?: string): Promise<number> {
    const params: DropCacheParams = uri === undefined ? {} : { textDocument: { uri } };
    return (await this.client.sendRequest<DropCacheResult>(dropCacheMethod, params)).cellsDropped;
  }

  structure(params: StructureParams): void {
    this.notify(structureMethod, params);
  }

  cursor(params: CursorParams): void {
    this.notify(cursorMethod, params);
  }

  private listen(): void {
    this.client.onNotification(modelStatusMethod, (status: ModelStatus) => this.parts.onModelStatus(status));
    this.client.onNotification(outcomeMethod, (params: OutcomeParams) => this.parts.onOutcome(params));
    this.client.onNotification(resyncMethod, (params: ResyncParams) => void this.reopen(params));
  }

  /** The sidecar lost step: it is given the full text as if the document had been closed and opened again. */
  private async reopen({ uri, reason }: ResyncParams): Promise<void> {
    const document = openDocument(uri);
    if (document === undefined || whyNotSent(document) !== undefined) return;
    this.parts.log.warn(`A document was sent again: ${reason}`);
    const converter = this.client.code2ProtocolConverter;
    await this.client.sendNotification(DidCloseTextDocumentNotification.type, converter.asCloseTextDocumentParams(document));
    await this.client.sendNotification(DidOpenTextDocumentNotification.type, converter.asOpenTextDocumentParams(document));
    this.parts.onReopened(uri);
  }

  private notify(method: string, params: object): void {
    if (!this.client.isRunning()) return;
    this.client.sendNotification(method, params).catch((error: unknown) => {
      this.parts.log.debug(`${method} was not sent: ${String(error)}`);
    });
  }
}

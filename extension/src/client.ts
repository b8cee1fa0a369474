// Owns one conversation with one sidecar: the language client over its pipes, with our own messages typed.
// Knows nothing of the process beyond its pipes; sidecarSupervisor.ts decides when it lives.
import type { ChildProcess } from "node:child_process";
import * as vscode from "vscode";
import {
  CloseAction, DidCloseTextDocumentNotification, DidOpenTextDocumentNotification, ErrorAction, LanguageClient,
  RevealOutputChannelOn, type Middleware, type StaticFeature,
} from "vscode-languageclient/node";
import type { LedgerView, ModelStatus, Statistics } from "../../sidecar/protocol/data";
import {
  activityMethod, cursorMethod, dropCacheMethod, ledgerMethod, membersMethod, modelStatusMethod, outcomeMethod, protocolVersion, resyncMethod,
  statisticsMethod, structureMethod,
  type ActivityParams, type CursorParams, type DropCacheParams, type DropCacheResult, type LedgerParams, type MembersParams, type MembersResult,
  type OutcomeParams,
  type ResyncParams, type StructureParams,
} from "../../sidecar/protocol/messages";
import type { SidecarSettings } from "../../sidecar/protocol/settings";
import { schemes, SentDocuments } from "./documents";
import { openDocument } from "./fromProto";
import type { HandlerTimes } from "./handlerTimes";
import { limits } from "./limits";
import { HopelessStart, type SidecarConnection } from "./sidecarSupervisor";
import { checkProtocol } from "./protocolCheck";

export interface ClientParts {
  readonly log: vscode.LogOutputChannel;
  readonly middleware: Pick<Middleware, "provideInlineCompletionItems">;
  /** What the sidecar is to obey from its first moment on. */
  readonly settings: SidecarSettings;
  /** Why a document gets no completions as the settings are, as a sentence; undefined where it gets them. */
  readonly whyOff: (document: vscode.TextDocument) => string | undefined;
  /** Told what each change of a document costs. */
  readonly times: HandlerTimes;
  readonly onModelStatus: (status: ModelStatus) => void;
  readonly onOutcome: (params: OutcomeParams) => void;
  /** Cells are being healed, or no longer. */
  readonly onActivity: (params: ActivityParams) => void;
  /** The sidecar has the full text again and nothing else. */
  readonly onReopened: (uri: string) => void;
  /** Which names the editor's language features know at a place. */
  readonly answerMembers: (params: MembersParams) => Promise<MembersResult>;
}

/** Says in the greeting that the sidecar may ask for legal names. */
const membersFeature: StaticFeature = {
  fillClientCapabilities: (capabilities) => {
    capabilities.experimental = { palimpsest: { members: true } };
  },
  initialize: () => undefined,
  getState: () => ({ kind: "static" }),
  clear: () => undefined,
};

export class SidecarClient implements SidecarConnection {
  private constructor(
    private readonly client: LanguageClient,
    private readonly parts: ClientParts,
    private readonly sent: SentDocuments,
  ) {}

  /** Greets the sidecar; rejects with a HopelessStart where it speaks another version of the protocol. */
  static async connect(child: ChildProcess, parts: ClientParts): Promise<SidecarClient> {
    const { stdin, stdout } = child;
    if (stdin === null || stdout === null) throw new HopelessStart("has no pipes");
    const sent = new SentDocuments(parts.whyOff, parts.times);
    const client = new LanguageClient(
      "palimpsest",
      "Palimpsest",
      // The process is watched and ended elsewhere: `detached` keeps the client's hands off it.
      () => Promise.resolve({ reader: stdout, writer: stdin, detached: true }),
      {
        documentSelector: schemes.map((scheme) => ({ scheme })),
        outputChannel: parts.log,
        initializationOptions: parts.settings,
        revealOutputChannelOn: RevealOutputChannelOn.Never,
        middleware: { ...sent.middleware, ...parts.middleware },
        initializationFailedHandler: () => false,
        errorHandler: {
          error: () => ({ action: ErrorAction.Continue, handled: true }),
          closed: () => ({ action: CloseAction.DoNotRestart, handled: true }),
        },
      },
    );
    client.registerFeature(membersFeature);
    const sidecar = new SidecarClient(client, parts, sent);
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
    if (this.sent.has(params.textDocument.uri)) this.notify(structureMethod, params);
  }

  cursor(params: CursorParams): void {
    if (this.sent.has(params.textDocument.uri)) this.notify(cursorMethod, params);
  }

  /** Tells the sidecar of settings that have changed: it obeys at once, or when another model is loaded. */
  configure(settings: SidecarSettings): void {
    this.notify("workspace/didChangeConfiguration", { settings: { palimpsest: settings } });
  }

  /** Opens and closes documents for the sidecar as the settings now say. */
  settingsChanged(): void {
    const { opened, closed } = this.sent.follow(vscode.workspace.textDocuments);
    for (const document of closed) this.close(document);
    for (const document of opened) this.open(document);
  }

  private listen(): void {
    this.client.onNotification(modelStatusMethod, (status: ModelStatus) => this.parts.onModelStatus(status));
    this.client.onNotification(outcomeMethod, (params: OutcomeParams) => this.parts.onOutcome(params));
    this.client.onNotification(activityMethod, (params: ActivityParams) => this.parts.onActivity(params));
    this.client.onNotification(resyncMethod, (params: ResyncParams) => this.reopen(params));
    this.client.onRequest<MembersResult, void>(membersMethod, (params: MembersParams) => this.parts.answerMembers(params));
  }

  /** The sidecar lost step: it is given the full text as if the document had been closed and opened again. */
  private reopen({ uri, reason }: ResyncParams): void {
    const document = openDocument(uri);
    if (document === undefined || !this.sent.has(document.uri.toString())) return;
    this.parts.log.warn(`A document was sent again: ${reason}`);
    // In one go, so that the editor can't close the document in between.
    this.close(document);
    this.open(document);
  }

  private open(document: vscode.TextDocument): void {
    const { type } = DidOpenTextDocumentNotification;
    this.quietly(type.method, () => this.client.sendNotification(type, this.client.code2ProtocolConverter.asOpenTextDocumentParams(document)));
    this.parts.onReopened(document.uri.toString());
  }

  private close(document: vscode.TextDocument): void {
    const { type } = DidCloseTextDocumentNotification;
    this.quietly(type.method, () => this.client.sendNotification(type, this.client.code2ProtocolConverter.asCloseTextDocumentParams(document)));
  }

  private notify(method: string, params: object): void {
    this.quietly(method, () => this.client.sendNotification(method, params));
  }

  /** Where the sidecar is gone, nothing is lost: the next one is told everything anew. */
  private quietly(method: string, send: () => Promise<void>): void {
    if (!this.client.isRunning()) return;
    send().catch((error: unknown) => this.parts.log.debug(`${method} was not sent: ${String(error)}`));
  }
}

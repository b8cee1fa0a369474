// Owns the commands of the palette, one function each. What they do is done by the parts that they are given.
import * as vscode from "vscode";
import type { SidecarClient } from "./client";
import { switchOn } from "./config";
import { whyNotSent } from "./documents";
import { shortName } from "./fromProto";
import { ledgerText } from "./ledgerView";
import { noStatsText, statsText } from "./statsView";
import { toWireUri } from "./toProto";
import { EditorRecording } from "./trace/editorRecording";
import { pageScheme, VirtualDocuments } from "./virtualDocuments";

export const commandNames = {
  statistics: "palimpsest.showCacheStatistics",
  ledger: "palimpsest.showCacheLedger",
  restart: "palimpsest.restartSidecar",
  dropCache: "palimpsest.dropCache",
  toggle: "palimpsest.toggle",
  record: "palimpsest.recordEditTrace",
  log: "palimpsest.showLog",
  /** Run by the editor when a suggestion is accepted; not in the palette. */
  accepted: "palimpsest.suggestionAccepted",
} as const;

export interface CommandParts {
  readonly log: vscode.LogOutputChannel;
  /** Why a document gets no completions, as a sentence; undefined where it gets them. */
  readonly whyOff: (document: vscode.TextDocument) => string | undefined;
  /** Undefined while no sidecar runs. */
  readonly client: () => SidecarClient | undefined;
  /** Why no sidecar runs, or how it is, in a sentence. */
  readonly sidecarTooltip: () => string;
  readonly restart: () => Promise<void>;
}

const statisticsPage = vscode.Uri.from({ scheme: pageScheme, path: "/Palimpsest Cache Statistics" });
const recordingContext = "palimpsest.recording";

export class Commands implements vscode.Disposable {
  private readonly pages: VirtualDocuments;
  private readonly registrations: readonly vscode.Disposable[];
  private recording: EditorRecording | undefined;

  constructor(private readonly parts: CommandParts) {
    this.pages = new VirtualDocuments((page) => this.pageText(page));
    const register = (name: string, action: (...values: readonly unknown[]) => unknown): vscode.Disposable =>
      vscode.commands.registerCommand(name, action);
    this.registrations = [
      register(commandNames.statistics, () => this.pages.show(statisticsPage)),
      register(commandNames.ledger, () => this.showLedger()),
      register(commandNames.restart, () => this.parts.restart()),
      register(commandNames.dropCache, () => this.dropCache()),
      register(commandNames.toggle, () => toggle()),
      register(commandNames.record, () => this.record()),
      register(commandNames.log, () => this.parts.log.show()),
      register(commandNames.accepted, (request) => {
        if (typeof request === "number") this.recording?.accepted(request);
      }),
    ];
  }

  /** A completion was answered: figures that are looked at are out of date. */
  figuresChanged(): void {
    this.pages.refreshSoon();
  }

  asked(document: vscode.TextDocument, position: vscode.Position): number | undefined {
    return this.recording?.asked(document, position);
  }

  shown(request: number, text: string): void {
    this.recording?.shown(request, text);
  }

  dispose(): void {
    this.recording?.dispose();
    this.pages.dispose();
    for (const registration of this.registrations) registration.dispose();
  }

  private async pageText(page: vscode.Uri): Promise<string> {
    const client = this.parts.client();
    if (client === undefined) return noStatsText(this.parts.sidecarTooltip());
    // The ledger's page carries its document's URI in the query.
    if (page.query === "") return statsText(await client.statistics(), shortName);
    return ledgerText(await client.ledger(page.query), shortName(page.query));
  }

  private async showLedger(): Promise<void> {
    const document = vscode.window.activeTextEditor?.document;
    if (document === undefined) return tell("Open the file whose cache you want to see.");
    const reason = this.parts.whyOff(document);
    if (reason !== undefined) return tell(reason);
    if (this.parts.client() === undefined) return tell(this.parts.sidecarTooltip());
    const uri = toWireUri(document.uri);
    const page = vscode.Uri.from({ scheme: pageScheme, path: `/${shortName(uri)} (cache ledger)`, query: uri });
    await this.pages.show(page);
  }

  private async dropCache(): Promise<void> {
    const client = this.parts.client();
    if (client === undefined) return tell(this.parts.sidecarTooltip());
    const cells = await client.dropCache();
    this.pages.refreshSoon();
    tell(`${cells} cells were dropped. The next completion reads its document again.`);
  }

  private async record(): Promise<void> {
    const { recording } = this;
    if (recording !== undefined) {
      this.recording = undefined;
      await vscode.commands.executeCommand("setContext", recordingContext, false);
      const file = await recording.save();
      if (file !== undefined) tell(`The trace was saved to ${vscode.workspace.asRelativePath(file)}. It holds your code.`);
      return;
    }
    const document = vscode.window.activeTextEditor?.document;
    const reason = document === undefined ? "Open the file whose editing you want to record." : whyNotSent(document);
    if (document === undefined || reason !== undefined) return tell(reason ?? "");
    this.recording = new EditorRecording(document);
    await vscode.commands.executeCommand("setContext", recordingContext, true);
    tell("Recording edits of this file. Run the command again to end the recording and choose where to save it.");
  }
}

async function toggle(): Promise<void> {
  await switchOn(vscode.workspace.getConfiguration("palimpsest").get("enabled") === false);
}

/** A short message that needs no answer. */
function tell(message: string): void {
  void vscode.window.showInformationMessage(message);
}

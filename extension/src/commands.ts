// Owns the commands of the palette, one function each. What they do is done by the parts that they are given.
import * as vscode from "vscode";
import type { SidecarClient } from "./client";
import { switchOn } from "./config";
import { whyNotSent } from "./documents";
import { shortName } from "./fromProto";
import { pageLanguage, t } from "./l10n";
import { ledgerText } from "./ledgerView";
import { documentMap } from "./page/documentMap";
import type { MappedDocument, PageFigures } from "./page/figures";
import type { PageCommand } from "./page/pageFrame";
import { StatisticsPanel } from "./page/statisticsPanel";
import { noStatsText, statsText } from "./statsView";
import type { Status } from "./statusText";
import { toWireUri } from "./toProto";
import { EditorRecording } from "./trace/editorRecording";
import { pageScheme, VirtualDocuments } from "./virtualDocuments";
import { openWalkthrough, tryIt } from "./walkthrough";

export const commandNames = {
  statistics: "palimpsest.showCacheStatistics",
  statisticsText: "palimpsest.showStatisticsAsText",
  statisticsJson: "palimpsest.copyStatistics",
  ledger: "palimpsest.showCacheLedger",
  restart: "palimpsest.restartSidecar",
  dropCache: "palimpsest.dropCache",
  toggle: "palimpsest.toggle",
  record: "palimpsest.recordEditTrace",
  log: "palimpsest.showLog",
  walkthrough: "palimpsest.openWalkthrough",
  tryIt: "palimpsest.tryIt",
  /** Run by the editor when a suggestion is accepted; not in the palette. */
  accepted: "palimpsest.suggestionAccepted",
} as const;

export interface CommandParts {
  readonly extensionUri: vscode.Uri;
  readonly log: vscode.LogOutputChannel;
  /** Why a document gets no completions, as a sentence; undefined where it gets them. */
  readonly whyOff: (document: vscode.TextDocument) => string | undefined;
  /** Undefined while no sidecar runs. */
  readonly client: () => SidecarClient | undefined;
  readonly status: () => Status;
  /** The document that was last worked in; our own pages don't count. */
  readonly document: () => vscode.TextDocument | undefined;
  readonly restart: () => Promise<void>;
}

const statisticsPage = vscode.Uri.from({ scheme: pageScheme, path: "/Palimpsest Cache Statistics" });
const recordingContext = "palimpsest.recording";

export class Commands implements vscode.Disposable {
  private readonly pages: VirtualDocuments;
  private readonly panel: StatisticsPanel;
  private readonly registrations: readonly vscode.Disposable[];
  private recording: EditorRecording | undefined;

  constructor(private readonly parts: CommandParts) {
    this.pages = new VirtualDocuments((page) => this.pageText(page));
    this.panel = new StatisticsPanel({
      extensionUri: parts.extensionUri,
      figures: () => this.figures(),
      run: (command) => void vscode.commands.executeCommand(ofPage[command]),
    });
    const register = (name: string, action: (...values: readonly unknown[]) => unknown): vscode.Disposable =>
      vscode.commands.registerCommand(name, action);
    this.registrations = [
      register(commandNames.statistics, () => this.panel.show()),
      register(commandNames.statisticsText, () => this.pages.show(statisticsPage)),
      register(commandNames.statisticsJson, () => this.copyStatistics()),
      register(commandNames.ledger, () => this.showLedger()),
      register(commandNames.restart, () => this.parts.restart()),
      register(commandNames.dropCache, () => this.dropCache()),
      register(commandNames.toggle, () => toggle()),
      register(commandNames.record, () => this.record()),
      register(commandNames.log, () => this.parts.log.show()),
      register(commandNames.walkthrough, () => openWalkthrough()),
      register(commandNames.tryIt, () => tryIt()),
      register(commandNames.accepted, (request) => {
        if (typeof request === "number") this.recording?.accepted(request);
      }),
    ];
  }

  /** A completion was answered: figures that are looked at are out of date. */
  figuresChanged(): void {
    this.pages.refreshSoon();
    this.panel.refreshSoon();
  }

  /** Idle work has begun to change the figures, or has ended. */
  healing(healing: boolean): void {
    this.panel.healing(healing);
  }

  statusChanged(status: Status): void {
    this.panel.statusChanged(status);
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
    this.panel.dispose();
    for (const registration of this.registrations) registration.dispose();
  }

  private async pageText(page: vscode.Uri): Promise<string> {
    const client = this.parts.client();
    if (client === undefined) return noStatsText(this.parts.status().reason);
    // The ledger's page carries its document's URI in the query.
    if (page.query === "") return statsText(await client.statistics(), shortName);
    return ledgerText(await client.ledger(page.query), shortName(page.query));
  }

  private async figures(): Promise<PageFigures> {
    const base = { status: this.parts.status(), nameOf: shortName, language: pageLanguage() };
    const client = this.parts.client();
    if (client === undefined) return { ...base, statistics: undefined, document: undefined };
    try {
      const [statistics, document] = await Promise.all([client.statistics(), this.mapped(client)]);
      return { ...base, statistics, document };
    } catch (error) {
      // A sidecar that has just ended answers nothing; the status says how it goes on.
      this.parts.log.debug(`The statistics page got no figures: ${String(error)}`);
      return { ...base, statistics: undefined, document: undefined };
    }
  }

  private async mapped(client: SidecarClient): Promise<MappedDocument | undefined> {
    const document = this.parts.document();
    if (document === undefined || document.isClosed || this.parts.whyOff(document) !== undefined) return undefined;
    const uri = toWireUri(document.uri);
    const { runs } = await client.ledger(uri);
    return { uri, map: documentMap(document.getText(), runs) };
  }

  private async copyStatistics(): Promise<void> {
    const client = this.parts.client();
    if (client === undefined) return tell(this.parts.status().reason);
    await vscode.env.clipboard.writeText(`${JSON.stringify(await client.statistics(), undefined, 2)}\n`);
    tell(t("The statistics were copied as JSON. They name your files and hold none of their text."));
  }

  private async showLedger(): Promise<void> {
    const document = vscode.window.activeTextEditor?.document ?? this.parts.document();
    if (document === undefined) return tell(t("Open the file whose cache you want to see."));
    const reason = this.parts.whyOff(document);
    if (reason !== undefined) return tell(reason);
    if (this.parts.client() === undefined) return tell(this.parts.status().reason);
    const uri = toWireUri(document.uri);
    const page = vscode.Uri.from({ scheme: pageScheme, path: `/${shortName(uri)} (cache ledger)`, query: uri });
    await this.pages.show(page);
  }

  private async dropCache(): Promise<void> {
    const client = this.parts.client();
    if (client === undefined) return tell(this.parts.status().reason);
    const cells = await client.dropCache();
    this.figuresChanged();
    tell(t("{0} cells were dropped. The next completion reads its document again.", cells));
  }

  private async record(): Promise<void> {
    const { recording } = this;
    if (recording !== undefined) {
      this.recording = undefined;
      await vscode.commands.executeCommand("setContext", recordingContext, false);
      const file = await recording.save();
      if (file !== undefined) tell(t("The trace was saved to {0}. It holds your code.", vscode.workspace.asRelativePath(file)));
      return;
    }
    const document = vscode.window.activeTextEditor?.document;
    const reason = document === undefined ? t("Open the file whose editing you want to record.") : whyNotSent(document);
    if (document === undefined || reason !== undefined) return tell(reason ?? "");
    this.recording = new EditorRecording(document);
    await vscode.commands.executeCommand("setContext", recordingContext, true);
    tell(t("Recording edits of this file. Run the command again to end the recording and choose where to save it."));
  }
}

/** What the buttons of the statistics page do. */
const ofPage: Readonly<Record<PageCommand, string>> = {
  text: commandNames.statisticsText, json: commandNames.statisticsJson, ledger: commandNames.ledger, dropCache: commandNames.dropCache,
};

async function toggle(): Promise<void> {
  await switchOn(vscode.workspace.getConfiguration("palimpsest").get("enabled") === false);
}

/** A short message that needs no answer. */
function tell(message: string): void {
  void vscode.window.showInformationMessage(message);
}

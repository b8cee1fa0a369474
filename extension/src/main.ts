// Owns the life of the extension: makes the parts, connects them and takes them down. Decides nothing else.
import { join } from "node:path";
import * as vscode from "vscode";
import { Grammars } from "../../grammars/grammars";
import type { PalimpsestApi } from "./api";
import { commandNames, Commands } from "./commands";
import { onSettingsChanged } from "./config";
import { Control } from "./control";
import { CursorWatch } from "./cursor";
import { schemes } from "./documents";
import { followEditor } from "./editorEvents";
import { HandlerTimes } from "./handlerTimes";
import { AskAgain } from "./inline/askAgain";
import { Patience } from "./inline/patience";
import { inlineMiddleware } from "./inline/provider";
import { outcomeSentence } from "./inline/outcomes";
import { t, useBundle } from "./l10n";
import { sayOtherProviders } from "./otherProvidersNotice";
import { ModelChoice } from "./models/chooseModel";
import { EngineInstaller } from "./models/engine/engineInstaller";
import { npmPlaces } from "./models/engine/fetchEngine";
import { Sidecar } from "./sidecar";
import { withMonitor } from "./monitor/monitorChoice";
import { StatusBar } from "./statusBar";
import { Structures } from "./syntax/structure";
import { FirstStep } from "./walkthrough";
import { toCursorParams, toStructureParams, toWireUri } from "./toProto";

let sidecar: Sidecar | undefined;

export function activate(context: vscode.ExtensionContext): PalimpsestApi {
  const startMs = performance.now();
  const times = new HandlerTimes(() => performance.now());
  useBundle(vscode.l10n.bundle, vscode.env.language);
  const log = vscode.window.createOutputChannel("Palimpsest", { log: true });
  const statusBar = new StatusBar(commandNames.statistics);
  const dist = context.asAbsolutePath("dist");
  const grammars = new Grammars(join(dist, "grammars"), (message) => log.warn(message));
  const later = (delayMs: number, action: () => void): void => void setTimeout(action, delayMs);

  const structures = new Structures({
    loadGrammar: (languageId) => grammars.load(languageId),
    send: (uri, version, spans) => sidecar?.client()?.structure(toStructureParams(uri, version, spans)),
    log: (line) => log.debug(line),
    nowMs: () => performance.now(),
    later,
  });
  const control = new Control(log, () => followControl());
  const whyOff = (document: vscode.TextDocument): string | undefined => control.whyOff(document);
  const cursor = new CursorWatch({ send: (uri, place) => sidecar?.client()?.cursor(toCursorParams(uri, place)), later });
  const engines = new EngineInstaller({
    folder: join(context.globalStorageUri.fsPath, "engines"),
    places: npmPlaces,
    proxy: () => vscode.workspace.getConfiguration("http").get("proxy", ""),
    log: (line) => log.warn(line),
  });
  const models = new ModelChoice({
    sidecarScript: join(dist, "sidecar.js"),
    downloadScript: join(dist, "download.js"),
    folder: join(context.globalStorageUri.fsPath, "models"),
    engines,
    memory: context.globalState,
    restart: async () => sidecar?.restart(),
    log,
  });
  let shownDocument: vscode.TextDocument | undefined;
  const commands = new Commands({
    extensionUri: context.extensionUri,
    log,
    whyOff,
    client: () => sidecar?.client(),
    status: () => statusBar.status(),
    document: () => shownDocument,
    restart: async () => sidecar?.restart(),
  });
  // Pages that nobody writes on, our own included, say nothing about completions.
  const showDocument = (document: vscode.TextDocument | undefined): void => {
    const isWritten = document !== undefined && schemes.includes(document.uri.scheme);
    statusBar.update({ documentOff: isWritten ? (whyOff(document) ?? whyEditorAsksNothing(document)) : undefined });
    if (!isWritten || document === shownDocument) return;
    shownDocument = document;
    statusBar.update({ outcome: undefined });
    commands.figuresChanged();
  };

  /** What is sent and asked follows the settings, the patterns and the power source. */
  const followControl = (): void => {
    statusBar.update({ paused: control.whyPaused() });
    showDocument(vscode.window.activeTextEditor?.document);
    void sidecar?.follow();
  };
  const patience = new Patience((byKey) => control.askRule(byKey), (paused) => statusBar.update({ paused }));

  const firstStep = new FirstStep();
  const askAgain = new AskAgain(() => void vscode.commands.executeCommand("editor.action.inlineSuggest.trigger"));
  const activeDocument = (document: vscode.TextDocument | undefined): void => {
    askAgain.forget();
    showDocument(document);
  };
  const changed = (document: vscode.TextDocument): void => {
    if (sidecar?.client() !== undefined || document !== vscode.window.activeTextEditor?.document) return;
    if (control.isOn() && control.askRule(false).kind === "ask" && whyOff(document) === undefined) askAgain.changedUnheard();
  };

  sidecar = new Sidecar({
    script: join(dist, "sidecar.js"),
    log,
    statusBar,
    times,
    middleware: inlineMiddleware({
      whyOff,
      onOff: (reason) => statusBar.update({ documentOff: reason }),
      mayAsk: patience.mayAsk,
      onAsked: () => {
        statusBar.count(1);
        askAgain.asked();
      },
      onAnswered: () => statusBar.count(-1),
      onRequest: (document, position) => commands.asked(document, position),
      onSuggestion: (request, text) => commands.shown(request, text),
      acceptedCommand: commandNames.accepted,
    }),
    whyOff,
    flags: ["--stdio", "--engines", engines.folder],
    settings: () => withMonitor(control.sidecarSettings()),
    isOn: () => control.isOn(),
    remedies: {
      [t("Choose Model…")]: () => void models.choose(),
      [t("Open Settings")]: () => void vscode.commands.executeCommand("workbench.action.openSettings", "palimpsest.modelPath"),
    },
    onRunning: () => structures.sendAgain(),
    onEnded: (goesOn) => (goesOn ? askAgain.sidecarEnded() : askAgain.forget()),
    onModelStatus: (status) => {
      commands.figuresChanged();
      askAgain.modelStatus(status);
    },
    onOutcome: ({ uri, outcome }) => {
      askAgain.outcome(outcome);
      log.debug(outcomeSentence(outcome));
      firstStep.outcome(outcome);
      // What became of a request elsewhere says nothing about the cursor here.
      const active = vscode.window.activeTextEditor?.document;
      if (active !== undefined && toWireUri(active.uri) === uri) statusBar.update({ outcome });
      commands.figuresChanged();
    },
    onActivity: ({ healing }) => {
      statusBar.heals(healing);
      commands.healing(healing);
    },
    onReopened: (uri) => structures.sendAgain(uri),
  });

  context.subscriptions.push(
    log,
    statusBar,
    commands,
    statusBar.onDidChange((status) => commands.statusChanged(status)),
    { dispose: () => structures.dispose() },
    engines,
    ...followEditor({ structures, cursor, times, onActiveDocument: activeDocument, onChanged: changed }),
    control,
    vscode.commands.registerCommand("palimpsest.chooseModel", () => models.choose()),
    onSettingsChanged(() => void control.follow()),
    vscode.workspace.onDidGrantWorkspaceTrust(() => void sidecar?.follow()),
    vscode.workspace.onDidChangeWorkspaceFolders(() => void control.follow()),
  );
  // The sidecar starts meanwhile; nothing is sent to it before it is known what is excluded.
  void control.follow();
  void sidecar.follow();
  void sayOtherProviders(context.globalState);
  const activationMs = performance.now() - startMs;
  return apiOf(sidecar, statusBar, () => ({ activationMs, keystrokeMsP99: times.p99Ms() }));
}

export async function deactivate(): Promise<void> {
  await sidecar?.stop();
  sidecar = undefined;
}

/** Why the editor itself will ask for no ghost text in a document, whatever we would answer. */
function whyEditorAsksNothing(document: vscode.TextDocument): string | undefined {
  const scope = { uri: document.uri, languageId: document.languageId };
  const asks = vscode.workspace.getConfiguration("editor", scope).get("inlineSuggest.enabled") !== false;
  return asks ? undefined : t("The editor asks for no ghost text: its setting editor.inlineSuggest.enabled is off.");
}

function apiOf(running: Sidecar, statusBar: StatusBar, costs: PalimpsestApi["costs"]): PalimpsestApi {
  return {
    statistics: async () => {
      const client = running.client();
      if (client === undefined) throw new Error(statusBar.status().reason);
      return client.statistics();
    },
    sidecarPid: () => running.pid(),
    state: () => statusBar.status().kind,
    costs,
  };
}

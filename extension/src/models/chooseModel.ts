// Owns the command *Choose Model…*: the list, what is asked before anything is downloaded, the trial before anything is
// switched. Which models there are is catalogue.ts's; how one takes over is the sidecar's.
import { access } from "node:fs/promises";
import * as vscode from "vscode";
import { t } from "../l10n";
import { catalogue, type CatalogueModel } from "./catalogue";
import { computeRow } from "./computeRow";
import { computeChoices, thisMachine, type GraphicsVariant } from "./graphics";
import { downloadModel, modelFileOf } from "./downloadModel";
import type { EngineInstaller } from "./engine/engineInstaller";
import { fetchEngine } from "./engine/fetchEngine";
import { gigabytes, modelRow } from "./modelRow";
import { runHelper } from "./helperProcess";
import { parseMeasured, type Measured } from "./speed";
import { trialArguments, type Trial } from "./trial";

export interface ModelChoiceParts {
  readonly sidecarScript: string;
  readonly downloadScript: string;
  /** Where downloaded models lie. */
  readonly folder: string;
  readonly engines: EngineInstaller;
  readonly memory: vscode.Memento;
  /** Has the sidecar begin anew, for what no setting tells it. */
  readonly restart: () => Promise<void>;
  readonly log: vscode.LogOutputChannel;
}

type Choice =
  | { readonly kind: "embedded" }
  | { readonly kind: "listed"; readonly model: CatalogueModel }
  | { readonly kind: "disk" }
  | { readonly kind: "compute"; readonly variant: "cpu" | GraphicsVariant };

interface Row extends vscode.QuickPickItem {
  readonly choice?: Choice;
}

const measuredKey = "palimpsest.measured";
const measureSeconds = 10;

export class ModelChoice {
  private measuring: Promise<Measured | undefined> | undefined;

  constructor(private readonly parts: ModelChoiceParts) {}

  async choose(): Promise<void> {
    const choice = await this.pick();
    if (choice === undefined) return;
    switch (choice.kind) {
      case "embedded":
        return setModel("");
      case "listed":
        return this.chooseListed(choice.model);
      case "disk":
        return this.chooseFromDisk();
      case "compute":
        return choice.variant === "cpu" ? setGpu("cpu") : this.chooseGraphics(choice.variant);
    }
  }

  /** Shown as soon as the disk has been looked at; what is measured meanwhile is added. */
  private async pick(): Promise<Choice | undefined> {
    const rows = await this.rowsHere();
    const list = vscode.window.createQuickPick<Row>();
    list.title = t("Choose the Model That Completes");
    list.placeholder = t("Nothing is downloaded before you have said so");
    list.matchOnDescription = true;
    const stored = this.parts.memory.get<Measured>(measuredKey);
    list.items = rows(stored);
    if (stored === undefined) {
      list.busy = true;
      list.placeholder = t("Measuring this machine for ten seconds…");
      void this.measureMachine().then((measured) => {
        list.busy = false;
        list.placeholder = t("Nothing is downloaded before you have said so");
        list.items = rows(measured);
      });
    }
    return new Promise((resolve) => {
      list.onDidAccept(() => {
        const { choice } = list.selectedItems[0] ?? {};
        if (choice === undefined) return;
        resolve(choice);
        list.hide();
      });
      list.onDidHide(() => {
        resolve(undefined);
        list.dispose();
      });
      list.show();
    });
  }

  /** What there is to choose from here, by what is known of this machine's speed. */
  private async rowsHere(): Promise<(measured: Measured | undefined) => Row[]> {
    const { folder, engines } = this.parts;
    const contextLength = vscode.workspace.getConfiguration("palimpsest").get("contextLength", 8_192);
    const models = await Promise.all(catalogue.map(async (model) => ({ model, isHere: await isThere(modelFileOf(folder, model)) })));
    const variants = await computeChoices(thisMachine, setNow().gpu);
    const graphics = await Promise.all(variants.map(async (variant): Promise<Row> => {
      const isHere = variant === "cpu" || (await engines.has(variant));
      return { ...computeRow(variant, isHere, thisMachine.platform), choice: { kind: "compute", variant } };
    }));
    const listed = (measured: Measured | undefined): Row[] => models.map(({ model, isHere }) =>
      ({ ...modelRow(model, isHere, contextLength, measured), choice: { kind: "listed", model } }));
    return (measured) => [
      {
        label: `$(package) ${t("The embedded model")}`, description: "MIT", choice: { kind: "embedded" },
        detail: t("TypeScript, JavaScript and Python; nothing to download"),
      },
      { label: t("Download"), kind: vscode.QuickPickItemKind.Separator },
      ...listed(measured),
      { label: t("Yours"), kind: vscode.QuickPickItemKind.Separator },
      {
        label: `$(folder-opened) ${t("A model on disk…")}`, choice: { kind: "disk" },
        detail: t("Any GGUF file that llama.cpp runs; one that fills in the middle completes best"),
      },
      ...(graphics.length === 0 ? [] : [{ label: t("Graphics Card"), kind: vscode.QuickPickItemKind.Separator }, ...graphics]),
    ];
  }

  private async chooseListed(model: CatalogueModel): Promise<void> {
    const { folder, downloadScript, log } = this.parts;
    const path = modelFileOf(folder, model);
    if (!(await isThere(path))) {
      const download = t("Download");
      const question = t("Download {0} ({1}, {2}) from {3}?", model.name, gigabytes(model.bytes), model.licence, new URL(model.url).host);
      if ((await vscode.window.showInformationMessage(question, { modal: true }, download)) !== download) return;
      const outcome = await downloadModel(downloadScript, model, path, log);
      if (outcome.kind === "cancelled") return;
      if (outcome.kind === "failed") {
        void vscode.window.showErrorMessage(`Palimpsest: ${outcome.message}`);
        return;
      }
    }
    await this.tryAndSet(path);
  }

  private async chooseFromDisk(): Promise<void> {
    const [file] = (await vscode.window.showOpenDialog({ canSelectMany: false, filters: { [t("Models")]: ["gguf"] }, title: t("Choose a Model") })) ?? [];
    if (file === undefined) return;
    if (file.scheme !== "file") {
      void vscode.window.showErrorMessage(t("Palimpsest: the model must lie on the machine that the extension runs on."));
      return;
    }
    await this.tryAndSet(file.fsPath);
  }

  private async chooseGraphics(variant: GraphicsVariant): Promise<void> {
    const { engines, restart } = this.parts;
    const wasHere = await engines.has(variant);
    if (!wasHere && !(await fetchEngine(engines, variant, thisMachine.platform))) return;
    const now = setNow();
    const options = { location: vscode.ProgressLocation.Notification, title: t("Palimpsest: trying the graphics card…") };
    const trial = await vscode.window.withProgress(options, () => this.measure({ ...now, gpu: variant, seconds: 0 }));
    if (typeof trial === "string") {
      if (!wasHere) await this.removeEngine(variant);
      return this.graphicsRefused(variant, trial, wasHere);
    }
    await setGpu(variant);
    // Set before, and the processor has stood in for it: no setting changes.
    if (now.gpu === variant) await restart();
  }

  /** What was fetched long ago may be damaged by now. */
  private async graphicsRefused(variant: GraphicsVariant, why: string, wasHere: boolean): Promise<void> {
    const again = t("Fetch Its Engine Again");
    const message = t("Palimpsest: the graphics card can't be used, and nothing is changed: {0}", why);
    if ((await vscode.window.showErrorMessage(message, ...(wasHere ? [again] : []))) !== again) return;
    if (await this.removeEngine(variant)) await this.chooseGraphics(variant);
  }

  private async removeEngine(variant: GraphicsVariant): Promise<boolean> {
    const fault = await this.parts.engines.remove(variant);
    if (fault !== undefined) void vscode.window.showErrorMessage(`Palimpsest: ${fault}`);
    return fault === undefined;
  }

  /** Loads the model in a process of its own first: what crashes there leaves the one that serves alone. */
  private async tryAndSet(path: string): Promise<void> {
    const options = { location: vscode.ProgressLocation.Notification, title: t("Palimpsest: trying the model…") };
    const trial = await vscode.window.withProgress(options, () => this.measure({ ...setNow(), modelPath: path, seconds: 0 }));
    if (typeof trial === "string") {
      void vscode.window.showErrorMessage(t("Palimpsest: the model can't be used, and the one that serves stays: {0}", trial));
      return;
    }
    const warning = !trial.fillsInTheMiddle
      ? t("Palimpsest: this model doesn't fill in the middle. It completes from the text before the cursor alone.")
      : trial.shiftRefusal === undefined
        ? undefined
        : t("Palimpsest: this model's cache can't be patched, so that edits are read again: {0}", trial.shiftRefusal);
    if (warning !== undefined) void vscode.window.showWarningMessage(warning);
    await setModel(path);
  }

  private measureMachine(): Promise<Measured | undefined> {
    this.measuring ??= this.measure({ seconds: measureSeconds, modelPath: "", gpu: "cpu" }).then(async (measured) => {
      this.measuring = undefined;
      if (typeof measured === "string") return undefined;
      await this.parts.memory.update(measuredKey, measured);
      return measured;
    });
    return this.measuring;
  }

  /** Why it can't be measured, as a sentence, or what was measured. */
  private async measure(trial: Trial): Promise<Measured | string> {
    let line = "";
    const { ended } = runHelper(this.parts.sidecarScript, trialArguments(trial, this.parts.engines.folder), (said) => (line = said));
    const { ok, lastWords } = await ended;
    if (!ok) return lastWords === "" ? t("it ended the process that loaded it.") : lastWords;
    const measured = parseMeasured(line);
    this.parts.log.info(`Measured ${measured.modelName}: ${measured.tokensReadPerSecond} tokens read and ${measured.tokensWrittenPerSecond} written a second.`);
    return measured;
  }
}

function isThere(path: string): Promise<boolean> {
  return access(path).then(() => true, () => false);
}

/** What another choice is tried together with. */
function setNow(): Pick<Trial, "modelPath" | "gpu"> {
  const settings = vscode.workspace.getConfiguration("palimpsest");
  return { modelPath: settings.get("modelPath", ""), gpu: settings.get("gpu", "cpu") };
}

async function setGpu(variant: "cpu" | GraphicsVariant): Promise<void> {
  await vscode.workspace.getConfiguration("palimpsest").update("gpu", variant, vscode.ConfigurationTarget.Global);
}

async function setModel(path: string): Promise<void> {
  await vscode.workspace.getConfiguration("palimpsest").update("modelPath", path, vscode.ConfigurationTarget.Global);
}

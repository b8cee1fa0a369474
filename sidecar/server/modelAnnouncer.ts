// Owns how the client hears of the model: status notifications, progress while it loads, a line in the log.
// Knows how the model does only from what it is told.
import type { Connection, WorkDoneProgressServerReporter } from "vscode-languageserver";
import type { ModelStatus } from "../protocol/data";
import { modelStatusMethod } from "../protocol/messages";
import { renderModel } from "./modelStatus";

/** Says how the model does: as our own notification, and as progress to a client that shows it. */
export class ModelAnnouncer {
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
    // A client that is gone can't be told: its going is noticed elsewhere.
    this.connection.sendNotification(modelStatusMethod, status).catch(() => undefined);
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

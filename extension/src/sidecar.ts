// Owns the one sidecar of this window: started with the settings as they are, started again when they ask for it,
// stopped while completions are off, told of settings that change meanwhile. Tells the status bar, and the user once when it gives up.
import * as vscode from "vscode";
import type { ActivityParams, OutcomeParams } from "../../sidecar/protocol/messages";
import type { ModelStatus } from "../../sidecar/protocol/data";
import { t } from "./l10n";
import { SidecarClient, type ClientParts } from "./client";
import { answerMembers } from "./monitor/members";
import type { SidecarSettings } from "../../sidecar/protocol/settings";
import { spawnSidecar } from "./spawnSidecar";
import { SidecarSupervisor, type SidecarState } from "./sidecarSupervisor";
import type { StatusBar } from "./statusBar";

export interface SidecarHost {
  readonly script: string;
  readonly log: vscode.LogOutputChannel;
  readonly statusBar: StatusBar;
  readonly middleware: ClientParts["middleware"];
  readonly whyOff: ClientParts["whyOff"];
  readonly times: ClientParts["times"];
  readonly flags: readonly string[];
  readonly settings: () => SidecarSettings;
  readonly isOn: () => boolean;
  /** What to do about a model that can't be loaded: the labels of choices, and what each does. */
  readonly remedies: Readonly<Record<string, () => void>>;
  /** It runs and knows nothing yet. */
  readonly onRunning: () => void;
  /** It has ended: nobody hears anything. `goesOn`: another is being started, or will be. */
  readonly onEnded: (goesOn: boolean) => void;
  readonly onModelStatus: (status: ModelStatus) => void;
  readonly onOutcome: (params: OutcomeParams) => void;
  readonly onActivity: (params: ActivityParams) => void;
  readonly onReopened: (uri: string) => void;
}

export class Sidecar {
  private readonly process: SidecarSupervisor<SidecarClient>;
  /** What the sidecar was told last. */
  private told = "";
  private following: Promise<void> = Promise.resolve();

  constructor(private readonly host: SidecarHost) {
    this.process = new SidecarSupervisor<SidecarClient>({
      spawn: () => spawnSidecar(host.script, host.flags),
      connect: (child) => {
        const settings = host.settings();
        this.told = JSON.stringify(settings);
        return SidecarClient.connect(child, {
          settings,
          log: host.log,
          middleware: host.middleware,
          whyOff: host.whyOff,
          times: host.times,
          onModelStatus: (status) => this.modelStatus(status),
          onOutcome: host.onOutcome,
          onActivity: host.onActivity,
          onReopened: host.onReopened,
          answerMembers,
        });
      },
      onState: (state) => this.stateChanged(state),
      log: (line) => host.log.info(line),
      nowMs: () => performance.now(),
      schedule: (delayMs, action) => {
        const timer = setTimeout(action, delayMs);
        return () => clearTimeout(timer);
      },
    });
  }

  client(): SidecarClient | undefined {
    return this.process.connection();
  }

  pid(): number | undefined {
    return this.process.pid();
  }

  /** Brings the process in line with the settings; one change after the other. */
  follow(): Promise<void> {
    this.client()?.settingsChanged();
    this.following = this.following.then(async () => {
      const isOn = this.host.isOn();
      this.host.statusBar.update({ enabled: isOn });
      if (!isOn) return this.process.stop();
      this.tell();
      this.process.start();
      return;
    });
    return this.following;
  }

  async restart(): Promise<void> {
    if (this.host.isOn()) await this.process.restart();
  }

  /** Settles when no process is left. */
  async stop(): Promise<void> {
    await this.process.stop();
  }

  private tell(): void {
    const client = this.client();
    const settings = this.host.settings();
    if (client === undefined || JSON.stringify(settings) === this.told) return;
    this.told = JSON.stringify(settings);
    client.configure(settings);
  }

  private modelStatus(status: ModelStatus): void {
    this.host.statusBar.update({ model: status });
    this.host.onModelStatus(status);
    if (status.state.kind === "failed") {
      this.host.log.error(status.state.message);
      void this.offerRemedies(status.state.message);
    }
  }

  private stateChanged(state: SidecarState): void {
    // What a running sidecar's model is doing was told before it counted as running.
    if (state.kind !== "running") {
      this.host.onActivity({ healing: false });
      // Stopped while completions are on, it is being started again.
      this.host.onEnded(state.kind !== "failed" && this.host.isOn());
    }
    this.host.statusBar.update(state.kind === "running" ? { sidecar: state } : { sidecar: state, model: undefined, requestsPending: 0 });
    this.host.log.info(`Sidecar: ${stateText(state)}`);
    // Settings may have changed while it was greeted.
    if (state.kind === "running") this.tell();
    if (state.kind === "running") this.host.onRunning();
    if (state.kind === "failed") void this.offerRestart(state.reason);
  }

  private async offerRemedies(message: string): Promise<void> {
    const choice = await vscode.window.showErrorMessage(`Palimpsest: ${message}`, ...Object.keys(this.host.remedies));
    if (choice !== undefined) this.host.remedies[choice]?.();
  }

  private async offerRestart(reason: string): Promise<void> {
    const restart = t("Restart");
    const showLog = t("Show Log");
    const message = `Palimpsest: ${t("The sidecar {0}. It is not started again by itself.", reason)}`;
    const choice = await vscode.window.showErrorMessage(message, restart, showLog);
    if (choice === restart) await this.restart();
    if (choice === showLog) this.host.log.show();
  }
}

function stateText(state: SidecarState): string {
  return state.kind === "running" ? `running, process ${state.pid}` : state.kind;
}

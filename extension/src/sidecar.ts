// Owns the one sidecar of this window: started with the settings as they are, started again when they ask for it,
// stopped while completions are off. Tells the status bar, and the user once when it gives up.
import * as vscode from "vscode";
import type { ActivityParams, OutcomeParams } from "../../sidecar/protocol/messages";
import type { ModelStatus } from "../../sidecar/protocol/data";
import { SidecarClient, type ClientParts } from "./client";
import { currentSettings } from "./config";
import { needsRestart, sidecarFlags, type Settings } from "./settings";
import { spawnSidecar } from "./spawnSidecar";
import { SidecarSupervisor, type SidecarState } from "./sidecarSupervisor";
import type { StatusBar } from "./statusBar";

export interface SidecarHost {
  readonly script: string;
  readonly log: vscode.LogOutputChannel;
  readonly statusBar: StatusBar;
  readonly middleware: ClientParts["middleware"];
  readonly whyOff: ClientParts["whyOff"];
  /** It runs and knows nothing yet. */
  readonly onRunning: () => void;
  readonly onModelStatus: (status: ModelStatus) => void;
  readonly onOutcome: (params: OutcomeParams) => void;
  readonly onActivity: (params: ActivityParams) => void;
  readonly onReopened: (uri: string) => void;
}

export class Sidecar {
  private readonly process: SidecarSupervisor<SidecarClient>;
  private settings: Settings = currentSettings();
  private following: Promise<void> = Promise.resolve();

  constructor(private readonly host: SidecarHost) {
    this.process = new SidecarSupervisor<SidecarClient>({
      spawn: () => spawnSidecar(host.script, sidecarFlags(this.settings)),
      connect: (child) =>
        SidecarClient.connect(child, {
          log: host.log,
          middleware: host.middleware,
          whyOff: host.whyOff,
          onModelStatus: (status) => this.modelStatus(status),
          onOutcome: host.onOutcome,
          onActivity: host.onActivity,
          onReopened: host.onReopened,
        }),
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
      const before = this.settings;
      this.settings = currentSettings();
      this.host.statusBar.update({ enabled: this.settings.enabled });
      if (!this.settings.enabled) await this.process.stop();
      else if (this.process.current().kind !== "stopped" && needsRestart(before, this.settings)) await this.process.restart();
      else this.process.start();
    });
    return this.following;
  }

  async restart(): Promise<void> {
    this.settings = currentSettings();
    if (this.settings.enabled) await this.process.restart();
  }

  /** Settles when no process is left. */
  async stop(): Promise<void> {
    await this.process.stop();
  }

  private modelStatus(status: ModelStatus): void {
    this.host.statusBar.update({ model: status });
    this.host.onModelStatus(status);
    if (status.state.kind === "failed") {
      this.host.log.error(status.state.message);
      void vscode.window.showErrorMessage(`Palimpsest: ${status.state.message}`);
    }
  }

  private stateChanged(state: SidecarState): void {
    // What a running sidecar's model is doing was told before it counted as running.
    if (state.kind !== "running") this.host.onActivity({ healing: false });
    this.host.statusBar.update(state.kind === "running" ? { sidecar: state } : { sidecar: state, model: undefined, requestsPending: 0 });
    this.host.log.info(`Sidecar: ${stateText(state)}`);
    if (state.kind === "running") this.host.onRunning();
    if (state.kind === "failed") void this.offerRestart(state.reason);
  }

  private async offerRestart(reason: string): Promise<void> {
    const restart = "Restart";
    const showLog = "Show Log";
    const message = `Palimpsest: the sidecar ${reason}. It is not started again by itself.`;
    const choice = await vscode.window.showErrorMessage(message, restart, showLog);
    if (choice === restart) await this.restart();
    if (choice === showLog) this.host.log.show();
  }
}

function stateText(state: SidecarState): string {
  return state.kind === "running" ? `running, process ${state.pid}` : state.kind;
}

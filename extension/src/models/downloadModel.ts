// Owns a download as the user sees it: progress that can be cancelled, and what became of it. The bytes are download/'s.
import { basename, join } from "node:path";
import * as vscode from "vscode";
import { t } from "../l10n";
import type { CatalogueModel } from "./catalogue";
import type { DownloadNews, DownloadTask } from "./download/task";
import { runHelper } from "./helperProcess";
import { gigabytes } from "./modelRow";

export type DownloadOutcome =
  | { readonly kind: "done" }
  /** What has arrived is kept. */
  | { readonly kind: "cancelled" }
  | { readonly kind: "failed"; readonly message: string };

export function modelFileOf(folder: string, model: CatalogueModel): string {
  return join(folder, basename(new URL(model.url).pathname));
}

export async function downloadModel(script: string, model: CatalogueModel, path: string, log: vscode.LogOutputChannel): Promise<DownloadOutcome> {
  const http = vscode.workspace.getConfiguration("http");
  const proxy = http.get<string>("proxy", "");
  const task: DownloadTask = {
    url: model.url, path, sha256: model.sha256, strictTls: http.get("proxyStrictSSL", true),
    triesMax: 6, retryMsMin: 500, chunkBytes: 5_242_880, stallMsMax: 60_000,
  };
  const options = { location: vscode.ProgressLocation.Notification, title: t("Downloading {0}", model.name), cancellable: true };
  return vscode.window.withProgress(options, async (progress, token): Promise<DownloadOutcome> => {
    let outcome: DownloadOutcome = { kind: "failed", message: t("The download ended by itself.") };
    let percent = 0;
    const run = runHelper(script, [JSON.stringify(task)], (line) => {
      const news = JSON.parse(line) as DownloadNews;
      if (news.kind === "failed") outcome = news;
      if (news.kind === "done") {
        outcome = { kind: "done" };
        log.info(`${model.name} was downloaded; its checksum was known by ${news.checkedBy}.`);
      }
      if (news.kind !== "progress") return;
      const now = Math.floor((100 * news.bytes) / news.bytesAll);
      const message = news.phase === "checking" ? t("checking") : t("{0} of {1}", gigabytes(news.bytes), gigabytes(news.bytesAll));
      if (now !== percent) progress.report({ message, increment: Math.max(0, now - percent) });
      percent = now;
    }, proxy);
    token.onCancellationRequested(() => run.stop());
    const { lastWords } = await run.ended;
    if (token.isCancellationRequested) return { kind: "cancelled" };
    if (outcome.kind === "failed" && lastWords !== "") log.warn(lastWords);
    return outcome;
  });
}

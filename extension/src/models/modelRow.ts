// Owns what is shown of a model to choose: its name, and what it costs in licence, disk, memory and time here. Pure.
import { t } from "../l10n";
import type { CatalogueModel } from "./catalogue";
import { expectedLineMs, shownDuration, type Measured } from "./speed";

export interface ModelRow {
  readonly label: string;
  readonly description: string;
  readonly detail: string;
}

/** Memory is told for the longest cache that the settings allow. */
export function modelRow(model: CatalogueModel, isHere: boolean, contextLength: number, measured: Measured | undefined): ModelRow {
  const { name, licence, restriction, languages, bytes, bytesPerCell, unpatchable } = model;
  const memory = gigabytes(bytes + contextLength * bytesPerCell);
  const detail = [
    t("{0} on disk, {1} of memory", gigabytes(bytes), memory),
    languages,
    ...(measured === undefined ? [] : [t("a line within about {0} here", shownDuration(expectedLineMs(measured, bytes)))]),
    ...(unpatchable === undefined ? [] : [t("its cache can't be patched ({0}): edits are read again", unpatchable)]),
  ];
  const terms = restriction === undefined ? licence : `${licence}, ${restriction}`;
  return { label: `$(${isHere ? "check" : "cloud-download"}) ${name}`, description: terms, detail: detail.join(" · ") };
}

export function gigabytes(bytes: number): string {
  return bytes < 1e9 ? `${Math.round(bytes / 1e6)} MB` : `${(bytes / 1e9).toFixed(1)} GB`;
}

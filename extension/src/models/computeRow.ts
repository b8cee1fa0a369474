// Owns what is shown of a place to compute on: what it is, and what has to be fetched for it. Pure.
import { t } from "../l10n";
import { enginePackages } from "./engine/enginePackage";
import type { GraphicsVariant } from "./graphics";
import { gigabytes } from "./modelRow";

export interface ComputeRow {
  readonly label: string;
  readonly detail?: string;
}

export function computeRow(variant: "cpu" | GraphicsVariant, isHere: boolean, platform: NodeJS.Platform): ComputeRow {
  if (variant === "cpu") return { label: `$(circuit-board) ${t("Compute on the processor")}` };
  const label = `$(${isHere ? "circuit-board" : "cloud-download"}) ${t("Compute on the graphics card ({0})", graphicsName(variant))}`;
  const detail = isHere ? t("its engine is here") : t("its engine is fetched with npm first: {0} on disk", engineSize(variant, platform));
  return { label, detail };
}

export function graphicsName(variant: GraphicsVariant): string {
  return variant === "cuda" ? "CUDA" : "Vulkan";
}

export function engineSize(variant: GraphicsVariant, platform: NodeJS.Platform): string {
  return gigabytes(enginePackages(variant, platform).reduce((sum, { bytes }) => sum + bytes, 0));
}

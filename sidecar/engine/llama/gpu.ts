// Owns what differs when a graphics processor computes: that there is one, and that the whole model goes onto it.
// Knows neither which backend drives it nor how.
import { LibraryError } from "./library";
import type { GpuVariant } from "./library";
import type { ModelShape } from "./modelFile";
import type { Library } from "./symbols";

/** What to look at when a variant finds nothing to compute on. */
const advice: Readonly<Record<Exclude<GpuVariant, "cpu">, string>> = {
  vulkan: "Install the Vulkan loader (libvulkan.so.1 or vulkan-1.dll) and the driver of the graphics card",
  cuda: "Install the driver of the NVIDIA card and the CUDA runtime that the package was built for",
};

/** A library loads without its card's driver and would compute on the CPU, slowly and silently. @throws LibraryError */
export function checkGpu({ files: { variant, folder }, symbols }: Library): void {
  if (variant === "cpu" || symbols.supportsGpuOffload()) return;
  throw new LibraryError(`The ${variant} build of llama.cpp in ${folder} finds no graphics processor. ${advice[variant]}, or use the CPU with --gpu cpu.`);
}

/** llama_model_params, as far as they differ from the defaults: every layer and the output row goes onto the graphics processor. */
export function modelParameters(variant: GpuVariant, { layerCount }: ModelShape): { readonly n_gpu_layers?: number } {
  return variant === "cpu" ? {} : { n_gpu_layers: layerCount + 1 };
}

// Owns which npm packages make the engine for a graphics card on a machine, how much room they take and what they must be.
// Fetches none. The sidecar knows the same names; a test holds one to the other.
import { engineVersion } from "../../../../sidecar/protocol/engineFolder";
import type { GraphicsVariant } from "../graphics";

export interface EnginePackage {
  readonly name: string;
  /** Of what is unpacked, roughly. */
  readonly bytes: number;
  /** As npm writes it; undefined where it isn't known, and what npm's registry says is gone by. */
  readonly integrity: string | undefined;
}

const linuxDigests: Readonly<Record<string, string>> = {
  "linux-x64-vulkan": "sha512-bBxqU+JOcBu1nb5Qj2zcMci+JByT1E8EajHvYodyNfVIPkEhXh+/HMwR1/BT7xP08YK0hks+kM8fglER0P8JEg==",
  "linux-x64-cuda": "sha512-8rQCjyNNLZJUFit+YpjwlC4hwkKgOMIkB2wuycKBf8NU2O3ySKbiWZQ8aw9ku2nUTXjSnUIrE6KB88itduTBuA==",
  "linux-x64-cuda-ext": "sha512-4e5ajkiM2aR2WAdB/N/ACk4weEhHvOAIrzxZPsIX0xDFW5+6hhShuy1/vs88SK9NGdgAco9IyE28eYS0H1efpA==",
};
/** As measured on Linux; those for Windows are about the same. */
const sizes: Readonly<Record<string, number>> = { vulkan: 74e6, cuda: 190e6, "cuda-ext": 375e6 };
/** CUDA has two: the second serves drivers that the first is too new for. */
const parts: Readonly<Record<GraphicsVariant, readonly string[]>> = { vulkan: ["vulkan"], cuda: ["cuda", "cuda-ext"] };

/** What makes the engine, the one with the libraries first. */
export function enginePackages(variant: GraphicsVariant, platform: NodeJS.Platform): readonly EnginePackage[] {
  return parts[variant].map((part) => {
    const name = `${platform === "win32" ? "win" : "linux"}-x64-${part}`;
    return { name: `@node-llama-cpp/${name}`, bytes: sizes[part] ?? 0, integrity: linuxDigests[name] };
  });
}

/** As npm takes it. */
export function wantedOf({ name }: EnginePackage): string {
  return `${name}@${engineVersion}`;
}

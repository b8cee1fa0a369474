// Owns the options that several commands of the harness share: what each may say, and how a wrong one is refused.
// Reads no file and runs nothing.
import { gpuVariants, isGpuVariant } from "../../sidecar/engine/llama/library";
import type { GpuVariant } from "../../sidecar/engine/llama/library";
import { policyNamed, policyNames } from "../../sidecar/session/policy";
import type { PolicyName } from "../../sidecar/session/policy";
import { UsageError } from "./usageError";

export interface EngineSettings {
  /** Undefined for the embedded model. */
  readonly modelPath: string | undefined;
  /** Undefined leaves the choice to the engine, which follows the load of the machine. */
  readonly threads: number | undefined;
  readonly contextLength: number | undefined;
  readonly gpu: GpuVariant;
  /** Undefined leaves the choice to the engine. */
  readonly flashAttention: "auto" | "off" | undefined;
}

export const engineOptions = {
  model: { type: "string" }, threads: { type: "string" }, context: { type: "string" }, gpu: { type: "string" }, "flash-attention": { type: "string" },
} as const;

export function parse<Result>(read: () => Result): Result {
  try {
    return read();
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

export function engineOf(values: { readonly [Name in keyof typeof engineOptions]?: string }): EngineSettings {
  const { gpu = "cpu", "flash-attention": flashAttention } = values;
  if (!isGpuVariant(gpu)) throw new UsageError(`--gpu must be one of ${gpuVariants.join(", ")}, not "${gpu}"`);
  if (flashAttention !== undefined && flashAttention !== "auto" && flashAttention !== "off") {
    throw new UsageError(`--flash-attention must be auto or off, not "${flashAttention}"`);
  }
  return {
    modelPath: values.model,
    threads: countOf(values.threads, "--threads"),
    contextLength: countOf(values.context, "--context"),
    gpu,
    flashAttention,
  };
}

/** Names or notations with commas between, each once. */
export function policiesOf(list: string | undefined, byDefault: readonly PolicyName[]): readonly PolicyName[] {
  if (list === undefined) return byDefault;
  const named = [...new Set(list.split(",").map((name) => name.trim()))];
  return named.map((name) => {
    if (policyNamed(name) === undefined) throw new UsageError(`"${name}" is no policy; there are ${policyNames.join(", ")}`);
    return name;
  });
}

export function countOf(text: string | undefined, option: string): number | undefined {
  if (text === undefined) return undefined;
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new UsageError(`${option} must be a whole number of 1 or more, not "${text}"`);
  return Number(text);
}

export function seedOf(text: string | undefined): number {
  if (text === undefined) return 1;
  if (!/^\d{1,9}$/.test(text)) throw new UsageError(`--seed must be a whole number of 0 or more, not "${text}"`);
  return Number(text);
}

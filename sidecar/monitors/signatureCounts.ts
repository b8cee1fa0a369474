// Owns what signature help says about the number of arguments: the union of all overloads. Trusts no field of it. Pure.
import type { MonitorAnswer } from "../decode/mgd/memberSource";

type Fields = Readonly<Record<string, unknown>>;

interface Count {
  readonly min: number;
  /** Infinity where there is no limit. */
  readonly max: number;
}

/** @param help LSP's `SignatureHelp | null`, as it came */
export function signatureIn(help: unknown): MonitorAnswer {
  const signatures = fieldsOf(help)["signatures"];
  if (!Array.isArray(signatures) || signatures.length === 0) return { kind: "open", reason: "no signature is known there" };
  const counts = signatures.map((signature) => countOf(fieldsOf(signature)));
  if (!counts.every((count): count is Count => count !== undefined)) return { kind: "open", reason: "a signature can't be read" };
  const parametersMax = Math.max(...counts.map(({ max }) => max));
  return { kind: "signature", parametersMin: Math.min(...counts.map(({ min }) => min)), parametersMax: parametersMax === Infinity ? undefined : parametersMax };
}

function countOf({ label, parameters }: Fields): Count | undefined {
  if (typeof label !== "string") return undefined;
  if (parameters === undefined) return /\(\s*\)/.test(label) ? { min: 0, max: 0 } : undefined;
  if (!Array.isArray(parameters)) return undefined;
  const texts = parameters.map((parameter) => parameterText(fieldsOf(parameter)["label"], label));
  if (!texts.every((text): text is string => text !== undefined)) return undefined;
  let min = 0;
  let max = 0;
  // Marks that part Python's parameters take no argument.
  for (const text of texts.filter((each) => each !== "*" && each !== "/" && each !== "")) {
    // TypeScript's rest, Python's packed ones, C's and Go's variable ones.
    if (/^(?:\w+ )?(?:\.\.\.|\*)/.test(text)) max = Infinity;
    else {
      max += 1;
      if (!isOptional(text)) min += 1;
    }
  }
  return { min, max };
}

/** A question mark behind the name, or a value that stands for a missing one; an arrow or a comparison is neither. */
function isOptional(text: string): boolean {
  return /^[\p{ID_Continue}$]+\?/u.test(text) || /(?<![=!<>])=(?![=>])/.test(text);
}

function parameterText(parameter: unknown, signature: string): string | undefined {
  if (typeof parameter === "string") return parameter.trim();
  if (!Array.isArray(parameter)) return undefined;
  const [start, end] = parameter as readonly unknown[];
  return typeof start === "number" && typeof end === "number" ? signature.slice(start, end).trim() : undefined;
}

function fieldsOf(value: unknown): Fields {
  return typeof value === "object" && value !== null ? (value as Fields) : {};
}

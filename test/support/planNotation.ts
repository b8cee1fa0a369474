// Owns reading plans in their notation, `=3 -2 +4 =2@+2`, so that a test can begin with one. Makes none of its own.
import type { Plan } from "../../sidecar/cache/plan";

/** Inverse of `printPlan`; how far a kept run moves follows from the lengths. */
export function parsePlan(notation: string): Plan {
  const kinds = { "=": "keep", "-": "delete", "+": "encode", "~": "reread" } as const;
  return {
    sections: [...notation.matchAll(/([=+~-])(\d+)(?:@[+-]\d+)?/g)].map(([, sign, length]) => ({
      kind: kinds[sign as keyof typeof kinds],
      length: Number(length),
    })),
  };
}

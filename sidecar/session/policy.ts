// Owns the names of the policies: what a plan may keep of the cells that are there.

/** cold: nothing. prefix: the exact common prefix, as engines do today. patch: every kept run, rotated to its new place. */
export const policyNames = ["cold", "prefix", "patch"] as const;
export type PolicyName = (typeof policyNames)[number];

export function isPolicyName(name: string): name is PolicyName {
  return (policyNames as readonly string[]).includes(name);
}

// Owns which policies stand for what others do, and how what a real server did is named beside them.
import type { PolicyName } from "../../../sidecar/session/policy";

/** Their behaviour, re-implemented on our engine. */
const rebuiltPeers: readonly PolicyName[] = ["llama-server", "llama-vim", "copilot"];

/** The policies whose prompts a real llama-server is sent: its own two layouts. */
export const servedPolicies: readonly PolicyName[] = ["llama-server", "llama-vim"];

/** The name of a real server's results with a policy's prompts. */
export function servedName(policy: PolicyName): PolicyName {
  return `${policy} (real)`;
}

export function isPeer(policy: PolicyName): boolean {
  return [...rebuiltPeers, ...servedPolicies.map(servedName)].includes(policy);
}

// Owns whether a sidecar speaks our version of the protocol: `serverInfo.version` ends in a slash and that version.

/** Why this sidecar can't be used, or undefined where it can. */
export function checkProtocol(serverVersion: string | undefined, wanted: number): string | undefined {
  const spoken = /\/(\d+)$/.exec(serverVersion ?? "")?.[1];
  if (spoken === String(wanted)) return undefined;
  const said = spoken === undefined ? "does not say which protocol it speaks" : `speaks protocol ${spoken}`;
  return `${said}, and this extension speaks ${wanted}: install extension and sidecar of the same release`;
}

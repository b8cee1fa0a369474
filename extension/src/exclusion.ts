// Owns which documents are never sent to the sidecar, by their name: files that commonly hold secrets.
// Looks at names only, never at text.

const secretNames: readonly RegExp[] = [
  /^\.env(\..*)?$/i,
  /\.env$/i,
  /\.(pem|key|p12|pfx|p8|jks|keystore|kdbx|gpg|ppk|ovpn)$/i,
  /^id_(rsa|dsa|ecdsa|ed25519)(\..*)?$/i,
  /^\.?(netrc|_netrc|npmrc|pypirc|pgpass|htpasswd|git-credentials)$/i,
  /^secrets?\.(json|ya?ml|toml|ini|properties|env)$/i,
  /^credentials(\.(json|ini|toml))?$/i,
];

/** Why a document with this path is not sent, as a sentence; undefined where it is. */
export function exclusionOf(path: string): string | undefined {
  const name = path.slice(path.lastIndexOf("/") + 1);
  return secretNames.some((pattern) => pattern.test(name))
    ? `${name} may hold secrets: it is not sent to the sidecar.`
    : undefined;
}

// Owns which documents are never sent to the sidecar, by their name: files that commonly hold secrets.
// Looks at names only, never at text.

const secretNames: readonly RegExp[] = [
  /^\.env(rc|[-_.].*)?$/i,
  /\.env(\.local)?$/i,
  /\.(pem|key|p12|pfx|p8|jks|keystore|kdbx|gpg|ppk|ovpn|tfstate|tfvars(\.json)?)$/i,
  /^id_(rsa|dsa|ecdsa|ed25519)(\..*|[-_][^.]*(\.pub)?)?$/i,
  /^[._]?(netrc|npmrc|pypirc|pgpass|htpasswd|git-credentials|my\.cnf|vault-token|s3cfg|boto|dockercfg|dockerconfigjson)$/i,
  /^([\w.-]*[-_.])?secrets?([-_.][\w.-]+)?\.(json|ya?ml|toml|ini|properties|env)$/i,
  /^([\w.-]*[-_.])?credentials(\.(json|ini|toml|ya?ml|xml|properties)(\.enc)?)?$/i,
  /^service[-_]?account[\w.-]*\.json$/i,
];

/** Files whose name alone is too common, with the folder that makes it telling. */
const secretPlaces: readonly RegExp[] = [/(^|\/)\.docker\/config\.json$/i, /(^|\/)\.kube\/config$/i];

/** What editors and people put behind the name of a file that they keep a copy of. */
const copySuffix = /(~|\.(bak|backup|old|orig|save))$/i;

/** Why a document with this path is not sent, as a sentence; undefined where it is. */
export function exclusionOf(path: string): string | undefined {
  const name = path.slice(path.lastIndexOf("/") + 1);
  const named = name.replace(copySuffix, "");
  return secretNames.some((pattern) => pattern.test(named)) || secretPlaces.some((pattern) => pattern.test(path))
    ? `${name} may hold secrets: it is not sent to the sidecar.`
    : undefined;
}

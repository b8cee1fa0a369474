// Owns which documents never enter a prompt, by their name: files that commonly hold secrets, and those that the user's
// patterns name. The extension doesn't send them and the sidecar doesn't take them. Looks at names only, never at text.
import { ignoreRules, isIgnored, type IgnoreRule } from "./ignorePattern";

const secretNames: readonly RegExp[] = [
  /^\.env(rc|[-_.].*)?$/i,
  /\.env(\.local)?$/i,
  /\.(pem|crt|cer|der|p7b|key|p12|pfx|p8|jks|keystore|kdbx|gpg|ppk|ovpn|tfstate|tfvars(\.json)?)$/i,
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

/** Why a document with this path may hold secrets, as a sentence; undefined where nothing says so. */
export function secrecyOf(path: string): string | undefined {
  const name = path.slice(path.lastIndexOf("/") + 1);
  const named = name.replace(copySuffix, "");
  return secretNames.some((pattern) => pattern.test(named)) || secretPlaces.some((pattern) => pattern.test(path))
    ? `${name} may hold secrets: it is not sent to the sidecar.`
    : undefined;
}

/** The user's patterns, each list for the folders it is said of. */
export class ExclusionRules {
  private readonly lists: readonly { readonly folder: string; readonly rules: readonly IgnoreRule[]; readonly from: string }[];

  /** @param lists `folder` is a path without a slash at its end, empty for all paths; `from` names where the patterns stand */
  constructor(lists: readonly { readonly folder: string; readonly patterns: readonly string[]; readonly from: string }[] = []) {
    this.lists = lists.map(({ folder, patterns, from }) => ({ folder, rules: ignoreRules(patterns), from }));
  }

  /** Why a document with this path is excluded, as a sentence; undefined where it isn't. Secrets always are. */
  exclusionOf(path: string): string | undefined {
    const secrecy = secrecyOf(path);
    if (secrecy !== undefined) return secrecy;
    const list = this.lists.find(({ folder, rules }) => path.startsWith(`${folder}/`) && isIgnored(path.slice(folder.length + 1), rules));
    return list === undefined ? undefined : `${path.slice(path.lastIndexOf("/") + 1)} is excluded by ${list.from}.`;
  }
}

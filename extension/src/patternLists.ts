// Owns how the places in which patterns of excluded files are set go together: each is a list of its own, since a `!` takes
// back only what stands before it in the same list; and how the names of files that hold such patterns do. Knows no editor, and
// no pattern's meaning.
import { limits } from "./limits";

/** What the editor knows of a setting at each of its places; a file of settings may hold anything. */
export interface SettingPlaces {
  readonly defaultValue?: unknown;
  readonly globalValue?: unknown;
  readonly workspaceValue?: unknown;
  readonly workspaceFolderValue?: unknown;
}

/** One list for each place: any of them may exclude a document, none takes back what another excludes. */
export function patternLists(places: SettingPlaces | undefined): readonly (readonly string[])[] {
  const values = [places?.globalValue, places?.workspaceValue, places?.workspaceFolderValue];
  return values.flatMap((value) => (Array.isArray(value) ? [value.filter((item): item is string => typeof item === "string")] : []));
}

/**
 * Names of files that hold patterns: the user's, or else those that go without saying, and with them the workspace's. A
 * workspace that could put its own in their place would take back what these files exclude.
 */
export function ignoreFileNames(places: SettingPlaces | undefined): readonly string[] {
  const { globalValue, defaultValue, workspaceValue, workspaceFolderValue } = places ?? {};
  const users = Array.isArray(globalValue) ? globalValue : defaultValue;
  const listed = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value.slice(0, limits.ignoreFilesMax) : []);
  const names = [users, workspaceValue, workspaceFolderValue].flatMap(listed);
  // A name with a slash would reach outside of the folder.
  return [...new Set(names)].filter((name): name is string => typeof name === "string" && /^[^/\\]+$/.test(name) && name !== "..");
}

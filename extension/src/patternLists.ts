// Owns how the places in which patterns of excluded files are set go together: each is a list of its own, since a `!` takes
// back only what stands before it in the same list. Knows no editor, and no pattern's meaning.

/** What the editor knows of a setting at each of its places; a file of settings may hold anything. */
export interface SettingPlaces {
  readonly globalValue?: unknown;
  readonly workspaceValue?: unknown;
  readonly workspaceFolderValue?: unknown;
}

/** One list for each place: any of them may exclude a document, none takes back what another excludes. */
export function patternLists(places: SettingPlaces | undefined): readonly (readonly string[])[] {
  const values = [places?.globalValue, places?.workspaceValue, places?.workspaceFolderValue];
  return values.flatMap((value) => (Array.isArray(value) ? [value.filter((item): item is string => typeof item === "string")] : []));
}

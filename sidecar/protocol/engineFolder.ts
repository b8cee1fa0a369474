// Owns where an engine for the graphics card lies once the extension has fetched it, so that the sidecar finds it there.
// Knows neither who fetches it nor what is in it.

/** Of the packages with llama.cpp: another release is another layout, so that no other version will do. */
export const engineVersion = "3.22.1";

/** Below the folder of engines; a version has a folder of its own, since windows with another one may still use theirs. */
export function engineFolderName(variant: string): string {
  return `${variant}-${engineVersion}`;
}

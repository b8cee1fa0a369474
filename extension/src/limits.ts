// Owns every bound of the extension. The sidecar has its own: nothing here is a promise of the sidecar's.

export const limits = {
  /** Names of ignore files that one place of settings may have; further ones are not read. */
  ignoreFilesMax: 20,
  /** How often the power source is looked at, while a setting goes by it. */
  powerLookMs: 30_000,
  /** Documents longer than this are not parsed here; they are still completed. */
  parseUtf16Max: 2_000_000,
  /** Syntax trees kept; the least recently used is freed first. */
  treesMax: 16,
  /** Structure spans sent for one version, the same as the sidecar keeps. */
  structureSpansMax: 20_000,
  /** A parse yields to the editor after this long. */
  parseSliceMs: 8,
  /** After a change, changes are gathered this long before the parse: less than the editor waits before it asks. */
  parseDelayMs: 15,
  /** Cursor moves are gathered this long. */
  cursorDelayMs: 60,
  /** A sidecar that has not answered `initialize` after this long counts as failed. The model loads later. */
  startMsMax: 30_000,
  /** A sidecar that was asked to stop is ended after this long. */
  stopMsMax: 2_000,
  /** A sidecar that ran this long before it fell counts as a fresh start for the back-off. */
  steadyMs: 60_000,
  /** Characters of the sidecar's last words that are kept to tell why it fell. */
  lastWordsUtf16Max: 400,
  /** Healing is shown once it has lasted this long. */
  healingShownAfterMs: 400,
  /** While cells are being healed, pages that are looked at follow this often. */
  healingRefreshMs: 1_000,
  /** The statistics page is written anew at most this often. */
  refreshMs: 300,
  /** Events of one recorded trace; the recording ends there. */
  traceEventsMax: 200_000,
  /** Requests of a recording whose continuation is still being watched. */
  tracePlacesMax: 64,
  /** Lines of what was written after a request that are kept as what was expected. */
  traceExpectLinesMax: 8,
} as const;

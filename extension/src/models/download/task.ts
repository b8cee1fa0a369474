// Owns what passes between the extension and the program that downloads: one task in, lines of JSON out. Plain data,
// with no secret in it: everybody can list a program's arguments.

export interface DownloadTask {
  readonly url: string;
  /** The file's path once it is there and checked. */
  readonly path: string;
  /** In hexadecimal; undefined where only the server can say. */
  readonly sha256: string | undefined;
  /** Whether a certificate that can't be verified is refused. */
  readonly strictTls: boolean;
  /** Tries after a break before giving up; what has arrived is kept for the next time. */
  readonly triesMax: number;
  /** The wait before the first of them; it doubles. */
  readonly retryMsMin: number;
  readonly chunkBytes: number;
  /** After so long without a byte a connection is given up, as after a break. */
  readonly stallMsMax: number;
}

export type DownloadNews =
  | { readonly kind: "progress"; readonly phase: "downloading" | "checking"; readonly bytes: number; readonly bytesAll: number }
  /** `checkedBy`: where the checksum came from; nobody where neither the list nor the server had one. */
  | { readonly kind: "done"; readonly checkedBy: "list" | "server" | "nobody" }
  /** A sentence that says what to do. */
  | { readonly kind: "failed"; readonly message: string };

// Owns what activate() gives to tests and to other extensions.
import type { Statistics } from "../../sidecar/protocol/data";

export interface EditorCosts {
  /** From the call of activate() to its end: the sidecar starts meanwhile, and isn't waited for. */
  readonly activationMs: number;
  /** Of a hundred changes of a document ninety-nine held the extension host up for less; undefined before the first change. */
  readonly keystrokeMsP99: number | undefined;
}

export interface PalimpsestApi {
  /** The sidecar's own figures; rejects while none runs. */
  statistics(): Promise<Statistics>;
  sidecarPid(): number | undefined;
  /** What the status bar shows: loading, ready, reading, healing, paused, off or trouble. */
  state(): string;
  /** What the extension costs the editor. */
  costs(): EditorCosts;
}

// Owns what activate() gives to tests and to other extensions.
import type { Statistics } from "../../sidecar/protocol/data";

export interface PalimpsestApi {
  /** The sidecar's own figures; rejects while none runs. */
  statistics(): Promise<Statistics>;
  sidecarPid(): number | undefined;
  /** What the status bar shows: loading, ready, reading, healing, paused, off or trouble. */
  state(): string;
}

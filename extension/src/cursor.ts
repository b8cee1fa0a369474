// Owns telling the sidecar that the cursor moved without an edit, so that it can get ready. Knows no editor's types
// beyond a document's name and a place.
import { limits } from "./limits";

export interface CursorPlace {
  readonly line: number;
  readonly character: number;
}

export interface CursorParts {
  readonly send: (uri: string, place: CursorPlace) => void;
  readonly later: (delayMs: number, action: () => void) => void;
}

/** Moves are gathered; the last counts. A move that came with an edit is the edit's, and is not told. */
export class CursorWatch {
  private moved: { readonly uri: string; readonly place: CursorPlace } | undefined;
  private readonly edited = new Set<string>();
  private scheduled = false;

  constructor(private readonly parts: CursorParts) {}

  move(uri: string, place: CursorPlace): void {
    this.moved = { uri, place };
    this.schedule();
  }

  edit(uri: string): void {
    this.edited.add(uri);
    this.schedule();
  }

  private schedule(): void {
    if (this.scheduled) return;
    this.scheduled = true;
    this.parts.later(limits.cursorDelayMs, () => {
      this.scheduled = false;
      const { moved } = this;
      const withEdit = moved !== undefined && this.edited.has(moved.uri);
      this.moved = undefined;
      this.edited.clear();
      if (moved !== undefined && !withEdit) this.parts.send(moved.uri, moved.place);
    });
  }
}

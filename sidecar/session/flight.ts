// Owns whether a completion that is being written is still wanted while the user types on: as long as what is typed is what
// is written, it goes on; once the two part, it stops at the next look. Applies nothing to the document, which gets the
// edits when the completion has ended.
import { TextDocument } from "../text/document";
import type { Utf16Offset } from "../text/frames";
import { modelText } from "../tokens/modelText";
import type { ChangeEvent, Interruption } from "./events";
import { isClosers } from "./suggestionInHand";

/** What a completion may ask while it is being written, as often as it likes. */
export interface Meanwhile {
  /** Why it should stop, whatever it has written. */
  readonly interrupted: () => Interruption | undefined;
  /** The edits of its document that have arrived since it began, oldest first. */
  readonly edits: (() => readonly ChangeEvent[]) | undefined;
}

export class Flight {
  /** Why it stopped; undefined while it goes on. */
  stopped: Interruption | undefined;
  private written = "";
  private taken = 0;
  /** The document as the edits have made it; a copy, made when the first one comes. */
  private ahead: TextDocument | undefined;
  /** Behind the cursor: what was typed, and closers that the editor added to it. */
  private typedUtf16 = 0;

  /** @param cursor where the completion begins, in `document` as it was when the completion began */
  constructor(private readonly document: TextDocument, private readonly cursor: Utf16Offset, private readonly meanwhile: Meanwhile) {}

  /** Whether the user has typed since, and so waits for another answer. */
  get isTypedAlong(): boolean {
    return 0 < this.taken;
  }

  /** All that is written so far. */
  wrote(text: string): void {
    this.written = modelText(text);
  }

  interruption(): Interruption | undefined {
    this.stopped ??= this.meanwhile.interrupted();
    if (this.stopped === undefined && !this.follows()) this.stopped = "superseded";
    return this.stopped;
  }

  private follows(): boolean {
    const edits = this.meanwhile.edits?.() ?? [];
    for (; this.taken < edits.length; this.taken += 1) {
      const edit = edits[this.taken];
      if (edit === undefined || !this.take(edit)) return false;
    }
    return this.ahead === undefined || agree(modelText(this.ahead.text.slice(this.cursor, this.cursor + this.typedUtf16)), this.written);
  }

  /** False where it isn't an edit of what was typed since. */
  private take({ version, changes }: ChangeEvent): boolean {
    const { uri, languageId, text, encoding } = this.document;
    this.ahead ??= new TextDocument(uri, languageId, this.document.version, text, encoding);
    const changed = this.ahead.change(version, changes);
    if (changed.kind !== "changed") return false;
    const { delta } = changed;
    const end = this.cursor + this.typedUtf16;
    this.typedUtf16 += delta.newLength - delta.oldLength;
    return delta.touched().every(({ old }) => this.cursor <= old.start && old.end <= end);
  }
}

/** Whether one goes on where the other ends, but for closers that the editor put behind what was typed. */
function agree(typed: string, written: string): boolean {
  let same = 0;
  while (same < typed.length && same < written.length && typed[same] === written[same]) same += 1;
  return same === typed.length || same === written.length || isClosers(typed.slice(same));
}

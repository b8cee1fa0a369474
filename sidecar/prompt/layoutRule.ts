// Owns which layouts of a prompt there are, as data. What each looks like in tokens is layout.ts's to say.
import type { AnchorRule } from "./anchor";

/**
 * prefixFirst: prefix, suffix, then the middle that is to be written, as models were trained (PSM).
 * suffixFirst: the suffix first, all before the cursor behind it (SPM). `sticky` keeps an old suffix while it still
 * resembles the new one, as Copilot does.
 * anchored: the last lines before the cursor stand behind the suffix; design §4.
 * window: the rest of the file as plain context, then an anchored prompt of the lines around the cursor.
 * excerpt: the lines around the cursor alone, prefix first, as llama.vim does.
 */
export type LayoutRule =
  | { readonly kind: "prefixFirst" }
  | { readonly kind: "suffixFirst"; readonly sticky: boolean }
  | { readonly kind: "anchored"; readonly anchor: AnchorRule }
  | { readonly kind: "window"; readonly anchor: AnchorRule; readonly lines: LinesAround }
  | { readonly kind: "excerpt"; readonly lines: LinesAround };

/** Whole lines above and below the cursor's own. */
export interface LinesAround {
  readonly above: number;
  readonly below: number;
}

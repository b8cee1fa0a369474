// Owns lengths between UTF-16 and UTF-8. A half of a surrogate pair that stands alone is spelled as U+FFFD: 3 bytes.
// Knows no lines; frames of a whole document are converted from a start that the caller knows in both.
import { byte, utf16, type ByteOffset, type Utf16Offset } from "./frames";
import { isPair } from "./surrogates";

/** Bytes that `text` takes in UTF-8. */
export function utf8Length(text: string): ByteOffset {
  return byte(Buffer.byteLength(text, "utf8"));
}

/** Bytes and units of the character that starts at `offset` of `text`. */
export function characterSize(text: string, offset: number): { readonly bytes: number; readonly units: number } {
  const unit = text.charCodeAt(offset);
  if (unit < 0x80) return { bytes: 1, units: 1 };
  if (unit < 0x800) return { bytes: 2, units: 1 };
  return isPair(unit, text.charCodeAt(offset + 1)) ? { bytes: 4, units: 2 } : { bytes: 3, units: 1 };
}

/**
 * Where the character that holds byte `start` + `bytes` begins, `start` being a UTF-16 offset of `text`;
 * the end of the text when there are fewer bytes.
 */
export function utf16AfterBytes(text: string, start: Utf16Offset, bytes: number): Utf16Offset {
  let offset: number = start;
  let left = bytes;
  while (offset < text.length) {
    const size = characterSize(text, offset);
    if (left < size.bytes) break;
    left -= size.bytes;
    offset += size.units;
  }
  return utf16(offset);
}

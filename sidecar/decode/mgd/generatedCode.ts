// Owns the text that a completion has generated so far, token by token, with what a scanner makes of it; goes back exactly.
// Knows no answer and no logit.
import type { CodeScanner } from "./codeScanner";
import type { MonitorRules } from "./monitorRules";
import { placeAt, type NamePlace } from "./namePlace";

export interface GeneratedBasis {
  readonly rules: MonitorRules;
  /** Has read the text before the first new token. */
  readonly scanner: CodeScanner;
  /** That text. */
  readonly before: string;
  readonly restOfLine: string;
}

/** The text behind some of the tokens. */
export interface GeneratedStep {
  /** In bytes, those of `cut` included. */
  readonly length: number;
  readonly text: string;
  /** The bytes of a character that isn't whole yet. */
  readonly cut: Uint8Array;
  readonly scanner: CodeScanner;
  /** The name that can be asked for at its end. */
  readonly place: NamePlace | undefined;
}

/** A token whose piece reaches a place and goes on behind it. */
export interface PlaceInside {
  readonly place: NamePlace;
  /** What the piece spells up to the place. */
  readonly head: Uint8Array;
  /** The generated text up to the place. */
  readonly text: string;
}

export class GeneratedCode {
  private readonly steps: GeneratedStep[];

  constructor(private readonly basis: GeneratedBasis) {
    const { scanner } = basis;
    this.steps = [{ length: 0, text: "", cut: new Uint8Array(0), scanner, place: this.placeOf(scanner, "") }];
  }

  get now(): GeneratedStep {
    const step = this.steps.at(-1);
    if (step === undefined) throw new RangeError("more was taken back than was accepted");
    return step;
  }

  accept(piece: Uint8Array): void {
    const { length, text, cut, scanner, place } = this.now;
    const bytes = cut.length === 0 ? piece : Buffer.concat([cut, piece]);
    const whole = wholeLength(bytes);
    const added = Buffer.from(bytes.subarray(0, whole)).toString();
    const next = { length: length + piece.length, cut: bytes.subarray(whole) };
    if (added === "") {
      this.steps.push({ ...next, text, scanner, place });
      return;
    }
    const read = scanner.clone();
    read.read(added);
    this.steps.push({ ...next, text: text + added, scanner: read, place: this.placeOf(read, text + added) });
  }

  rollBack(count: number): void {
    this.steps.length -= count;
  }

  /** The first place inside `piece`, were it the next token: behind its start, before its end, and not the one that is there already. */
  placeInside(piece: Uint8Array): PlaceInside | undefined {
    const { text, cut, scanner, place: current } = this.now;
    if (piece.length < 2 || 0 < cut.length || wholeLength(piece) < piece.length) return undefined;
    const characters = Buffer.from(piece).toString();
    const read = scanner.clone();
    for (let index = 0; index + 1 < characters.length; index += 1) {
      const character = characters.charAt(index);
      read.read(character);
      if (inName.test(character)) continue;
      const sofar = text + characters.slice(0, index + 1);
      const place = this.placeOf(read, sofar);
      if (place === undefined || place.typed !== "" || place.originUtf16 === current?.originUtf16) continue;
      return { place, head: Buffer.from(characters.slice(0, index + 1)), text: sofar };
    }
    return undefined;
  }

  private placeOf(scanner: CodeScanner, text: string): NamePlace | undefined {
    return placeAt(scanner, this.basis.rules, () => this.basis.before + text, this.basis.restOfLine);
  }
}

/** The length of `bytes` without a character that is cut at their end. */
function wholeLength(bytes: Uint8Array): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back += 1) {
    const byte = bytes[bytes.length - back] ?? 0;
    if (byte < 0x80) break;
    if (byte < 0xc0) continue;
    const needed = byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4;
    return back < needed ? bytes.length - back : bytes.length;
  }
  return bytes.length;
}

const inName = /[\p{ID_Continue}$]/u;

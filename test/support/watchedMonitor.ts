// Owns a monitor that watches a generation of a test. In a text `▮` is the cursor and what follows it was generated, in tokens
// parted by `·`; `«…»` before the cursor is what the first tokens must spell again, and behind `|` stands the text after the cursor.
// The vocabulary is a list of pieces, the likeliest first. Knows no language server.
import assert from "node:assert/strict";
import { ManualClock } from "../../sidecar/base/clock";
import { CodeScanner } from "../../sidecar/decode/mgd/codeScanner";
import { MemberMonitor } from "../../sidecar/decode/mgd/memberMonitor";
import type { MemberSource } from "../../sidecar/decode/mgd/memberSource";
import { monitorRulesOf } from "../../sidecar/decode/mgd/monitorRules";
import { newTally, type MonitorTally } from "../../sidecar/decode/mgd/monitorTally";
import { NameMask } from "../../sidecar/decode/mgd/nameMask";
import { PieceTrie } from "../../sidecar/decode/mgd/pieceTrie";
import { TokenHealing } from "../../sidecar/decode/tokenHealing";
import { utf16 } from "../../sidecar/text/frames";
import { PieceIndex } from "../../sidecar/tokens/pieceIndex";
import { ScriptedMembers, type MemberScript } from "./scriptedMembers";

/** The end token, printed as it is written here. */
export const end = "■";

export interface Scene {
  readonly pieces: readonly string[];
  readonly script: MemberScript;
  readonly languageId?: string;
  readonly budgetMs?: number;
  readonly choicesMax?: number;
  /** What the monitor asks about beside is told. */
  readonly tellsBeside?: boolean;
  /** Time that each token takes. */
  readonly tokenMs?: number;
}

export class Watched {
  readonly clock = new ManualClock();
  readonly tally: MonitorTally = newTally();
  readonly source: ScriptedMembers;
  readonly monitor: MemberMonitor;
  private readonly pieces: readonly Uint8Array[];
  private readonly healing: TokenHealing;

  constructor(readonly scene: Scene, marked: string, source?: MemberSource) {
    const [upToCursor = "", generated = ""] = (marked.split("|", 1)[0] ?? "").split("▮");
    const [before = "", healed = ""] = upToCursor.replace("»", "").split("«");
    this.source = new ScriptedMembers(before + healed, this.clock, scene.script, scene.tellsBeside);
    this.pieces = scene.pieces.map((piece) => (piece === end ? new Uint8Array(0) : bytesOf(piece)));
    const tokenizer = { tokenise: () => new Int32Array(0), pieceOf: (token: number) => this.pieces[token] ?? new Uint8Array(0) };
    const index = new PieceIndex(tokenizer, this.pieces.length);
    const languageId = scene.languageId ?? "typescript";
    const rules = monitorRulesOf(languageId);
    assert.ok(rules !== undefined);
    const cursor = utf16(before.length + healed.length);
    this.healing = new TokenHealing(Buffer.from(healed), index, tokenizer);
    const scanner = new CodeScanner(rules.marks, rules.brackets);
    scanner.read(before);
    this.monitor = new MemberMonitor({
      source: source ?? this.source,
      about: { uri: "a", languageId, version: 1, cursor },
      clock: this.clock,
      budgetMs: scene.budgetMs ?? 60,
      questionsMax: 8,
      tally: this.tally,
      rules,
      scanner,
      before,
      healed: Buffer.from(healed),
      supposed: "",
      restOfLine: marked.split("|")[1] ?? "",
      mask: () => new NameMask(new PieceTrie(index)),
      tokenizer,
      namesMax: 100,
      choicesMax: scene.choicesMax ?? 1,
    });
    for (const token of generated.split("·").filter((piece) => piece !== "")) {
      this.left();
      this.accept(token);
    }
  }

  accept(piece: string): void {
    const token = this.scene.pieces.indexOf(piece);
    assert.notEqual(token, -1, `${piece} is a piece`);
    this.clock.advance(this.scene.tokenMs ?? 0);
    this.monitor.accept(token);
    this.healing.accept(token);
  }

  /** The pieces that can be chosen; "" where nothing is ruled out beyond healing. */
  left(): string {
    const logits = Float32Array.from(this.pieces, (_, token) => -token);
    this.healing.lower(logits);
    if (!this.monitor.lower(logits)) return "";
    return this.scene.pieces.filter((_, token) => logits[token] !== -Infinity).join(" ");
  }
}

/** Escapes stand for single bytes. */
function bytesOf(piece: string): Uint8Array {
  return Buffer.concat(piece.split(/(<[0-9a-f]{2}>)/).map((part) => (/^<..>$/.test(part) ? Buffer.from(part.slice(1, 3), "hex") : Buffer.from(part))));
}

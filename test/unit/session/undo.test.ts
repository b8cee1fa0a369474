// What an undo and a paste read, through the layout and the policy that ship, and what becomes of the deleted cells meanwhile.
import { equal, ok } from "node:assert/strict";
import { test } from "node:test";
import { EngineError } from "../../../sidecar/engine/engine";
import type { Sessions } from "../../../sidecar/session/sessions";
import { Lines } from "../../../sidecar/text/lines";
import { utf16 } from "../../../sidecar/text/frames";
import { sessionsOn } from "../../support/editingSession";
import { FakeTokenizer } from "../../support/fakeTokenizer";
import { FakeEngine } from "../../support/fakeEngine";

/** Lines of seven tokens, each of its own. */
const program = Array.from({ length: 60 }, (_, index) => `v${index} = ${index};\n`).join("");
const startOf = (line: number): number => program.split("\n").slice(0, line).join("\n").length + (line === 0 ? 0 : 1);
/** Lines 10 to 20. */
const block = { start: startOf(10), end: startOf(20) };
const blockText = program.slice(block.start, block.end);

class Desk {
  readonly engine: FakeEngine;
  readonly sessions: Sessions;
  private version = 1;

  constructor(contextLength = 2_000) {
    const tokenizer = new FakeTokenizer();
    const capabilities = { contextLength, batchTokensMax: 16, sequenceCount: 8, callCostTokens: 4, vocabularySize: tokenizer.vocabularySize };
    this.engine = new FakeEngine({ capabilities, tokenizer });
    this.sessions = sessionsOn(this.engine, "patch");
    this.open("a.ts", program);
  }

  open(uri: string, text: string): void {
    this.sessions.apply({ kind: "open", uri, languageId: "typescript", version: 1, text, atMs: 0 });
  }

  text(uri = "a.ts"): string {
    return this.sessions.sessionOf(uri)?.document.text ?? "";
  }

  /** Tokens that a completion at the end of the line with `marker` reads. */
  read(marker: string, uri = "a.ts"): number {
    const text = this.text(uri);
    const offset = text.indexOf("\n", text.indexOf(`${marker} =`));
    const place = Lines.of(text).placeAt(utf16(offset), "utf-16");
    const reply = this.sessions.complete({ uri, place, invoked: false }, () => undefined);
    ok(reply.kind === "answer");
    return this.sessions.statistics().recent.at(-1)?.tokensEncoded ?? -1;
  }

  edit(start: number, end: number, text: string): void {
    this.version += 1;
    const lines = Lines.of(this.text());
    const range = { start: lines.placeAt(utf16(start), "utf-16"), end: lines.placeAt(utf16(end), "utf-16") };
    this.sessions.apply({ kind: "change", uri: "a.ts", version: this.version, changes: [{ range, text }], atMs: 0 });
  }

  cut(): void {
    this.edit(block.start, block.end, "");
  }

  paste(at = block.start): void {
    this.edit(at, at, blockText);
  }

  get cellsExact(): number {
    return this.sessions.sessionOf("a.ts")?.ledger.exactEnd ?? 0;
  }

  /** Cells that no document has. */
  get cellsShelved(): number {
    const held = ["a.ts", "b.ts"].reduce((sum, uri) => sum + (this.sessions.sessionOf(uri)?.ledger.tokens.length ?? 0), 0);
    return this.engine.cellsUsed() - held;
  }
}

/** A desk where the block is gone and was asked after. */
function deskWithout(contextLength?: number): Desk {
  const desk = new Desk(contextLength);
  desk.read("v40");
  desk.cut();
  desk.read("v40");
  return desk;
}

test("a deletion that is undone reads a token, and all is exact", () => {
  const desk = new Desk();
  desk.read("v40");
  desk.cut();
  const deleted = desk.read("v40");
  equal(desk.cellsShelved, 70);
  desk.paste();
  equal(desk.read("v40"), 1);
  equal(desk.cellsShelved, 0);
  // What was read again behind the deletion is all that is left to mend.
  ok(deleted < 20, `${deleted} tokens`);
  for (let slices = 0; desk.cellsExact < (desk.sessions.sessionOf("a.ts")?.ledger.tokens.length ?? 0); slices += 1) {
    desk.sessions.idle(() => false);
    ok(slices < 9, "healing ends");
  }
  ok(desk.sessions.statistics().totals.healTokens <= deleted, `${desk.sessions.statistics().totals.healTokens} tokens`);
});

test("a block that is cut and pasted elsewhere isn't read", () => {
  const desk = deskWithout();
  desk.paste(desk.text().indexOf("v50 ="));
  const read = desk.read("v40");
  ok(read < 40, `${read} tokens`);
  equal(desk.sessions.sessionOf("a.ts")?.cells?.repairIsDue, true, "what it is read with now is not what it was read with");
});

test("jumps of the cursor leave what was deleted where it is", () => {
  const desk = new Desk();
  desk.read("v40");
  desk.cut();
  for (const marker of ["v5", "v30", "v55", "v25", "v40"]) {
    desk.read(marker);
    equal(desk.cellsShelved, 70, `what is read elsewhere in the prompt isn't lost, at ${marker}`);
  }
});

test("without room for it the block is read again, and the document keeps its cells", () => {
  const desk = deskWithout(520);
  equal(desk.cellsShelved, 0);
  desk.paste();
  const read = desk.read("v40");
  ok(70 <= read && read < 100, `${read} tokens`);
});

test("with just enough room an undo finds it there", () => {
  const desk = deskWithout(640);
  equal(desk.cellsShelved, 70);
  desk.paste();
  equal(desk.read("v40"), 1);
});

test("it goes with its document, and with the document's cells", () => {
  for (const leave of ["close", "drop"] as const) {
    const desk = deskWithout();
    if (leave === "close") desk.sessions.apply({ kind: "close", uri: "a.ts" });
    else desk.sessions.dropCache("a.ts");
    equal(desk.engine.cellsUsed(), 0, leave);
  }
});

test("it gives way to another document before that document goes without cells", () => {
  const desk = deskWithout(700);
  equal(desk.cellsShelved, 70);
  desk.open("b.ts", program.slice(0, startOf(25)));
  desk.read("v20", "b.ts");
  equal(desk.cellsShelved, 0);
  ok(0 < (desk.sessions.sessionOf("a.ts")?.ledger.tokens.length ?? 0), "nobody loses cells for it");
});

test("after a failure of the engine nothing of it is believed", () => {
  const desk = deskWithout();
  const decode = desk.engine.decode.bind(desk.engine);
  let fails = true;
  desk.engine.decode = (...args) => {
    if (fails) throw new EngineError("decode: refused");
    return decode(...args);
  };
  desk.paste();
  desk.read("v40");
  fails = false;
  ok(400 < desk.read("v40"), "all is read anew");
  equal(desk.cellsShelved, 0);
});

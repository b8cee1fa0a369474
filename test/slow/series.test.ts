// Owns the proof that the repetition penalty leaves legitimate series alone: a hundred beginnings of them, written by hand
// (test/corpus/series), completed by the embedded model as in the editor, with the penalty and without it.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { Grammars } from "../../grammars/grammars";
import { locateLibrary } from "../../sidecar/engine/llama/library";
import { openLlamaEngine } from "../../sidecar/engine/llama/llamaEngine";
import type { LlamaEngine } from "../../sidecar/engine/llama/llamaEngine";
import type { GrammarSource } from "../../sidecar/session/ownStructure";
import { createSessions } from "../../sidecar/session/sessions";

const root = process.cwd();
const shareMin = 0.95;

interface Series {
  readonly name: string;
  readonly languageId: string;
  readonly uri: string;
  /** What stands before the cursor. */
  readonly text: string;
}

/** Each series stands below a line `=== name`. */
function seriesOf(languageId: string, extension: string): readonly Series[] {
  const file = readFileSync(join(root, `test/corpus/series/${languageId}.txt`), "utf8");
  return file.split(/^=== /m).slice(1).map((part) => {
    const name = part.slice(0, part.indexOf("\n"));
    return { name, languageId, uri: `file:///src/${name.replaceAll(" ", "_")}.${extension}`, text: part.slice(part.indexOf("\n") + 1) };
  });
}

/** What is suggested at the end of each text. */
function suggestions(engine: LlamaEngine, series: readonly Series[], grammars: GrammarSource, repetitionPenalty: boolean): readonly string[] {
  const sessions = createSessions(engine, {
    policy: "patch",
    modelStatus: () => ({ state: { kind: "ready" }, name: "", path: "", contextLength: 0, shiftRefusal: undefined, threads: 0 }),
    grammars,
    repetitionPenalty,
    completionMsMax: 60_000,
  });
  const texts = series.map(({ uri, languageId, text }) => {
    sessions.apply({ kind: "open", uri, languageId, version: 1, text, atMs: 0 });
    const lines = text.split("\n");
    const place = { line: lines.length - 1, character: lines.at(-1)?.length ?? 0 };
    const reply = sessions.complete({ uri, place, invoked: true, atMs: 0 }, () => undefined);
    sessions.apply({ kind: "close", uri });
    assert.equal(reply.kind, "answer");
    return reply.kind === "answer" ? (reply.answer.item?.text ?? "") : "";
  });
  sessions.close();
  return texts;
}

test(`of a hundred legitimate series at least ${100 * shareMin} % are completed as without the penalty`, async () => {
  const series = [...seriesOf("typescript", "ts"), ...seriesOf("python", "py")];
  assert.ok(100 <= series.length);
  const grammars = new Grammars(join(root, "dist/grammars"), (message) => assert.fail(message));
  const loaded = new Map([["typescript", await grammars.load("typescript")], ["python", await grammars.load("python")]]);
  const engine = openLlamaEngine({
    library: locateLibrary(root), modelPath: join(root, "sidecar/models/palimpsest-nano-50m-q8_0.gguf"), contextLength: 1_024,
  });
  try {
    const source: GrammarSource = (languageId) => loaded.get(languageId);
    const plain = suggestions(engine, series, source, false);
    const penalised = suggestions(engine, series, source, true);
    const changed = series.filter((_, index) => plain[index] !== penalised[index]);
    const shown = plain.filter((text) => text.trim() !== "").length;
    console.log(`    ${series.length - changed.length} of ${series.length} unchanged, ${shown} of them with a suggestion; changed: ${changed.map(({ name }) => name).join(", ")}`);
    assert.ok(series.length / 2 < shown, `only ${shown} suggest anything`);
    assert.ok(shareMin <= 1 - changed.length / series.length, `${changed.length} of ${series.length} changed`);
  } finally {
    engine.close();
  }
});

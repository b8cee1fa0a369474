// What the statistics say of the repetition penalty, with sessions on the fake engine.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Repetition } from "../../../sidecar/session/repetition";
import { PieceIndex } from "../../../sidecar/tokens/pieceIndex";
import { sessionsOn } from "../../support/editingSession";
import { FakeEngine } from "../../support/fakeEngine";
import { FakeTokenizer, fakeSentinels } from "../../support/fakeTokenizer";

test("the statistics name the languages that have no table of productions, and nothing while it is switched off", () => {
  const statistics = (repetitionPenalty: boolean): unknown => {
    const sessions = sessionsOn(new FakeEngine(), "patch", { repetitionPenalty });
    for (const languageId of ["yaml", "typescript", "yaml"]) {
      const uri = `file:///a.${languageId}`;
      sessions.apply({ kind: "open", uri, languageId, version: 1, text: "a: 1\n", atMs: 0 });
      sessions.complete({ uri, place: { line: 1, character: 0 }, invoked: false }, () => undefined);
    }
    return sessions.statistics().repetition;
  };
  assert.deepEqual((statistics(true) as { readonly fallbackLanguages: readonly string[] }).fallbackLanguages, ["yaml"]);
  assert.equal(statistics(false), undefined);
});

test("what acts is counted by its rule; what healing took back stands before the text no more", () => {
  const tokenizer = new FakeTokenizer();
  const generated = tokenizer.tokenise("go();\ngo();\n");
  const repetition = new Repetition(() => undefined, new PieceIndex(tokenizer, tokenizer.vocabularySize), tokenizer, new Set([fakeSentinels.end]));
  const penalty = repetition.penaltyBehind("yaml", { before: "stop();\ngo", after: "" }, Buffer.from("go"));
  for (const token of generated) penalty.accept(token);
  assert.equal(penalty.lower(new Float32Array(tokenizer.vocabularySize)), true);
  penalty.close();
  assert.deepEqual(repetition.statistics(), { acted: 1, changed: 0, rules: { line: 1 }, fallbackLanguages: ["yaml"] });
});

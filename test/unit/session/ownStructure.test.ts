// What the sidecar's own parse keeps of edits that nobody asks about.
import { deepEqual, ok } from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { Grammars } from "../../../grammars/grammars";
import { limits } from "../../../sidecar/base/limits";
import { OwnStructure } from "../../../sidecar/session/ownStructure";
import { Delta } from "../../../sidecar/text/delta";
import { keep, replace } from "../../../sidecar/text/sections";

test("edits that nobody asks about don't pile up: past their limit the text is parsed anew", async () => {
  const grammars = new Grammars(join(process.cwd(), "dist/grammars"), (message) => {
    throw new Error(message);
  });
  const grammar = await grammars.load("typescript");
  ok(grammar !== undefined);
  const source = () => grammar;
  const own = new OwnStructure("typescript", source);
  own.spansOf("f();");
  // Deltas of a text that is never asked about: had they been kept, they would be applied to this one.
  const edit = Delta.of([keep(4), replace(0, "g();")]);
  for (let count = 0; count <= limits.pendingSyntaxEditsMax; count += 1) own.note(edit);
  const text = "function h() {\n  i();\n}\n";
  const scratch = new OwnStructure("typescript", source);
  deepEqual(own.spansOf(text), scratch.spansOf(text));
  own.close();
  scratch.close();
});

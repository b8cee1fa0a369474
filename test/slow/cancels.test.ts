// Owns the proof, on llama.cpp and the embedded model, that a completion which is cancelled anywhere while it is decoded, with
// drafts, the penalty and a monitor's masks acting, leaves the document's cells bit by bit as they were and nothing else behind,
// and that the next answer is the one without drafts.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { Grammars } from "../../grammars/grammars";
import { ManualClock, realClock } from "../../sidecar/base/clock";
import { setVerify } from "../../sidecar/base/invariants";
import { limits } from "../../sidecar/base/limits";
import { Random } from "../../sidecar/base/random";
import { Drafts } from "../../sidecar/decode/draft/drafts";
import { draftSourceNames } from "../../sidecar/decode/draft/draftSource";
import type { MemberSource } from "../../sidecar/decode/mgd/memberSource";
import { sequenceId } from "../../sidecar/engine/engine";
import { locateLibrary } from "../../sidecar/engine/llama/library";
import { openLlamaEngine, type LlamaEngine } from "../../sidecar/engine/llama/llamaEngine";
import type { Bench } from "../../sidecar/session/bench";
import { write, type Written } from "../../sidecar/session/complete";
import { inOrder, NameMonitors } from "../../sidecar/session/nameMonitors";
import { Pace } from "../../sidecar/session/pace";
import { policyNamed } from "../../sidecar/session/policy";
import { Repetition } from "../../sidecar/session/repetition";
import type { HeldCells } from "../../sidecar/session/session";
import { createSessions } from "../../sidecar/session/sessions";
import { surroundingsAt } from "../../sidecar/session/surroundings";
import { tuningDefault } from "../../sidecar/session/tuning";
import { utf16, type Utf16Offset } from "../../sidecar/text/frames";
import { PieceIndex } from "../../sidecar/tokens/pieceIndex";
import { noModel, trueAfter } from "../support/editingSession";

const root = process.cwd();
const cancelsWanted = 1_000;
const cancelsAtOnePlace = 10;
const park = sequenceId(0);
const scratch = sequenceId(1);

/** Says the same of every receiver: few of the names that the model would write, so that the mask changes what is written. */
const members: MemberSource = {
  ask: () => undefined,
  answer: ({ kind }) => kind === "member"
    ? { kind: "names", names: ["amount", "customer", "country", "lines", "map", "push", "toFixed", "unitPrice"] }
    : { kind: "open", reason: "calls are not watched" },
  told: () => undefined,
};

/** Behind operators, where masks begin, and at lines' beginnings. */
function cursorsOf(text: string): readonly Utf16Offset[] {
  return [...text.matchAll(/(?<=[\w)\]])\.(?=[a-z])|\n *(?=[a-z])/g)].map(({ index, 0: found }) => utf16(index + found.length));
}

class Decoding {
  readonly drafts: Drafts;
  readonly monitors: NameMonitors;
  private readonly bench: Bench;

  constructor(readonly engine: LlamaEngine, readonly pieces: PieceIndex, private readonly penalties: Repetition) {
    const { vocabularySize } = engine.capabilities;
    this.drafts = new Drafts({ vocabularySize, sources: draftSourceNames, always: true });
    this.monitors = new NameMonitors({ source: members, pieces, tokenizer: engine, clock: new ManualClock(), budgetMs: () => 100 });
    const policy = policyNamed("patch");
    assert.ok(policy !== undefined);
    this.bench = {
      engine, policy, park, scratch, pieces, clock: realClock, pace: new Pace(), tuning: tuningDefault,
      completionTokensMax: limits.completionTokensMax, completionMsMax: Infinity,
    };
  }

  written({ session, cursor, held, prompt }: Place, isDrafted: boolean, interrupted: () => boolean): Written {
    const { document } = session;
    const context = surroundingsAt(document, cursor, session.spansAround(cursor)[0]);
    const penalty = this.penalties.penaltyBehind(document.languageId, context, prompt.healed);
    const watched = this.monitors.monitorAt(document, cursor, prompt.healed, "");
    const bench = isDrafted ? { ...this.bench, drafts: this.drafts } : this.bench;
    const cancelled = (): "cancelled" | undefined => (interrupted() ? "cancelled" : undefined);
    try {
      return write(bench, held, prompt, context, cancelled, inOrder(penalty, watched), { sharedCount: prompt.tokens.length - 1 });
    } finally {
      if (watched !== undefined) this.monitors.ended(watched);
      penalty.close();
    }
  }

  /** The bytes of the document's cells, and what else is in the cache. */
  stateOf({ held }: Place): string {
    const { engine } = this;
    const bytes = createHash("sha256").update(engine.saveCells(held.sequence)).digest("hex");
    return JSON.stringify([bytes, engine.cellsUsed(), engine.positions(held.sequence), engine.positions(park), engine.positions(scratch)]);
  }
}

type OpenSession = NonNullable<ReturnType<ReturnType<typeof createSessions>["sessionOf"]>>;

interface Place {
  readonly session: OpenSession;
  readonly cursor: Utf16Offset;
  readonly held: HeldCells;
  readonly prompt: ReturnType<OpenSession["promptAt"]>;
}

const tokensOf = ({ rawText, end, tokensDecoded, choices }: Written): unknown => [rawText, end, tokensDecoded, choices.map(({ endUtf16 }) => endUtf16)];

test(`${cancelsWanted} cancels while decoding with masks and drafts: cells as before, no leak, the next answer right`, async (context) => {
  setVerify(true);
  const engine = openLlamaEngine({
    library: locateLibrary(root), modelPath: join(root, "sidecar/models/palimpsest-nano-50m-q8_0.gguf"), threadsMax: 1, contextLength: 2_048,
  });
  context.after(() => engine.close());
  const grammar = await new Grammars(join(root, "dist/grammars"), (line) => assert.fail(line)).load("typescript");
  const pieces = new PieceIndex(engine, engine.capabilities.vocabularySize);
  const decoding = new Decoding(engine, pieces, new Repetition(() => grammar, pieces, engine, engine.capabilities.endTokens));
  const sessions = createSessions(engine, { policy: "patch", modelStatus: noModel, grammars: () => grammar, completionMsMax: 0, withholding: false });
  context.after(() => sessions.close());
  const [header = ""] = readFileSync(join(root, "test/corpus/invoice.ts.jsonl"), "utf8").split("\n");
  const { text } = JSON.parse(header) as { readonly text: string };
  const uri = "file:///invoice.ts";
  sessions.apply({ kind: "open", uri, languageId: "typescript", version: 1, text, atMs: 0 });
  const session = sessions.sessionOf(uri);
  assert.ok(session !== undefined);
  const special = { fim: engine.capabilities.fim, begin: engine.capabilities.beginToken };
  const random = new Random(1);
  const cursors = cursorsOf(text);
  let cancelled = 0;
  let places = 0;
  for (; cancelled < cancelsWanted; places += 1) {
    assert.ok(places < 5 * (cancelsWanted / cancelsAtOnePlace), `${cancelled} cancels at ${places} places`);
    const cursor = random.pick(cursors);
    sessions.complete({ uri, place: session.document.lines.placeAt(cursor, "utf-16"), invoked: true }, () => undefined);
    const held = session.cells;
    const prompt = session.promptAt(cursor, special, engine.capabilities.contextLength - limits.completionTokensMax);
    if (held === undefined || !session.holds(prompt)) continue;
    const place: Place = { session, cursor, held, prompt };
    const before = decoding.stateOf(place);
    const right = tokensOf(decoding.written(place, false, () => false));
    let asked = 0;
    decoding.written(place, true, () => {
      asked += 1;
      return false;
    });
    for (let count = 0; count < cancelsAtOnePlace && cancelled < cancelsWanted; count += 1) {
      const at = random.below(Math.max(1, asked));
      const { interruption } = decoding.written(place, true, trueAfter(at));
      if (interruption !== undefined) cancelled += 1;
      assert.equal(decoding.stateOf(place), before, `cancelled at ${cursor}, question ${at}`);
    }
    assert.deepEqual(tokensOf(decoding.written(place, true, () => false)), right, `at ${cursor}`);
    assert.equal(decoding.stateOf(place), before, `at ${cursor}`);
  }
  const { steps, accepted } = decoding.drafts.tally();
  const { masks, changed } = decoding.monitors.statistics();
  console.log(`    ${cancelled} cancels at ${places} places, ${steps} drafts with ${accepted} tokens accepted, ${masks} masks, ${changed} of them changed the choice`);
  assert.ok(cancelsWanted < steps && 100 < accepted && 100 < masks && 10 < changed, "drafts and masks acted");
  assert.equal(sessions.statistics().totals.rebuilds, 0);
});

// Laws of the name mask: on random vocabularies and names it lowers just the tokens that its definition forbids, checked string
// by string; it never raises a logit, and where nothing would be left to choose it changes nothing.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Random } from "../../sidecar/base/random";
import { NameMask, type Lead, type NameSetting, type Rest } from "../../sidecar/decode/mgd/nameMask";
import { PieceTrie } from "../../sidecar/decode/mgd/pieceTrie";
import { PieceIndex } from "../../sidecar/tokens/pieceIndex";
import { checkLaw, tryLaw, type Law } from "../support/law";

interface Case {
  /** Each piece as one character a byte. */
  readonly pieces: readonly string[];
  readonly rests: readonly { readonly text: string; readonly follow: Rest["follow"]; readonly mayEnd: boolean }[];
  readonly breaks: string;
  readonly others: string;
  readonly lead: Lead;
  readonly endsHere: boolean;
  /** What the tokens spell before the name; undefined where the whole vocabulary is meant. */
  readonly head: string | undefined;
  /** The tokens that can't be chosen anyway. */
  readonly impossible: readonly number[];
}

/** Few letters, so that pieces overlap and names share their starts; two bytes of a character cut apart. */
const alphabet = ["a", "b", "b", "_", ".", "(", " ", "\n", "\t", "\xc3", "\xa9"] as const;

const bytesOf = (text: string): Uint8Array => Uint8Array.from(text, (character) => character.charCodeAt(0));
const tableOf = (characters: string): Uint8Array => Uint8Array.from({ length: 256 }, (_, byte) => (characters.includes(String.fromCharCode(byte)) ? 1 : 0));

function randomString(random: Random, lengthMax: number): string {
  return Array.from({ length: random.below(lengthMax + 1) }, () => random.pick(alphabet)).join("");
}

function randomSubset(random: Random): string {
  return [...new Set(alphabet)].filter(() => random.chance(0.4)).join("");
}

function randomCase(random: Random): Case {
  const pieces = Array.from({ length: 1 + random.below(40) }, () => randomString(random, random.pick([1, 2, 5])));
  // A vocabulary with byte fallback has every byte, and often a second time as a text of its own.
  if (random.chance(0.5)) pieces.push(...alphabet);
  const rests = Array.from({ length: random.below(random.pick([3, 12])) }, () => ({
    text: randomString(random, 6), follow: random.pick(["break", "break", "any", "nothing"] as const), mayEnd: random.chance(0.7),
  }));
  return {
    pieces,
    rests,
    breaks: randomSubset(random),
    others: random.chance(0.5) ? "" : randomSubset(random),
    lead: random.pick(["none", "line", "any"]),
    endsHere: random.chance(0.3),
    head: random.chance(0.6) ? undefined : random.pick(pieces).slice(0, 1 + random.below(3)) || undefined,
    impossible: [...pieces.keys()].filter(() => random.chance(random.pick([0, 0.2, 0.95]))),
  };
}

/** The definition, for what stands in the place of a name. */
function mayStand(piece: string, sample: Case): boolean {
  const leads = [""];
  for (let length = 1; length <= piece.length && /^[ \t\r\n]*$/.test(piece.slice(0, length)); length += 1) leads.push(piece.slice(0, length));
  const isLead = (lead: string): boolean => lead === "" || sample.lead === "any" || (sample.lead === "line" && /^[\r\n]/.test(lead));
  return leads.filter(isLead).some((lead) => {
    const rest = piece.slice(lead.length);
    if (rest === "") return lead !== "";
    if (sample.others.includes(rest.charAt(0))) return true;
    return sample.rests.some(({ text, follow }) => {
      if (text.startsWith(rest)) return true;
      if (!rest.startsWith(text) || follow === "nothing") return false;
      return follow === "any" || sample.breaks.includes(rest.charAt(text.length));
    });
  });
}

function isAllowed(piece: string, sample: Case): boolean {
  if (sample.head !== undefined) return !piece.startsWith(sample.head) || piece === sample.head || mayStand(piece.slice(sample.head.length), sample);
  if (piece === "") return sample.endsHere || sample.rests.some(({ text, mayEnd }) => mayEnd && text === "");
  return mayStand(piece, sample);
}

function maskOf({ pieces, rests, breaks, others, lead, endsHere, head, impossible }: Case) {
  const tokenizer = { tokenise: () => new Int32Array(0), pieceOf: (token: number) => bytesOf(pieces[token] ?? "") };
  const mask = new NameMask(new PieceTrie(new PieceIndex(tokenizer, pieces.length)));
  const restsInBytes = rests.map(({ text, follow, mayEnd }): Rest => ({ bytes: bytesOf(text), follow, mayEnd }));
  const setting: NameSetting = { breaks: tableOf(breaks), lead, others: tableOf(others), endsHere };
  const before = Float32Array.from(pieces, (_, token) => (impossible.includes(token) ? -Infinity : token));
  const lower = (): { readonly after: Float32Array; readonly lowered: boolean } => {
    const after = before.slice();
    const lowered = head === undefined ? mask.lower(after, restsInBytes, setting) : mask.lowerBehind(bytesOf(head), after, restsInBytes, setting);
    return { after, lowered };
  };
  return { before, lower };
}

function checkMask(sample: Case): void {
  const { before, lower } = maskOf(sample);
  const { after, lowered } = lower();
  const byDefinition = before.map((logit, token) => (isAllowed(sample.pieces[token] ?? "", sample) ? logit : -Infinity));
  const isLeft = byDefinition.some((logit) => logit !== -Infinity);
  const isThere = sample.head === undefined || sample.pieces.some((piece) => piece !== "" && piece.startsWith(sample.head ?? ""));
  assert.equal(lowered, isLeft && isThere, "whether it lowers");
  assert.deepEqual([...after], [...(lowered ? byDefinition : before)]);
  assert.deepEqual([...lower().after], [...after], "again, with nothing left of the first time");
}

const law: Law<Case> = { name: "the mask is what its definition says", cases: 10_000, make: randomCase, print: (sample) => JSON.stringify(sample), check: checkMask };
checkLaw(law);

test("a mask that lets one token too many through is found", () => {
  const forgetful: Law<Case> = { ...law, check: (sample) => {
    const { before, lower } = maskOf(sample);
    assert.deepEqual([...lower().after], [...before.map((logit, token) => (token === 0 || isAllowed(sample.pieces[token] ?? "", sample) ? logit : -Infinity))]);
  } };
  assert.throws(() => {
    for (let seed = 1; seed <= 100; seed += 1) tryLaw(forgetful, seed);
  }, /the mask is what its definition says/);
});

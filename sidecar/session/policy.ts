// Owns the policies: what the model is shown, what an edit may keep of the cache, and which stale cells are read again
// before a completion. Data with a notation; the one file that names them. Acts on nothing.
import type { KeepRule } from "../cache/plan";
import type { LayoutRule } from "../prompt/layoutRule";
import { defaultAnchorRule, type AnchorBoundary, type AnchorRule } from "../prompt/anchor";

/** A policy's name, or its notation. */
export type PolicyName = string;

export interface Policy {
  readonly name: PolicyName;
  readonly layout: LayoutRule;
  readonly keep: KeepRule;
  readonly repair: RepairRule;
}

/**
 * Stale cells to read again before a completion, by what the change was: one that brings text, a jump of the cursor, a
 * deletion. The rest is repaired when it is quiet.
 */
export type RepairRule = Readonly<Record<RepairOccasion, Repair>>;

const repairOccasions = ["text", "jump", "deletion"] as const;
export type RepairOccasion = (typeof repairOccasions)[number];

/** The first source first, `tokensMax` tokens at most; behind a large text as many as `repairAfter` says. */
export interface Repair {
  readonly sources: readonly RepairSource[];
  readonly tokensMax: number;
}

/**
 * last: the middle's sentinel and its last tokens, right before the cursor.
 * near: the last tokens before the anchor and the first after the cursor.
 * seams: the first tokens of each kept run, whose neighbours before them have changed.
 * headers: the lines that open the functions and classes around the cursor.
 * names: lines that use a name which the edits since they were read have touched, the nearest first.
 */
export type RepairSource =
  | { readonly kind: "last"; readonly tokens: number }
  | { readonly kind: "near"; readonly tokensBefore: number; readonly tokensAfter: number }
  | { readonly kind: "seams"; readonly tokens: number }
  | { readonly kind: "headers" }
  | { readonly kind: "names" };

/**
 * `layout keep [occasion:repair…]`: `anchored8 runs text:names<32 jump:near32-16+names<48` is eight lines above the cursor in
 * the middle, all runs kept, and read again up to 32 stale tokens of lines with changed names where text was written, up to
 * 48 after a jump, the last 32 before the anchor and the first 16 after the cursor first, and none after a deletion.
 * `moves` keeps a run that has changed places too, and what is deleted waits to come back.
 * `anchoredStatement8` and `anchoredFunction8` move the anchor up to where a statement or the function begins.
 */
const notations: Readonly<Record<string, string>> = {
  // What ships, and what it is measured against: the same prompt, read afresh, or with the exact common prefix kept.
  cold: "anchored8 none",
  prefix: "anchored8 prefix",
  patch: "anchored8 moves text:seams8+names<8 jump:last48+near0-24<72 deletion:names<8",
  // What others do, on this engine.
  "psm-cold": "prefixFirst none",
  "psm-prefix": "prefixFirst prefix",
  "llama-server": "prefixFirst chunks",
  "llama-vim": "excerpt256-64 chunks",
  copilot: "suffixFirstSticky prefix",
};

/** What idle time reads again first, before it heals from left to right: most of what repairs can mend for a tenth of the cells. */
export const idleRepair: readonly RepairSource[] = [
  { kind: "last", tokens: 128 }, { kind: "near", tokensBefore: 64, tokensAfter: 32 }, { kind: "names" }, { kind: "headers" },
];

/** The names that a user may choose from. */
export const offeredPolicies = ["cold", "prefix", "patch"] as const;
/** All names; any notation is a policy's name too. */
export const policyNames: readonly PolicyName[] = Object.keys(notations);

/** The policy of a name or a notation; undefined where it is neither. */
export function policyNamed(name: PolicyName): Policy | undefined {
  const notation = Object.hasOwn(notations, name) ? notations[name] : undefined;
  const [layoutText = "", keep = "", ...repairTexts] = (notation ?? name).trim().split(/\s+/);
  const layout = layoutOf(layoutText);
  const repair = repairRuleOf(repairTexts);
  if (layout === undefined || repair === undefined || !isKeepRule(keep)) return undefined;
  return { name, layout, keep, repair };
}

function isKeepRule(text: string): text is KeepRule {
  return text === "none" || text === "prefix" || text === "chunks" || text === "runs" || text === "moves";
}

function layoutOf(text: string): LayoutRule | undefined {
  const [kind, numbers] = wordOf(text);
  const [a = 0, b = 0, c = 0] = numbers;
  switch (`${kind} ${numbers.length}`) {
    case "prefixFirst 0":
      return { kind: "prefixFirst" };
    case "suffixFirst 0":
      return { kind: "suffixFirst", sticky: false };
    case "suffixFirstSticky 0":
      return { kind: "suffixFirst", sticky: true };
    case "anchored 1":
      return { kind: "anchored", anchor: anchorRuleOf("line", a) };
    case "anchoredStatement 1":
      return { kind: "anchored", anchor: anchorRuleOf("statement", a) };
    case "anchoredFunction 1":
      return { kind: "anchored", anchor: anchorRuleOf("function", a) };
    case "window 3":
      return { kind: "window", anchor: anchorRuleOf("line", a), lines: { above: b, below: c } };
    case "excerpt 2":
      return { kind: "excerpt", lines: { above: a, below: b } };
    default:
      return undefined;
  }
}

/** `near32-16` is the word `near` with the numbers 32 and 16; no word at all where it is written otherwise. */
function wordOf(text: string): readonly [kind: string, numbers: readonly number[]] {
  const [, kind = "", numbers = ""] = /^([a-zA-Z]+)((?:\d+(?:-\d+)*)?)$/.exec(text) ?? [];
  return [kind, numbers === "" ? [] : numbers.split("-").map(Number)];
}

function anchorRuleOf(boundary: AnchorBoundary, linesAbove: number): AnchorRule {
  const { linesAboveMax, linesAboveMin } = defaultAnchorRule;
  // An anchor that is set nearer than one may stay would move with every line.
  return { boundary, linesAbove, linesAboveMax: Math.max(linesAboveMax, 2 * linesAbove), linesAboveMin: Math.min(linesAboveMin, linesAbove) };
}

const noRepair: Repair = { sources: [], tokensMax: 0 };

function repairRuleOf(texts: readonly string[]): RepairRule | undefined {
  const rule: Record<RepairOccasion, Repair> = { text: noRepair, jump: noRepair, deletion: noRepair };
  for (const text of texts) {
    const [, name, list = "", tokens] = /^([a-z]+):([^<]+)<(\d+)$/.exec(text) ?? [];
    const occasion = repairOccasions.find((known) => known === name);
    const sources = list.split("+").map(sourceOf);
    if (occasion === undefined || rule[occasion] !== noRepair || !sources.every((source) => source !== undefined)) return undefined;
    rule[occasion] = { sources, tokensMax: Number(tokens) };
  }
  return rule;
}

function sourceOf(text: string): RepairSource | undefined {
  const [kind, numbers] = wordOf(text);
  const [first = 0, second = 0] = numbers;
  switch (`${kind} ${numbers.length}`) {
    case "near 2":
      return { kind: "near", tokensBefore: first, tokensAfter: second };
    case "last 1":
      return { kind: "last", tokens: first };
    case "seams 1":
      return { kind: "seams", tokens: first };
    case "headers 0":
      return { kind: "headers" };
    case "names 0":
      return { kind: "names" };
    default:
      return undefined;
  }
}

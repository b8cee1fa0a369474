// Policies by name and by notation: what each part of a notation means, and what is none.
import { deepEqual, equal, ok } from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { offeredPolicies, policyNamed, policyNames, type Policy } from "../../../sidecar/session/policy";

function checkPolicy(notation: string, expected: Pick<Policy, "layout" | "keep" | "repair">): void {
  test(`${notation} is a policy`, () => deepEqual(policyNamed(notation), { name: notation, ...expected }));
}

function checkNone(notation: string, why: string): void {
  test(`${JSON.stringify(notation)} is none: ${why}`, () => equal(policyNamed(notation), undefined));
}

const nothing = { sources: [], tokensMax: 0 } as const;
const unrepaired = { text: nothing, jump: nothing, deletion: nothing } as const;
const anchor = { boundary: "line", linesAbove: 8, linesAboveMax: 32, linesAboveMin: 2 } as const;

checkPolicy("prefixFirst none", { layout: { kind: "prefixFirst" }, keep: "none", repair: unrepaired });
checkPolicy("suffixFirst prefix", { layout: { kind: "suffixFirst", sticky: false }, keep: "prefix", repair: unrepaired });
checkPolicy("suffixFirstSticky prefix", { layout: { kind: "suffixFirst", sticky: true }, keep: "prefix", repair: unrepaired });
checkPolicy("anchored8 runs", { layout: { kind: "anchored", anchor }, keep: "runs", repair: unrepaired });
checkPolicy("anchored8 moves", { layout: { kind: "anchored", anchor }, keep: "moves", repair: unrepaired });
checkPolicy("  anchored8   runs ", { layout: { kind: "anchored", anchor }, keep: "runs", repair: unrepaired });
checkPolicy("anchoredStatement8 runs", { layout: { kind: "anchored", anchor: { ...anchor, boundary: "statement" } }, keep: "runs", repair: unrepaired });
checkPolicy("anchoredFunction8 runs", { layout: { kind: "anchored", anchor: { ...anchor, boundary: "function" } }, keep: "runs", repair: unrepaired });
checkPolicy("anchored20 runs", { layout: { kind: "anchored", anchor: { ...anchor, linesAbove: 20, linesAboveMax: 40 } }, keep: "runs", repair: unrepaired });
checkPolicy("anchored1 runs", { layout: { kind: "anchored", anchor: { ...anchor, linesAbove: 1, linesAboveMin: 1 } }, keep: "runs", repair: unrepaired });
checkPolicy("window8-40-12 runs", { layout: { kind: "window", anchor, lines: { above: 40, below: 12 } }, keep: "runs", repair: unrepaired });
checkPolicy("excerpt256-64 chunks", { layout: { kind: "excerpt", lines: { above: 256, below: 64 } }, keep: "chunks", repair: unrepaired });
checkPolicy("anchored8 runs jump:last32+near32-16+seams4+headers+names<48 deletion:names<16", {
  layout: { kind: "anchored", anchor },
  keep: "runs",
  repair: {
    text: nothing,
    jump: {
      sources: [
        { kind: "last", tokens: 32 }, { kind: "near", tokensBefore: 32, tokensAfter: 16 }, { kind: "seams", tokens: 4 }, { kind: "headers" }, { kind: "names" },
      ],
      tokensMax: 48,
    },
    deletion: { sources: [{ kind: "names" }], tokensMax: 16 },
  },
});

checkNone("", "nothing is said");
checkNone("anchored8", "what is kept isn't said");
checkNone("anchored8 all", "no such keeping");
checkNone("anchored runs", "how many lines isn't said");
checkNone("anchored8-4 runs", "one number too many");
checkNone("prefixFirst8 runs", "it takes no number");
checkNone("window8-40 runs", "one number too few");
checkNone("excerpt256 chunks", "one number too few");
checkNone("anchoredClass8 runs", "no such boundary");
checkNone("anchored-8 runs", "no number is negative");
checkNone("anchored8 runs text:last32", "the budget isn't said");
checkNone("anchored8 runs text:<48", "no source is named");
checkNone("anchored8 runs text:last32+<48", "a source is missing");
checkNone("anchored8 runs text:near32<48", "near takes two numbers");
checkNone("anchored8 runs text:headers4<48", "headers takes no number");
checkNone("anchored8 runs text:last32<many", "the budget is no number");
checkNone("anchored8 runs last32<48", "when isn't said");
checkNone("anchored8 runs typing:last32<48", "no such occasion");
checkNone("anchored8 runs text:last32<48 text:names<48", "one repair an occasion");
checkNone("constructor", "no name that every object has is a policy's");

test("all names are policies, and keep theirs", () => {
  ok(policyNames.length > 0);
  for (const name of policyNames) equal(policyNamed(name)?.name, name);
});

test("the policies offered are those of the setting", () => {
  const manifest = JSON.parse(readFileSync(join(process.cwd(), "package.json"), "utf8")) as {
    contributes: { configuration: readonly { properties: Record<string, { enum?: readonly string[]; default?: unknown }> }[] };
  };
  const setting = [manifest.contributes.configuration].flat().map(({ properties }) => properties["palimpsest.policy"]).find((found) => found !== undefined);
  deepEqual(setting?.enum?.toSorted(), [...offeredPolicies].sort());
  ok(offeredPolicies.some((name) => name === setting?.default));
});

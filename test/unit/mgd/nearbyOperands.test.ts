// Owns which operands a text makes likely: `names…|code…` in the notation of one line.
import assert from "node:assert/strict";
import { test } from "node:test";
import { nearbyOperands } from "../../../sidecar/decode/mgd/nearbyOperands";

const ecmascript = [{ text: "?." }, { text: "." }];

function check(code: string, expected: string, except?: string, operators: readonly { readonly text: string }[] = ecmascript): void {
  assert.equal(nearbyOperands(code, operators, except, 4).join(" "), expected, code);
}

test("what is dereferenced most comes first, of equals the latest, each operand of a chain by itself", () => {
  check("a.x; b.y; b.z;", "b. a.");
  check("this.a.b = this.c;", "this. this.a.");
  check("a?.b; c.d?.e", "c.d?. c. a?.");
  check("a.x; b.y", "a.", "b.");
  check("a.a; b.b; c.c; d.d; e.e", "e. d. c. b.");
});

test("what is none, or is of another language, is left out", () => {
  check("f().x; a[0].y; 1.5; ...rest; \"s.t\"", "");
  check("a->b; c::d; e.f", "e.");
  check("a->b; c::d", "c:: a->", undefined, [{ text: "->" }, { text: "::" }, { text: "." }]);
});

test("names that are declared come behind those that are dereferenced", () => check("const node = 1; a.x;", "a. node."));
